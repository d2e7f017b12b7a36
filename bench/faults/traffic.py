"""What is asked: the mixture, what must come back, and outcomes that must not be lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import orjson

from bench.faults.asking import Failover

#: Tries of a question: both instances, now and a moment later. An outcome is sent until it is kept.
_TRIES, _PAUSE = 4, 0.25
_TRIES_OF_OUTCOMES = 200

_PRODUCTS = ("P-TENT-4", "P-TENT-2", "P-STOVE", "P-PONCHO", "P-RUN-SHOES")
_QUERIES = (
    "camping tent for rain",
    "family tent",
    "dog coat for rain",
    "camping gear",
    "unheard of",
)
_NAMES = ("Tom Hanks", "Forest Gump", "Apolo 13", "Titanic", "Paris", "Spielberg", "rain")
_PEOPLE = ("tom-hanks", "steven-spielberg")

_COMMONSENSE = """query Rank($heads: [CommonsenseHead!]!) {
  commonsense(heads: $heads, first: 5) {
    known total statements { id phrase typicality plausibility } } }"""
_ANSWERS = """query Walk($query: SetExpression!) {
  answers(query: $query, first: 50) {
    totalCount edges { score node { id label types { id } } } } }"""
_RESOLVE = """query Resolve($mentions: [MentionInput!]!) {
  resolve(mentions: $mentions) { candidates { entity { id label } confidence } } }"""
_ENTITIES = """query Show($ids: [ID!]!) {
  entities(ids: $ids) { id label degree statements(first: 5) { nodes { id text } } } }"""
_PATHS = """query Connect($from: SetExpression!, $to: SetExpression!) {
  paths(from: $from, to: $to, first: 3) { nodes { entities { id } } } }"""
#: Who asserts a statement, Neo4j alone knows.
_SOURCES = """query Sources($ids: [ID!]!) {
  entities(ids: $ids) { statements(first: 3) { nodes { id sources { id } } } } }"""
_OUTCOMES = """mutation Record($outcomes: [OutcomeInput!]!) {
  recordOutcomes(outcomes: $outcomes) { recorded } }"""


@dataclass(slots=True)
class Question:
    """A request and its answer, as it was while all was well."""

    kind: str
    body: bytes
    answer: object = None


def questions() -> dict[str, list[Question]]:
    """All questions by kind."""
    heads = [
        *({"product": id} for id in _PRODUCTS),
        *({"query": text} for text in _QUERIES),
    ]
    walks = [
        {"follow": {"from": {"ids": [one]}, "path": path}}
        for one in _PEOPLE
        for path in ("^CAST_MEMBER", "^CAST_MEMBER/CAST_MEMBER", "^CONTRIBUTOR/DIRECTOR")
    ]
    both = {"intersect": walks[:2]}
    pairs = itertools.combinations(("tom-hanks", "steven-spielberg", "london", "P-TENT-4"), 2)
    asked: dict[str, list[tuple[str, dict[str, object]]]] = {
        "commonsense": [
            (_COMMONSENSE, {"heads": heads[shift:] + heads[:shift]}) for shift in range(len(heads))
        ],
        "answers": [(_ANSWERS, {"query": one}) for one in (*walks, both, {"type": "Film"})],
        "resolve": [(_RESOLVE, {"mentions": [{"text": one}]}) for one in _NAMES],
        "entities": [(_ENTITIES, {"ids": [one]}) for one in (*_PRODUCTS, *_PEOPLE)],
        "paths": [(_PATHS, {"from": {"ids": [a]}, "to": {"ids": [b]}}) for a, b in pairs],
        "sources": [(_SOURCES, {"ids": [one]}) for one in _PEOPLE],
    }
    return {
        kind: [
            Question(kind, orjson.dumps({"query": text, "variables": given}))
            for text, given in several
        ]
        for kind, several in asked.items()
    }


#: Of a hundred requests so many are of each kind; one records outcomes.
SHARES = {"commonsense": 40, "answers": 25, "resolve": 15, "entities": 13, "paths": 3, "sources": 2}
_OUTCOME_SHARE = 2


@dataclass(slots=True)
class Sample:
    """One request: when it was due, how late its answer came, and what was wrong with it."""

    due: float
    seconds: float
    kind: str
    tries: int
    code: str | None
    wrong: bool


@dataclass(slots=True)
class Traffic:
    """Asks, and notes what came back."""

    failover: Failover
    asked: dict[str, list[Question]]
    chance: Random
    samples: list[Sample] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    wrongs: list[str] = field(default_factory=list)
    _outcomes: itertools.count[int] = field(default_factory=itertools.count)

    async def learn(self) -> None:
        """Ask everything once of each instance, while all is well; they must agree."""
        for question in itertools.chain(*self.asked.values()):
            replies = [await one.ask(question.body) for one in self.failover.instances]
            first = replies[0]
            if any(one != first or one.code is not None for one in replies):
                raise SystemExit(f"not answered while all is well: {question.body!r}: {replies}")
            question.answer = first.data

    async def flow(self, rate: float, until: Callable[[], bool]) -> None:
        """Send so many a second, each when it is due, whatever became of those before."""
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not until():
            due += self.chance.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            task = asyncio.create_task(self.one(due))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def one(self, due: float) -> None:
        """One request of the mixture."""
        kinds, shares = [*SHARES, "outcome"], [*SHARES.values(), _OUTCOME_SHARE]
        [kind] = self.chance.choices(kinds, shares)
        if kind == "outcome":
            await self._outcome(due)
            return
        question = self.chance.choice(self.asked[kind])
        reply, tries = await self.failover.ask(question.body, _TRIES, _PAUSE)
        wrong = reply.code is None and reply.data != question.answer
        if wrong:
            self.wrongs.append(f"{question.body!r}: {reply.data}, not {question.answer}")
        self._note(due, kind, tries, reply.code, wrong=wrong)

    async def _outcome(self, due: float) -> None:
        session = f"fault-{next(self._outcomes)}"
        outcome = {
            "session": session,
            "at": "2026-11-25T19:00:00Z",
            "text": self.chance.choice(_NAMES),
            "entity": self.chance.choice(_PEOPLE),
        }
        body = orjson.dumps({"query": _OUTCOMES, "variables": {"outcomes": [outcome]}})
        reply, tries = await self.failover.ask(body, _TRIES_OF_OUTCOMES, _PAUSE)
        if reply.code is None:
            self.acknowledged.add(session)
        self._note(due, "outcome", tries, reply.code, wrong=False)

    def _note(self, due: float, kind: str, tries: int, code: str | None, *, wrong: bool) -> None:
        seconds = time.monotonic() - due
        self.samples.append(Sample(due, seconds, kind, tries, code, wrong))


async def highest_rate(traffic: Traffic, seconds: float, at_once: int = 16) -> float:
    """Requests a second where so many are always under way."""
    began = time.monotonic()
    before = len(traffic.samples)

    async def keep_asking() -> None:
        while time.monotonic() - began < seconds:
            await traffic.one(time.monotonic())

    await asyncio.gather(*(keep_asking() for _ in range(at_once)))
    rate = (len(traffic.samples) - before) / (time.monotonic() - began)
    del traffic.samples[before:]
    return rate


def quantiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds; 0 where there is nothing."""
    ranked = sorted(seconds)
    if not ranked:
        return 0.0, 0.0, 0.0
    p50, p95, p99 = (ranked[int(len(ranked) * share)] * 1_000 for share in (0.5, 0.95, 0.99))
    return p50, p95, p99
