"""Buckets of requests: what they give, and that processes and threads share them."""

from __future__ import annotations

import os

import pytest

from kgservice.api.rates import Rates


def test_a_minutes_worth_and_then_as_fast_as_the_rate() -> None:
    rates = Rates()
    assert [rates.take("me", 3) for _ in range(3)] == [0, 0, 0]
    assert 0 < rates.take("me", 3) <= 20
    assert rates.take("you", 3) == 0


def test_a_rate_that_changes_counts_from_then_on() -> None:
    rates = Rates()
    for _ in range(10):
        rates.take("me", 10)
    assert rates.take("me", 10) > 0
    # 60,000 a minute give a thousand a second: one within the two that this test takes at most.
    while rates.take("me", 60_000):
        pass


def test_more_keys_than_buckets_are_kept_apart() -> None:
    """A bucket gives way only to its like, and what gives way is the one untouched for longest."""
    rates = Rates()
    for number in range(10_000):
        assert rates.take(f"key {number}", 1) == 0
    assert all(rates.take(f"key {number}", 1) > 0 for number in range(9_950, 10_000))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_processes_take_from_one_bucket() -> None:
    rates, times, workers = Rates(), 300, 3
    read, write = os.pipe()
    pids = []
    for _ in range(workers):
        pid = os.fork()
        if pid == 0:
            given = sum(rates.take("shared", 500) == 0 for _ in range(times))
            os.write(write, f"{given}\n".encode())
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        assert os.waitpid(pid, 0)[1] == 0
    given = sum(map(int, os.read(read, 100).split()))
    os.close(read)
    os.close(write)
    # 500 at once, and 8 in a second; each worker alone would have given all its 300.
    assert 500 <= given < 600
