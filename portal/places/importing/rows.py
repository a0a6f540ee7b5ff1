"""Rows of many: compared with those that stand, and only what differs is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, tuple_
from sqlmodel import Session, SQLModel, select

from portal.db import bulk_insert
from portal.places.importing.book import Tally
from portal.places.importing.gathered import Gathered
from portal.places.models import Lsoa, LsoaBridge, LsoaWard

Key = tuple[Any, ...]
Values = tuple[Any, ...]
"""A whole row in the order of the table's columns."""
_AT_ONCE = 400


def table_of(model: type[SQLModel]) -> Table:
    """The table of a row class."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def standing_rows(session: Session, model: type[SQLModel]) -> dict[Key, Values]:
    """Every row of a table, by its primary key."""
    table = table_of(model)
    key = _key_of(table)
    return {key(row): row for row in map(tuple, session.connection().execute(select(*table.columns)))}


def sync_rows(
    session: Session, model: type[SQLModel], before: Mapping[Key, Values], after: Mapping[Key, Values]
) -> Tally:
    """Make the table hold `after` where it held `before`, touching only what differs."""
    table = table_of(model)
    gone = [key for key in before if key not in after]
    changed = [key for key, row in after.items() if key in before and before[key] != row]
    new = [key for key in after if key not in before]
    _delete(session, table, gone + changed)
    bulk_insert(session, table, [after[key] for key in (*changed, *new)])
    tally, name = Tally(), table.name
    for counter, keys in ((tally.added, new), (tally.changed, changed), (tally.ended, gone)):
        if keys:
            counter[name] += len(keys)
    return tally


def _key_of(table: Table) -> Callable[[Values], Key]:
    places = [at for at, column in enumerate(table.columns) if column.primary_key]
    return lambda row: tuple(row[at] for at in places)


def _delete(session: Session, table: Table, keys: Sequence[Key]) -> None:
    columns = tuple_(*table.primary_key.columns)
    for start in range(0, len(keys), _AT_ONCE):
        session.connection().execute(table.delete().where(columns.in_(keys[start : start + _AT_ONCE])))


def bring_small_areas(session: Session, gathered: Gathered) -> list[Tally]:
    """LSOAs with names, people and boundaries; the ward of each by best fit; and the bridge between the vintages."""
    return [_bring_lsoas(session, gathered), _bring_fits(session, gathered), _bring_bridge(session, gathered)]


def _bring_lsoas(session: Session, gathered: Gathered) -> Tally:
    before = standing_rows(session, Lsoa)
    after = dict(before)
    for key in (*gathered.lsoa_names, *gathered.lsoa_shapes, *gathered.people):
        code, vintage, name, residents, households, year, boundary = after.get(key, (*key, "", None, None, None, None))
        name = _better_name(code, name, gathered.lsoa_names.get(key, ""))
        if people := gathered.people.get(key):
            residents, households, year = people.residents, people.households, people.year
        boundary = gathered.lsoa_shapes.get(key, boundary)
        after[key] = (code, vintage, name, residents, households, year, boundary)
    return sync_rows(session, Lsoa, before, after)


def _better_name(code: str, standing: str, found: str) -> str:
    """A file that has no names gives the code for one, which never displaces a name."""
    return standing if found in {"", code} and standing else found or code


def _bring_fits(session: Session, gathered: Gathered) -> Tally:
    before = standing_rows(session, LsoaWard)
    after = {key: row for key, row in before.items() if row[0] not in gathered.fits}
    after |= {(lsoa, fit.ward): (lsoa, fit.ward) for lsoa, fit in gathered.fits.items()}
    return sync_rows(session, LsoaWard, before, after)


def _bring_bridge(session: Session, gathered: Gathered) -> Tally:
    before = standing_rows(session, LsoaBridge)
    after = {key: row for key, row in before.items() if row[0] not in gathered.bridge}
    for older, parts in gathered.bridge.items():
        after |= {(older, newer): (older, newer, change) for newer, change in parts.items()}
    return sync_rows(session, LsoaBridge, before, after)
