"""Which tests a run takes up."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Pages are made on SQLite in every run, and on PostgreSQL too in the soak: what differs between the databases lies
    in services, which are tested on both each time, and so is signing in.
    """
    for item in items:
        is_page = "app" in item.fixturenames and item.get_closest_marker("both_databases") is None
        if is_page and item.get_closest_marker("postgres") is not None:
            item.add_marker(pytest.mark.soak)
