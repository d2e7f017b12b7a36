"""`kgservice link`: entities of several sources that are one, judged and merged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click

from kgservice.cli.address import connected
from kgservice.errors import IndexDamagedError
from kgservice.graph.client import Graph
from kgservice.graph.cypher import linking
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import open_current
from kgservice.ledger.judgements import Judgement, Verdict
from kgservice.model import Mention
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.resolver import Resolver
from kgservice.settings import read_settings
from loaders.writing.judging import Linked, judge, judgements_of

#: What people typed or did is no thing that another source could describe as well.
_NEVER = ["Query", "Behavior"]
#: Entities read at a time, and judgements written at a time.
_PAGE, _BATCH = 5_000, 500


@dataclass(frozen=True, slots=True)
class _Named:
    """An entity as its duplicates are sought by."""

    id: str
    label: str
    description: str | None
    datasets: frozenset[str]


@click.group()
def link() -> None:
    """Entities of several data sets that mean the same.

    A judgement says of two entities that they are the same, different, or that nobody can tell.
    Judgements are data: taken back, they leave no trace. From all of them the canonical entities
    follow, and every answer shows those. Statements stay where they were asserted.
    """


@link.command()
@click.argument("one")
@click.argument("other")
@click.argument("verdict", type=click.Choice([verdict.value for verdict in Verdict]))
@click.option("--by", default="", help="Who judges.")
def say(one: str, other: str, verdict: str, by: str) -> None:
    """Judge that entity ONE and entity OTHER are the same, different, or unsure."""
    with connected(read_settings(), purpose="kgservice link") as graph:
        _report(judge(graph, [Judgement(one, other, Verdict(verdict), by=by)]))


@link.command()
@click.argument("one")
@click.argument("other")
def forget(one: str, other: str) -> None:
    """Take back what was judged of entity ONE and entity OTHER."""
    with connected(read_settings(), purpose="kgservice link") as graph:
        _report(judge(graph, [], taken_back=[(one, other)]))


@link.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def list_command(as_json: bool) -> None:
    """All judgements."""
    with connected(read_settings(), purpose="kgservice link") as graph:
        _print(judgements_of(graph), as_json=as_json)


@link.command()
@click.option(
    "--apply",
    "least",
    type=click.FloatRange(0.5, 1.0),
    help="Judge those of at least this confidence to be the same.",
)
@click.option("--show", type=click.FloatRange(0.0, 1.0), default=0.5, help="Least confidence.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
def propose(least: float | None, show: float, as_json: bool) -> None:
    """Propose entities of different data sets that may be the same, the surest first.

    Two entities are proposed where each is what the other's name and description would mean if it
    were not there itself; confidence is the smaller of both probabilities. Nothing is judged again.
    Uses the index in KG_DATA_DIR. Nothing is merged without --apply.
    """
    settings = read_settings()
    opened = open_current(IndexDirectory.below(settings.data_dir), packaged_encoder())
    if opened is None:
        raise IndexDamagedError("there is no index: run `kgservice index build`")
    with connected(settings, purpose="kgservice link") as graph:
        judged = {one.pair for one in judgements_of(graph)}
        entities = {one.id: one for one in _entities(graph)}
        found = [
            one
            for one in _duplicates(entities, opened.resolver)
            if one.confidence >= show and one.pair not in judged
        ]
        found.sort(key=lambda one: (-one.confidence, one.pair))
        _print(found, as_json=as_json)
        sure = [one for one in found if least is not None and one.confidence >= least]
        for start in range(0, len(sure), _BATCH):
            _report(judge(graph, sure[start : start + _BATCH]))


def _duplicates(entities: Mapping[str, _Named], resolver: Resolver) -> Iterator[Judgement]:
    best = {id: _best(one, entities, resolver) for id, one in entities.items()}
    for id, (other, confidence) in best.items():
        back, theirs = best.get(other, ("", 0.0))
        if id < other and back == id:
            surest = round(min(confidence, theirs), 4)
            yield Judgement(id, other, Verdict.SAME, surest, "kgservice link")


def _best(one: _Named, entities: Mapping[str, _Named], resolver: Resolver) -> tuple[str, float]:
    """The most probable duplicate of an entity, of data sets that do not describe it."""
    context = f"{one.label} {one.description}" if one.description else None
    for found in resolver.resembling(one.id, Mention(one.label, context)).candidates:
        other = entities.get(found.id)
        if other is not None and one.datasets.isdisjoint(other.datasets):
            return found.id, found.confidence
    return "", 0.0


def _entities(graph: Graph) -> Iterator[_Named]:
    after = ""
    while True:
        parameters = {"after": after, "limit": _PAGE, "labels": _NEVER}
        rows = graph.value(linking.READ_NAMED, parameters)
        for id, label, description, datasets in rows:
            yield _Named(id, label, description, frozenset(datasets or ()))
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def _report(linked: Linked) -> None:
    for id, canonical in sorted(linked.merged.items()):
        click.echo(f"{id} is now {canonical}")
    for id in linked.parted:
        click.echo(f"{id} stands for itself again")
    for members in linked.contradicted:
        click.echo(
            f"left unmerged, for some of them were judged different: {', '.join(members)}", err=True
        )


def _print(judgements: list[Judgement], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([_shown(one) for one in judgements]))
        return
    for one in judgements:
        first, second = one.pair
        cells = (one.verdict.value, f"{one.confidence:.2f}", first, second, one.by)
        click.echo("\t".join(cells))


def _shown(judgement: Judgement) -> dict[str, Any]:
    one, other = judgement.pair
    return {
        "one": one,
        "other": other,
        "verdict": judgement.verdict.value,
        "confidence": judgement.confidence,
        "by": judgement.by,
    }
