"""`kgservice learn`: aliases from what people did with names, once or again and again."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import click

from kgservice.cli.address import connected
from kgservice.errors import IndexFaultError
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import open_current
from kgservice.learning.failures import MEANING
from kgservice.learning.publishing import Alias
from kgservice.learning.school import Lesson, forget, study
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.resolver import Resolver
from kgservice.settings import Settings, read_settings

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
#: Aliases that are listed for people; --json has all.
_SHOWN = 20


class _Duration(click.ParamType):  # type: ignore[type-arg] # generic since click 8.3
    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        match = re.fullmatch(r"(\d+)([smhd])", str(value))
        if match is None or int(match[1]) == 0:
            self.fail(f"{value!r} is no length of time, such as 30s, 10m, 6h or 1d", param, ctx)
        return float(int(match[1]) * _SECONDS[match[2]])


@click.command()
@click.option("--every", type=_Duration(), help="Keep learning, once in so long: 30s, 10m, 6h, 1d.")
@click.option("--forget", "user", help="Delete all that this user did and taught, then learn anew.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def learn(every: float | None, user: str | None, as_json: bool) -> None:
    """Learn which texts mean which entities, from what people did.

    `recordOutcomes` keeps what became of each resolution. From texts that people entered one after
    another until they used an entity, aliases are published: for everybody where three persons and
    three visits stand behind one, for a user where they used it three times. Aliases that fail are
    retired. Services use what was learned within a second. Says what was learned, and at which
    stage resolution lost an entity.
    """
    settings = read_settings()
    with connected(settings, purpose="kgservice learn") as graph:
        if user is not None:
            outcomes, aliases = forget(graph, user)
            click.echo(f"forgot {outcomes} outcomes and {aliases} aliases of {user}", err=True)
        while True:
            _report(study(graph, _resolver(settings)), as_json=as_json)
            if every is None:
                return
            time.sleep(every)


def _resolver(settings: Settings) -> Resolver | None:
    """Resolves by the index that there is; null, with advice, where there is none."""
    try:
        opened = open_current(IndexDirectory.below(settings.data_dir), packaged_encoder())
    except IndexFaultError as error:
        click.echo(f"the index cannot be used: {error}", err=True)
        return None
    if opened is None:
        click.echo(
            "no index: texts are related by their letters alone and no failure is classed;"
            " `kgservice index build` makes one",
            err=True,
        )
        return None
    return opened.resolver


def _report(lesson: Lesson, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_as_json(lesson)))
        return
    click.echo(
        f"{lesson.outcomes:,} outcomes, {lesson.visits:,} visits:"
        f" {len(lesson.published):,} aliases new, {len(lesson.retired):,} retired,"
        f" {lesson.in_use:,} in use"
    )
    for sign, aliases in (("+", lesson.published), ("-", lesson.retired)):
        for alias in aliases[:_SHOWN]:
            click.echo(f"  {sign} {_told(alias)}")
        if len(aliases) > _SHOWN:
            click.echo(f"  {sign} and {len(aliases) - _SHOWN:,} more")
    for failure, count in lesson.failures.most_common():
        click.echo(f"  {count:7,} {failure:15} {MEANING[failure]}")


def _told(alias: Alias) -> str:
    whose = "everybody" if alias.user is None else f"user {alias.user}"
    judged = f", {alias.wins} right and {alias.losses} wrong since" if alias.retired else ""
    return (
        f"{alias.text!r} for {alias.entity}, {whose}: {alias.weight:.2f},"
        f" {alias.support} visits{judged}"
    )


def _as_json(lesson: Lesson) -> dict[str, Any]:
    return {
        "outcomes": lesson.outcomes,
        "visits": lesson.visits,
        "in_use": lesson.in_use,
        "published": [_alias(one) for one in lesson.published],
        "retired": [_alias(one) for one in lesson.retired],
        "failures": {str(failure): count for failure, count in lesson.failures.items()},
    }


def _alias(alias: Alias) -> dict[str, Any]:
    names = ("text", "entity", "user", "weight", "support", "persons", "wins", "losses")
    return {name: getattr(alias, name) for name in names}
