"""How well and how quickly names are resolved: `python -m bench.resolution WHAT [--directory DIR]`.

WHAT is one of

- `spelling`: names misspelt in eight ways, each looked for among all; beside rapidfuzz's WRatio;
- `trials`: mentions with contexts, namesakes, absent things, by slices; writes what
  `kgservice.resolution.fitting` and `kgservice evaluate` read;
- `namesakes`: people of one name, each with a context that tells: a fact that the graph has;
- `sessions`: what is entered next, completed with and without what was entered before;
- `speed`: milliseconds a call, mentions a second in batches, seconds to build, memory, on the
  names of the trial or on `--names` made ones; beside WRatio.

Indexes are built into the directory once and opened again by the next call.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rapidfuzz import fuzz, process

from bench.resolution_mentions import CORRUPTIONS, corrupted, sentence
from bench.resolution_trials import Trial, side_of, trial
from bench.resolution_worlds import (
    Thing,
    World,
    codex,
    distinct_names,
    many_names,
    plain_source,
    whole_world,
)
from kgservice.model import Mention
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.evaluation import Slice, evaluate
from kgservice.resolution.index import NameIndex
from kgservice.resolution.labelled import write_labelled
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.suggestion import Proximity, Suggester
from kgservice.resolution.tables import NameSource
from kgservice.resolution.text import normalise

_SEED = 7
#: WRatio over 100,000 names takes 0.1 s.
_BESIDE, _WRATIOS = 240, 30
_ABSENT = 1_000_000_000


@click.group(help=__doc__.replace("\n\n", "\n\n\b\n", 1))
@click.option("--directory", type=click.Path(path_type=Path), default=Path("build/resolution"))
@click.pass_context
def main(context: click.Context, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    context.obj = directory


@main.command()
@click.option("--each", default=400, help="Mentions of each class.")
@click.pass_obj
def spelling(directory: Path, each: int) -> None:
    """Names misspelt in eight ways, among all names of the world."""
    rng = random.Random(_SEED)
    made = _trial()
    world, resolver = made.world, _resolver(directory / "trial", made.world.source())
    owners = _owners(world)
    left_out = [(normalise(alias), frozenset({id})) for id, alias in made.left_out.items()]
    rng.shuffle(left_out)
    print(f"{len(world.things):,} entities, {len(owners):,} names")
    classes = {name: list(_misspelt(world, owners, name, each, rng)) for name in CORRUPTIONS} | {
        "alias not indexed": [one for one in left_out if one[0] not in owners][:each]
    }
    rows = []
    for name, asked in classes.items():
        ranks = [_rank(resolver, text, ids) for text, ids in asked]
        rows.append((_share(ranks, 1), _share(ranks, 10)))
        print(f"{name:20} n={len(ranks):4}  r@1 {rows[-1][0]:.1%}  r@10 {rows[-1][1]:.1%}")
    averages = [statistics.mean(column) for column in zip(*rows, strict=True)]
    print(f"{'average':20}         r@1 {averages[0]:.1%}  r@10 {averages[1]:.1%}")
    for least, most in ((3, 5), (6, 8), (9, 99)):
        asked = list(_misspelt(world, owners, "one edit", each, rng, range(least, most + 1)))
        ranks = [_rank(resolver, text, ids) for text, ids in asked]
        shares = f"r@1 {_share(ranks, 1):.1%}  r@10 {_share(ranks, 10):.1%}"
        print(f"one edit, {least}-{most} letters  {shares}")
    for kind, asked in _unambiguous(world, owners, each, rng).items():
        ranks = [_rank(resolver, text, ids) for text, ids in asked]
        print(f"{kind:20} n={len(ranks):4}  r@1 {_share(ranks, 1):.1%}")
    _beside_wratio(owners, classes)


@main.command()
@click.pass_obj
def trials(directory: Path) -> None:
    """Mentions with contexts, namesakes and absent things, by slices and by how they were made."""
    made = _trial()
    write_labelled(directory / "train.jsonl", made.train)
    write_labelled(directory / "test.jsonl", made.test)
    resolver = _resolver(directory / "trial", made.world.source())
    for one in evaluate(resolver, made.test):
        print(_line(one))
    for kind in sorted(set(made.kinds)):
        chosen = [m for m, k in zip(made.test, made.kinds, strict=True) if k == kind]
        print(f"{kind:18}", _line(evaluate(resolver, chosen)[0]))


@main.command()
@click.pass_obj
def namesakes(directory: Path) -> None:
    """People of one name, each with a context that tells: a fact that the graph has."""
    rng = random.Random(_SEED)
    world = _trial().world
    resolver = _resolver(directory / "trial", world.source())
    by_name: dict[str, list[Thing]] = {}
    for thing in world.things.values():
        if "Q5" in thing.types and side_of(thing.id) == "test":
            by_name.setdefault(normalise(thing.label), []).append(thing)
    ranks: dict[str, list[int]] = {"famous": [], "overshadowed": []}
    for people in by_name.values():
        if len(people) < 2 or len({len(one.beside) for one in people}) == 1:
            continue
        people.sort(key=lambda one: -len(one.beside))
        for thing, kind in zip(people, ("famous", *["overshadowed"] * len(people)), strict=False):
            around = {world.things[id].label for id in thing.beside}
            facts = [fact for fact in world.facts.get(thing.id, ()) if fact.other in around]
            for fact in rng.sample(facts, min(2, len(facts))):
                context = sentence(thing.label, fact.relation, fact.other, rng)
                mention = Mention(thing.label, context, min_confidence=0.0)
                [found] = resolver.resolve([mention])
                ids = [candidate.id for candidate in found.candidates]
                ranks[kind].append(ids.index(thing.id) if thing.id in ids else _ABSENT)
    for kind, several in ranks.items():
        print(f"{kind:14} n={len(several):4}  r@1 {_share(several, 1):.1%}")


@main.command()
@click.option("--each", default=2_000, help="Sessions.")
@click.pass_obj
def sessions(directory: Path, each: int) -> None:
    """Of two things that a held-back fact ties, the second completed after the first.

    The graph does not have the fact; nearness is that of other facts, by a walk of two steps.
    """
    rng = random.Random(_SEED)
    world = codex(rng)
    index = _resolver(directory / "codex", world.source(), vectors=False).index
    plain, near = Suggester(index), Suggester(index, _walk(world))
    pairs = [
        (world.things[fact.thing], fact.other)
        for facts in world.facts.values()
        for fact in facts
        if not fact.known
    ]
    ids = {thing.label: thing.id for thing in world.things.values()}
    for letters in (1, 2, 3):
        ranks: dict[str, list[int]] = {"without": [], "with": []}
        for thing, other in rng.sample(pairs, min(each, len(pairs))):
            for kind, suggester, before in (("without", plain, ()), ("with", near, (thing.label,))):
                found = suggester.suggest(other[:letters], session=before)
                entities = [one.entity for one in found]
                wanted = ids[other]
                ranks[kind].append(entities.index(wanted) if wanted in entities else _ABSENT)
        told = "  ".join(
            f"{kind} the session: r@1 {_share(one, 1):.1%} r@10 {_share(one, 10):.1%}"
            for kind, one in ranks.items()
        )
        print(f"{letters} letters typed  {told}")


def _walk(world: World) -> Proximity:
    """Nearness by a walk of two steps, as the service has it, over the world's own facts."""

    def near(ids: Sequence[str]) -> dict[str, float]:
        mass, found = dict.fromkeys(ids, 1.0), dict[str, float]()
        for _ in range(2):
            after: dict[str, float] = {}
            for id, share in mass.items():
                beside = world.things[id].beside if id in world.things else []
                for other in beside[:60]:
                    after[other] = after.get(other, 0.0) + share / len(beside)
            for id, share in after.items():
                found[id] = found.get(id, 0.0) + share
            mass = after
        for id in ids:
            found.pop(id, None)
        most = max(found.values(), default=1.0)
        return {id: share / most for id, share in found.items()}

    return near


