"""What came of it, as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bench.faults.instances import Process
from bench.faults.plan import Events
from bench.faults.traffic import Sample, Traffic, quantiles

#: Seconds that are looked at after each event.
_AFTER = 15.0


def report(traffic: Traffic, events: Events, both: list[Process], seconds: float) -> Iterator[str]:
    samples = traffic.samples
    failed = Counter(f"{one.kind}: {one.code}" for one in samples if one.code is not None)
    again = sum(one.tries > 1 for one in samples)
    yield (
        f"{len(samples):,} requests in {seconds / 60:g} minutes, {again:,} asked more than once, "
        f"{sum(failed.values()):,} failed, {len(traffic.wrongs)} answered wrong"
    )
    yield from (f"  {count:,} {what}" for what, count in failed.most_common())
    yield "\n| kind | requests | p50, ms | p95, ms | p99, ms | failed |"
    yield "| --- | --- | --- | --- | --- | --- |"
    kinds = sorted({one.kind for one in samples})
    yield from (_line(kind, [one for one in samples if one.kind == kind]) for kind in kinds)
    quiet = [one for one in samples if not _is_near(one, events)]
    yield _line("all", samples)
    yield _line("all, when nothing happens", quiet)
    yield f"\n| at, s | event | asked in {_AFTER:.0f} s from then on | again | failed | p99, ms |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for at, what in events.seen:
        near = [one for one in samples if at <= one.due - events.began < at + _AFTER]
        bad = sum(one.code is not None for one in near)
        more = sum(one.tries > 1 for one in near)
        p99 = quantiles([one.seconds for one in near])[2]
        yield f"| {at:.0f} | {what} | {len(near):,} | {more:,} | {bad:,} | {p99:.0f} |"
    yield "\n| instance | process | memory after a minute, MB | at its end | in minutes |"
    yield "| --- | --- | --- | --- | --- |"
    for each in both:
        for pid in dict.fromkeys(pid for _, pid, _ in each.memory):
            weighed = [(at, weight) for at, of, weight in each.memory if of == pid]
            settled = next((w for at, w in weighed if at > weighed[0][0] + 60), weighed[0][1])
            lasted = (weighed[-1][0] - weighed[0][0]) / 60
            yield (f"| {each.name} | {pid} | {settled:.0f} | {weighed[-1][1]:.0f} | {lasted:.1f} |")


def _line(name: str, samples: list[Sample]) -> str:
    p50, p95, p99 = quantiles([one.seconds for one in samples])
    bad = sum(one.code is not None for one in samples)
    share = bad / len(samples) if samples else 0.0
    return f"| {name} | {len(samples):,} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {share:.3%} |"


def _is_near(one: Sample, events: Events) -> bool:
    at = one.due - events.began
    return any(seen - 1 <= at < seen + _AFTER for seen, _ in events.seen)
