"""Triples into the graph: what data sets assert outright."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graph_schema.relations import Relation
from kgservice.graph.client import Transaction
from kgservice.graph.cypher import loading
from kgservice.ledger.records import Triple, digest_of
from kgservice.ledger.scores import as_float, read_score
from kgservice.ledger.statements import Parts, of_triple
from kgservice.ledger.tally import Observation, Tally
from loaders.writing import entities, statements
from loaders.writing.batch import Applied, Batch
from loaders.writing.decisions import Change, Held, Incoming, decide
from loaders.writing.entities import Rules
from loaders.writing.subtypes import relate_types
from loaders.writing.tombstones import read_tombstones, scope, write_tombstones

FORMAT = "triples"

#: A statement whose relation means one of these is not a relationship: it fills the entity.
_FILLS_ENTITY = frozenset({"label", "alias", "description"})

Changes = Sequence[Change[Triple]]


def apply_triples(transaction: Transaction, batch: Batch[Triple], rules: Rules) -> Applied:
    """Let a batch of triples replace what their data set asserted before."""
    known = rules.vocabulary.relations
    incoming = {triple.statement_id: triple for triple in batch.records}
    standing = _standing(transaction, incoming)
    decided = decide(
        (Incoming(one.statement_id, digest_of(one.canonical), one) for one in batch.records),
        _held(transaction, batch.dataset, incoming, standing),
    )
    entities.make_types(transaction, _types(batch.records, known))
    changes = list(decided.changes.values())
    write_tombstones(transaction, scope(FORMAT, batch.dataset), changes)
    _write_assertions(transaction, batch, changes, known)
    relate_types(transaction, _put_below_others(changes, known), known)
    differences = _differences(batch.dataset, changes, known)
    revised = statements.revise(transaction, differences, known, _tallies(standing))
    ends = {end for one in revised if one.after for end in _ends(one.parts)}
    filling = [one.after.record for one in changes if _means(one.after.record, known)]
    filled = {triple.subject for triple in filling if not triple.deleted}
    about = {triple.subject for triple in filling}
    made = entities.ensure(transaction, ends | filled)
    statements.write(transaction, revised, at=batch.at)
    described = entities.refresh(transaction, about, rules)
    lost = {end for one in revised if one.after is None for end in _ends(one.parts)} | about
    gone = entities.remove_orphans(transaction, lost)
    return Applied(decided.steps, (*made, *described, *(one.change for one in revised), *gone))


def triple_assertion_id(dataset: str, statement_id: str) -> str:
    """The id of the assertion by which a data set asserts a statement outright."""
    return f"{statement_id.replace('statement:', 'assertion:', 1)}:{dataset}"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one data set asserts of a statement; the triple is put together only when needed."""

    dataset: str
    digest: int
    triple: Callable[[], Triple]


def _standing(
    transaction: Transaction, incoming: Mapping[str, Triple]
) -> dict[str, list[_Standing]]:
    """What all data sets assert of the statements of a batch, by statement."""
    found: dict[str, list[_Standing]] = {}
    for row in transaction.value(loading.READ_TRIPLE_ASSERTIONS, {"ids": list(incoming)}):
        revive = partial(_revived, incoming[row[0]], row)
        found.setdefault(row[0], []).append(_Standing(row[1], row[2], revive))
    return found


def _held(
    transaction: Transaction,
    dataset: str,
    incoming: Mapping[str, Triple],
    standing: Mapping[str, Sequence[_Standing]],
) -> dict[str, Held[Triple]]:
    held = {
        id: Held(one.digest, one.triple)
        for id, several in standing.items()
        for one in several
        if one.dataset == dataset
    }

    def buried(key: str, canonical: str) -> Triple:
        return incoming[key].with_canonical(canonical)

    held.update(read_tombstones(transaction, scope(FORMAT, dataset), incoming, buried))
    return held