@main.command()
@click.option("--names", default=0, help="So many names, without vectors; 0: those of the trial.")
@click.option("--calls", default=1_500)
@click.pass_obj
def speed(directory: Path, names: int, calls: int) -> None:
    """Milliseconds a call, mentions a second, seconds to build, megabytes."""
    rng = random.Random(_SEED)
    if names:
        every = many_names(distinct_names(whole_world(rng)), names, rng)
        place = directory / f"speed-{names}"
        resolver = _resolver(place, plain_source(every, rng), vectors=False)
    else:
        world = _trial().world
        every = distinct_names(world)
        resolver = _resolver(directory / "trial", world.source())
    texts = [_any_misspelling(rng.choice(every), rng) for _ in range(calls)]
    resolver.resolve([Mention(text) for text in texts[:100]])
    _times("resolve", [_timed(lambda t=text: resolver.resolve([Mention(t)])) for text in texts])
    began, spent = time.perf_counter(), time.process_time()
    for start in range(0, len(texts), 100):
        resolver.resolve([Mention(text) for text in texts[start : start + 100]])
    spent = time.process_time() - spent
    print(
        f"in batches of 100: {len(texts) / (time.perf_counter() - began):,.0f} a second,"
        f" {len(texts) / spent:,.0f} a second of processor time"
    )
    suggester = Suggester(resolver.index)
    prefixes = [text[: rng.randint(1, 8)] for text in texts]
    suggester.suggest("a")
    _times("suggest", [_timed(lambda p=prefix: suggester.suggest(p)) for prefix in prefixes])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"resident: {_resident():,.0f} MB, of it {_private():,.0f} private; peak {peak:,.0f} MB")
    names_folded = [normalise(name) for name in every]
    beside = []
    for text in texts[:_WRATIOS]:
        began = time.perf_counter()
        process.extract(normalise(text), names_folded, scorer=fuzz.WRatio, limit=10)
        beside.append((time.perf_counter() - began) * 1e3)
    _times("WRatio over all names", beside)


