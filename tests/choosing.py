"""Which tests a run takes up."""

from __future__ import annotations

from collections import Counter

import pytest

_EVERY = 3


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Pages are made on SQLite in every run, and on PostgreSQL too in the soak: what differs between the databases lies
    in services, which are tested on both each time, and so is signing in. So are benches: their marks are held on
    PostgreSQL in the soak. Of a test of services with many cases, too, PostgreSQL sees every third in a run, and all of
    them in the soak.
    """
    cases = Counter()
    for item in items:
        if item.get_closest_marker("postgres") is None or item.get_closest_marker("both_databases") is not None:
            continue
        is_bench = item.path.parent.name == "bench"
        if is_bench or "app" in item.fixturenames or _is_left_out(item, cases):
            item.add_marker(pytest.mark.soak)


def _is_left_out(item, cases) -> bool:
    """Whether it is one of many cases, and not the first, the fourth, the seventh ..."""
    varied = item.callspec.params.keys() - {"database"} if hasattr(item, "callspec") else ()
    if not varied:
        return False
    test = (item.path, item.originalname)
    cases[test] += 1
    return cases[test] % _EVERY != 1
