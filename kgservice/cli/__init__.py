"""The kgservice command: reads settings, calls the rooms, prints results, translates errors.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with rejected records, 130 ended by Ctrl-C.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from kgservice.errors import KGError

__all__ = ["main"]

#: Where each command lives; a module is imported when its command is asked for.
_COMMANDS = {
    "demo": "kgservice.cli.demo:demo_command",
    "doctor": "kgservice.cli.doctor:doctor",
    "serve": "kgservice.cli.serve:serve_command",
    "load": "kgservice.cli.load:load_command",
    "runs": "kgservice.cli.facts:runs",
    "datasets": "kgservice.cli.datasets:datasets",
    "retract": "kgservice.cli.datasets:retract_command",
    "verify": "kgservice.cli.verify:verify_command",
    "stats": "kgservice.cli.facts:stats",
    "migrate": "kgservice.cli.migrate:migrate",
    "db": "kgservice.cli.db:db",
    "index": "kgservice.cli.index:index",
    "export": "kgservice.cli.export:export_command",
    "import": "kgservice.cli.importing:import_command",
    "evaluate": "kgservice.cli.evaluate:evaluate_command",
    "learn": "kgservice.cli.learn:learn",
    "missing-heads": "kgservice.cli.missing:missing_heads",
    "link": "kgservice.cli.link:link",
    "keys": "kgservice.cli.keys:keys",
    "mcp": "kgservice.cli.mcp:mcp",
    "schema": "kgservice.cli.facts:schema",
    "settings": "kgservice.cli.facts:settings",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="kgservice")
@click.pass_context
def cli(context: click.Context) -> None:
    """Commonsense and facts in one graph, with one exact query language over it.

    Without a command it says what is wrong here, and what to do.
    """
    if context.invoked_subcommand is None:
        from kgservice.cli.doctor import greet  # a command asked by name needs none of this

        greet()


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        code = cli.main(prog_name="kgservice", standalone_mode=False)
    except KGError as error:
        click.echo(f"kgservice: {error}", err=True)
        sys.exit(1)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