def _trial() -> Trial:
    """The one world of all parts, with 12,000 mentions to fit weights to and 6,000 to test with."""
    return trial(_SEED, train=12_000, test=6_000)


def _resolver(place: Path, source: NameSource, *, vectors: bool = True) -> Resolver:
    encoder = packaged_encoder() if vectors else None
    if not (place / "layer.json").exists():
        began = time.perf_counter()
        write_layer(source, place, encoder=encoder)
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / 1e6
        print(f"built in {time.perf_counter() - began:.0f} s, {size:,.0f} MB")
    return Resolver(NameIndex.open(place), encoder)


def _owners(world: World) -> dict[str, frozenset[str]]:
    """Who has each name."""
    owners: dict[str, set[str]] = {}
    for thing in world.things.values():
        for name in (thing.label, *thing.aliases):
            owners.setdefault(normalise(name), set()).add(thing.id)
    return {name: frozenset(ids) for name, ids in owners.items()}


def _misspelt(
    world: World,
    owners: dict[str, frozenset[str]],
    corruption: str,
    most: int,
    rng: random.Random,
    lengths: range = range(3, 200),
) -> Iterator[tuple[str, frozenset[str]]]:
    """Labels misspelt in one way, with all who have the label: these cannot be told apart."""
    labels = [
        thing.label for thing in world.things.values() if len(normalise(thing.label)) in lengths
    ]
    found = 0
    while found < most:
        label = rng.choice(labels)
        changed = corrupted(label, CORRUPTIONS[corruption], rng)
        known = () if changed is None else owners.get(normalise(changed), owners[normalise(label)])
        if changed is not None and known == owners[normalise(label)]:
            found += 1
            yield changed, owners[normalise(label)]


def _unambiguous(
    world: World, owners: dict[str, frozenset[str]], most: int, rng: random.Random
) -> dict[str, list[tuple[str, frozenset[str]]]]:
    alone = [name for name, ids in owners.items() if len(ids) == 1 and name]
    labels = {normalise(thing.label) for thing in world.things.values()}
    kinds = {
        "exact label": [name for name in alone if name in labels],
        "exact alias": [name for name in alone if name not in labels],
    }
    return {
        kind: [(name, owners[name]) for name in rng.sample(names, min(most, len(names)))]
        for kind, names in kinds.items()
    }


def _beside_wratio(
    owners: dict[str, frozenset[str]], classes: dict[str, list[tuple[str, frozenset[str]]]]
) -> None:
    names, rows = list(owners), []
    for name, asked in classes.items():
        ranks = []
        for text, ids in asked[: _BESIDE // len(classes)]:
            best = process.extract(normalise(text), names, scorer=fuzz.WRatio, limit=10)
            hits = [at for at, (found, _, _) in enumerate(best) if owners[found] & ids]
            ranks.append(hits[0] if hits else _ABSENT)
        rows.append((_share(ranks, 1), _share(ranks, 10)))
        print(f"WRatio {name:20} r@1 {rows[-1][0]:.0%}  r@10 {rows[-1][1]:.0%}")
    averages = [statistics.mean(column) for column in zip(*rows, strict=True)]
    print(f"WRatio average r@1 {averages[0]:.1%}  r@10 {averages[1]:.1%}")


def _rank(resolver: Resolver, text: str, ids: frozenset[str]) -> int:
    [found] = resolver.resolve([Mention(text, min_confidence=0.0)])
    hits = [at for at, candidate in enumerate(found.candidates) if candidate.id in ids]
    return hits[0] if hits else _ABSENT


def _share(ranks: Sequence[int], first: int) -> float:
    return sum(rank < first for rank in ranks) / len(ranks)


def _any_misspelling(name: str, rng: random.Random) -> str:
    return corrupted(name, rng.choice(list(CORRUPTIONS.values())), rng) or name


def _timed(call: object) -> float:
    began = time.perf_counter()
    call()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1e3


def _times(what: str, milliseconds: Sequence[float]) -> None:
    cuts = statistics.quantiles(milliseconds, n=100)
    print(f"{what}: p50 {cuts[49]:.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms")


def _resident() -> float:
    return _memory("Rss")


def _private() -> float:
    return _memory("Private_Clean") + _memory("Private_Dirty")


def _memory(field: str) -> float:
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1e3
    raise LookupError(field)


def _line(one: Slice) -> str:
    quality = one.quality
    figures = {
        "r@1": quality.recall_1,
        "r@10": quality.recall_10,
        "ECE": quality.calibration,
        "NIL": quality.nil,
        "matched": quality.matched,
        "right": quality.matched_right,
    }
    shown = "  ".join(
        f"{name} {'-' if value is None else format(value, '.3f'):>5}"
        for name, value in figures.items()
    )
    return f"{one.by:10} {one.value:18} n={quality.mentions:5}  {shown}"


if __name__ == "__main__":
    main()
