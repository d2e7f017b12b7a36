"""A batch that is begun ahead of its turn comes to what it would have come to in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from graph_dump import assert_same_bits, bits
from loaded_files import load_given
from plain_graph import Given
from prepared_graph import wipe

from kgservice.errors import GraphError
from kgservice.graph.client import Graph
from kgservice.graph.cypher.loading import READ_TURNS
from kgservice.graph.store import StoreTransaction
from kgservice.local.instance import Running
from loaders import destinations
from loaders.writing import batch as batches
from loaders.writing.batch import Applied, Batch, queue
from loaders.writing.books import begin
from loaders.writing.entities import Rules
from loaders.writing.turns import AbandonedError, OvertakenError, Turn


def triple(number: int, **more: Any) -> Given:
    record = {"head": f"h{number}", "relation": "knows", "tail": f"t{number % 3}", **more}
    return Given("triples", "one", record)


def ended(turn: Turn, number: int) -> Turn:
    with turn:
        turn.take(number, number - 1)
    return turn


# ------------------------------------------------------------------ turns by themselves


def test_nobody_came_between() -> None:
    first = Turn()
    with first:
        first.take(7, 6)
        second = Turn(first)
        with second:
            first.leave()
            # The first is not in yet when the second begins: it sees six before it.
            seen = 6
            threading.Timer(0.05, lambda: first.__exit__(None, None, None)).start()
            second.await_before()
            second.take(8, seen)
    third = Turn(second)
    third.take(9, 8)
    assert third.may_begin_ahead


@pytest.mark.parametrize(
    ("seen", "number", "overtaken"),
    [
        (6, 8, False),  # it began while the one before was under way, and that came in
        (7, 8, False),  # it began when that one was in
        (6, 9, True),  # another came in behind the one before
        (7, 9, True),
        (5, 8, True),  # another came in ahead of the one before
    ],
)
def test_a_batch_of_another_program_is_noticed(seen: int, number: int, overtaken: bool) -> None:
    turn = Turn(ended(Turn(), 7))
    if not overtaken:
        turn.take(number, seen)
        return
    with pytest.raises(OvertakenError):
        turn.take(number, seen)
    # Anew, in order: whoever came between is seen then.
    turn.take(number)
    assert not turn.may_begin_ahead
    after = turn
    for _ in range(8):
        assert not after.may_begin_ahead
        after = Turn(after)
    assert after.may_begin_ahead


def test_batches_about_the_same_follow_one_another() -> None:
    first = Turn()
    first.keys = {"a", "b"}
    second = Turn(first)
    second.keys = {"b", "c"}
    assert not second.may_begin_ahead
    second.keys = {"c"}
    assert second.may_begin_ahead
    second.keys = {"b"}
    with first:
        pass
    assert second.may_begin_ahead


def test_behind_one_that_failed_nothing_is_written() -> None:
    first = Turn()
    second = Turn(first)
    with pytest.raises(ZeroDivisionError), first:
        raise ZeroDivisionError
    first.await_written()
    with pytest.raises(AbandonedError):
        second.await_before()


# ------------------------------------------------------------------ in the graph

Begin = Callable[..., Callable[[], Applied]]


def test_every_turn_has_a_number_of_its_own(graph: Graph, server: Running) -> None:
    """What is added to is read behind the lock: else two that wait would count alike."""

    def queue_often(_: int) -> list[int]:
        with Graph.connect(server.address) as own:
            return [own.write(lambda one: queue(one, "test"), name="test") for _ in range(20)]

    before = graph.value(READ_TURNS)
    with ThreadPoolExecutor(6) as threads:
        taken = [turn for several in threads.map(queue_often, range(6)) for turn in several]
    assert sorted(taken) == list(range(before + 1, before + 121))
    assert graph.value(READ_TURNS) == before + 120


def with_interloper(interlope: Callable[[], object], at: int) -> Begin:
    """`begin`, behind which something else happens before a batch's turn, at the batch `at`."""
    calls = iter(range(1, 1_000))

    def begun(
        books: Any, transaction: StoreTransaction, batch: Batch[Any], rules: Rules
    ) -> Callable[[], Applied]:
        finish = begin(books, transaction, batch, rules)
        if next(calls) == at:
            interlope()
        return finish

    return begun


@pytest.mark.parametrize("at", [1, 2, 3])
def test_another_data_set_asserts_the_same_between(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """What was read ahead said that nobody asserts these statements."""
    own = [triple(number, support=2) for number in range(30)]
    others = [Given("triples", "other", one.record) for one in own]
    load_given(graph, tmp_path, [*others, *own], batch_size=10)
    wanted = bits(graph)

    wipe(graph)
    came: list[object] = []

    def interlope() -> None:
        monkeypatch.setattr(destinations, "begin", begin)
        came.append(load_given(graph, tmp_path, others))

    monkeypatch.setattr(destinations, "begin", with_interloper(interlope, at))
    load_given(graph, tmp_path, own, batch_size=10)
    assert came
    assert_same_bits(bits(graph), wanted)


def test_a_retracted_statement_is_asserted_by_another_between(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [triple(number) for number in range(20)]
    gone = [
        triple(number, deleted=True, retrieved_at="2026-01-01T00:00:00Z") for number in range(20)
    ]
    others = [Given("triples", "other", one.record) for one in first]
    load_given(graph, tmp_path, [*first, *others, *gone])
    wanted = bits(graph)

    wipe(graph)
    load_given(graph, tmp_path, first)

    def interlope() -> None:
        monkeypatch.setattr(destinations, "begin", begin)
        load_given(graph, tmp_path, others)

    monkeypatch.setattr(destinations, "begin", with_interloper(interlope, at=1))
    load_given(graph, tmp_path, gone, batch_size=7)
    assert_same_bits(bits(graph), wanted)


def test_a_batch_fails_while_the_next_is_begun(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before it stays, nothing behind it comes in, and loading again completes it."""
    records = [triple(number) for number in range(60)]
    calls = iter(range(1, 1_000))
    conclude = batches.conclude

    def failing(*arguments: Any) -> int:
        if next(calls) == 3:
            raise GraphError("made to fail")
        return conclude(*arguments)

    monkeypatch.setattr(batches, "conclude", failing)
    with pytest.raises(GraphError, match="made to fail"):
        load_given(graph, tmp_path, records, batch_size=10)
    assert graph.value("MATCH (a:Assertion) RETURN count(a)") == 20
    monkeypatch.undo()
    load_given(graph, tmp_path, records, batch_size=10)
    left = bits(graph)
    wipe(graph)
    load_given(graph, tmp_path, records)
    assert_same_bits(left, bits(graph))
