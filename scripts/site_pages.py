"""What the documentation site shows beside `docs/`: a hook of MkDocs.

The README, the changelog and the sample's page are the pages of the repository; the reference is
written from the schema, the settings and the commands as they are. Links that lead out of `docs/`
lead to where these pages are on the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    is_specified_scalar_type,
)
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from kgservice.api.schema import make_schema
from kgservice.cli import cli
from kgservice.limits import Limits
from kgservice.settings import Settings

ROOT = Path(__file__).parents[1]
#: Pages of the repository that are pages of the site, and under which name.
PAGES = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "sample/README.md": "sample.md"}
#: Files that pages link to, which the site has as they are.
FILES = ("LICENSE", "monitoring/alerts.yml", "monitoring/dashboard.json")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not in `docs/`."""
    for path, name in PAGES.items():
        text = (ROOT / path).read_text("utf-8")
        files.append(File.generated(config, name, content=_from_root(text)))
    for name in FILES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    icon = str(ROOT / "explorer" / "public" / "favicon.svg")
    files.append(File.generated(config, "favicon.svg", abs_src_path=icon))
    for name, lines in (
        ("graphql", graphql_reference()),
        ("settings", settings_reference()),
        ("commands", commands_reference()),
    ):
        files.append(
            File.generated(config, f"reference/{name}.md", content="\n".join(lines) + "\n")
        )
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links out of `docs/` as links on the site, and blocks of code with their language alone."""
    # What stands behind the language tells the tests which loader reads the block.
    markdown = re.sub(r"(?m)^```(\w+) .+$", r"```\1", markdown)
    for path, name in PAGES.items():
        markdown = markdown.replace(f"](../{path}", f"]({name}")
    for name in FILES:
        markdown = markdown.replace(f"](../{name}", f"]({name}")
    return markdown


def _from_root(text: str) -> str:
    """A page of the repository's root with its links as from `docs/`."""
    for path, name in PAGES.items():
        text = text.replace(f"]({path}", f"]({name}")
    return text.replace("](docs/", "](")


# ------------------------------------------------------------------ settings and commands


def settings_reference() -> Iterator[str]:
    """Every setting with its default."""
    yield "# Settings\n"
    yield "Environment variables, or a `.env` file in the working directory. `kgservice settings`"
    yield "prints them with their values and where each comes from.\n"
    yield "| name | default | |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "depends on the user" if field.default_factory else _default(field.default)
        yield f"| `KG_{name.upper()}` | {default} | {field.description} |"


def _default(value: object) -> str:
    return "" if value in (None, "") else f"`{value}`"


def commands_reference() -> Iterator[str]:
    """Every command with what `--help` says."""
    yield "# Commands\n"
    yield "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with rejected records, 130 ended by"
    yield "Ctrl-C.\n"
    yield from _command(cli, click.Context(cli, info_name="kgservice"))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    if context.parent is not None:
        yield f"## {context.command_path}\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(below, click.Context(below, parent=context, info_name=name))


# ------------------------------------------------------------------ GraphQL


def graphql_reference() -> Iterator[str]:
    """Every type of the schema with its fields."""
    schema = build_schema(make_schema(Limits()).as_str())
    yield "# GraphQL\n"
    yield "`kgservice schema` prints the same as SDL.\n"
    own = [
        one
        for name, one in sorted(schema.type_map.items())
        if not name.startswith("__") and not is_specified_scalar_type(one)
    ]
    roots = [one for one in (schema.query_type, schema.mutation_type) if one is not None]
    for type in [*roots, *(one for one in own if one not in roots)]:
        yield from _type(type)


def _type(type: GraphQLNamedType) -> Iterator[str]:
    yield f"## {type.name}\n"
    if type.description:
        yield f"{type.description}\n"
    match type:
        case GraphQLEnumType(values=values):
            yield "| value | |\n|---|---|"
            yield from (f"| `{name}` | {_cell(one.description)} |" for name, one in values.items())
        case GraphQLObjectType() | GraphQLInterfaceType() | GraphQLInputObjectType():
            yield "| field | type | |\n|---|---|---|"
            for name, field in type.fields.items():
                yield from _field(name, field)
        case GraphQLUnionType(types=types):
            yield ", ".join(f"[{one.name}](#{one.name.lower()})" for one in types)
    yield ""


def _field(name: str, field: GraphQLField | GraphQLInputField) -> Iterator[str]:
    yield f"| `{name}` | `{field.type}` | {_cell(field.description)} |"
    if isinstance(field, GraphQLField):
        for argument, one in field.args.items():
            yield f"| &emsp;`{argument}:` | `{one.type}` | {_cell(_argument(one))} |"


def _argument(argument: GraphQLArgument) -> str:
    return argument.description or ""


def _cell(text: str | None) -> str:
    """A text in one cell of a table."""
    return (text or "").replace("\n", " ").replace("|", "\\|")