def _revived(like: Triple, row: Sequence[Any]) -> Triple:
    plausibility, typicality, support, source, retrieved_at, qualifiers = row[4:]
    return Triple(
        like.subject,
        like.relation,
        like.object,
        like.literal,
        None if plausibility is None else read_score(plausibility),
        None if typicality is None else read_score(typicality),
        support,
        source,
        retrieved_at,
        tuple(qualifiers or ()),
    )


def _tallies(standing: Mapping[str, Sequence[_Standing]]) -> Callable[[str], Tally | None]:
    """How to sum up what is asserted outright of a statement before the batch."""

    def tally(statement_id: str) -> Tally | None:
        several = standing.get(statement_id)
        if several is None:
            return None
        total = Tally()
        for one in several:
            total.add(_observation(one.dataset, one.triple()))
        return total

    return tally


def _write_assertions(
    transaction: Transaction,
    batch: Batch[Triple],
    changes: Changes,
    known: Mapping[str, Relation],
) -> None:
    created, updated, deleted = [], [], []
    for change in changes:
        after = change.after.record
        stood = change.before is not None and not change.before.deleted
        if after.deleted and stood:
            deleted.append(after.statement_id)
        elif not after.deleted and stood:
            updated.append([after.statement_id, change.after.digest, *_scores(after)])
        elif not after.deleted:
            created.append(_created(batch.dataset, change.after, known))
    own = {"dataset": batch.dataset, "run": batch.run}
    if created:
        transaction.run(loading.CREATE_TRIPLE_ASSERTIONS, {"rows": created, **own})
    if updated:
        transaction.run(loading.UPDATE_TRIPLE_ASSERTIONS, {"rows": updated, **own})
    if deleted:
        transaction.run(loading.DELETE_TRIPLE_ASSERTIONS, {"ids": deleted, **own})


def _created(dataset: str, one: Incoming[Triple], known: Mapping[str, Relation]) -> list[Any]:
    triple = one.record
    about = triple.subject if _means(triple, known) else None
    language = None if triple.literal is None else triple.literal.language
    return [
        triple_assertion_id(dataset, triple.statement_id),
        triple.statement_id,
        triple.relation,
        one.digest,
        *_scores(triple),
        about,
        None if about is None else _value(triple),
        None if about is None else language,
    ]


def _scores(triple: Triple) -> list[Any]:
    return [
        as_float(triple.plausibility),
        as_float(triple.typicality),
        triple.support,
        triple.source,
        triple.retrieved_at,
        list(triple.qualifiers) or None,
    ]


def _differences(
    dataset: str, changes: Changes, known: Mapping[str, Relation]
) -> dict[Parts, Tally]:
    found: dict[Parts, Tally] = {}
    for change in changes:
        if _means(change.after.record, known) in _FILLS_ENTITY:
            continue
        tally = Tally()
        for triple, times in ((change.before, -1), (change.after.record, 1)):
            if triple is not None and not triple.deleted:
                tally.add(_observation(dataset, triple), times)
        found[of_triple(change.after.record)] = tally
    return found


def _observation(dataset: str, triple: Triple) -> Observation:
    return Observation(
        triple.support, triple.plausibility, triple.typicality, sources=frozenset({dataset})
    )


def _value(triple: Triple) -> str:
    return triple.object or "" if triple.literal is None else triple.literal.text


def _types(triples: Iterable[Triple], known: Mapping[str, Relation]) -> Iterable[str]:
    for triple in triples:
        means = _means(triple, known)
        if means in ("type", "subtype") and _value(triple):
            yield _value(triple)
        if means == "subtype":
            yield triple.subject


def _put_below_others(changes: Changes, known: Mapping[str, Relation]) -> Iterable[str]:
    """The types of which statements say, or said, what they are subtypes of."""
    subtypes = (one.after.record for one in changes)
    return (triple.subject for triple in subtypes if _means(triple, known) == "subtype")


def _means(triple: Triple, known: Mapping[str, Relation]) -> str | None:
    return known[triple.relation].means


def _ends(parts: Parts) -> Iterable[str]:
    return (parts.subject,) if parts.object is None else (parts.subject, parts.object)
