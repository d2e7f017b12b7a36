"""Which of two records about the same thing is the newer one.

A later time wins; at equal times the higher generator version in natural order (v10 after v9); at
equal versions a retraction; at a full tie the record whose canonical JSON is greater by code point.
No time is older than any time, no version than any version. A retraction that names no version
stands above every version of its time: whoever retracts at a time means what was generated at that
time. Rules: contract, records.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DIGITS = re.compile(r"([0-9]+)")
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:[0-5]\d)\Z", re.ASCII
)

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]
VersionKey = tuple[int, NaturalKey]
_NO_VERSION: VersionKey = (0, ((), ""))
_ABOVE_ALL: VersionKey = (2, ((), ""))


@dataclass(frozen=True, slots=True, order=True)
class Order:
    """Where a record stands among all the records of its key; greater is newer."""

    time: str
    version: VersionKey
    retraction: bool
    canonical: str


def order(time: str | None, version: str | None, *, retraction: bool, canonical: str) -> Order:
    """The place of a record; `time` is in the form that read_time gives.

    >>> old = order("2024-01-01T00:00:00Z", "v9", retraction=False, canonical="")
    >>> new = order("2024-01-01T00:00:00Z", "v10", retraction=False, canonical="")
    >>> old < new < order("2024-01-01T00:00:00Z", None, retraction=True, canonical="")
    True
    """
    if version is None:
        key = _ABOVE_ALL if retraction else _NO_VERSION
    else:
        key = (1, natural(version))
    # Without its Z a whole second is a prefix of its fractions and sorts before them.
    return Order((time or "").removesuffix("Z"), key, retraction, canonical)


def natural(version: str) -> NaturalKey:
    """A key that sorts versions as people do: runs of digits by their value.

    >>> sorted(["v10", "v9", "v9a", "v009"], key=natural)
    ['v009', 'v9', 'v9a', 'v10']
    """
    return tuple(_run(part) for part in _DIGITS.split(version) if part), version


def _run(part: str) -> tuple[int, int, str]:
    if not "0" <= part[0] <= "9":
        return 1, 0, part
    # By length and then by digit, for int() refuses more than 4,300 digits.
    digits = part.lstrip("0")
    return 0, len(digits), digits


def read_time(written: str) -> str:
    """An RFC 3339 time as UTC text that sorts by time; raises ValueError.

    Fractions are kept to the nanosecond, without trailing zeros, so equal instants are equal texts.

    >>> read_time("2024-06-01T02:00:00+02:00"), read_time("2024-06-01t00:00:00.500Z")
    ('2024-06-01T00:00:00Z', '2024-06-01T00:00:00.5Z')
    """
    match = _RFC3339.match(written)
    if match is None:
        raise ValueError(f"not an RFC 3339 time such as 2024-06-01T00:00:00Z: {written!r}")
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in "Zz" else zone
    leap = clock.endswith(":60")
    try:
        written_instant = f"{day}T{clock[:-2] + '59' if leap else clock}{offset}"
        instant = datetime.fromisoformat(written_instant).astimezone(UTC)
        instant += timedelta(seconds=leap)
    except OverflowError:
        raise ValueError(f"outside the years 1 to 9999: {written!r}") from None
    digits = (fraction or "")[:9].rstrip("0")
    second = instant.replace(tzinfo=None).isoformat()
    return second + (f".{digits}" if digits else "") + "Z"
