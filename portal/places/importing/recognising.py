"""Which published format a file is in: by its header or its shape, never by its name."""

from __future__ import annotations

from collections.abc import Sequence

from portal.places.importing import listings, lookups, postcodes
from portal.places.importing.boundaries import read_boundaries
from portal.places.importing.columns import Format
from portal.places.importing.files import FileRefused, FilesRefused, Source, read_lines
from portal.places.importing.gathered import Gathered
from portal.places.importing.tables import Table, open_table

FORMATS: tuple[Format, ...] = (
    postcodes.IN_DEGREES,
    postcodes.ON_GRID,
    listings.PEOPLE,
    lookups.BRIDGE,
    lookups.FITS,
    lookups.LEVELS,
    listings.WARD_NAMES,
    listings.AUTHORITY_NAMES,
    listings.PLACE_NAMES,
    listings.AREA_NAMES,
)
"""In the order of trying: whatever has the columns of an earlier one is that one, whatever else it has."""
_MOST_SHOWN = 200


def gather(sources: Sequence[Source], gathered: Gathered) -> None:
    """Read every file but the postcodes, which are only recognised. Raises FilesRefused, naming every file at fault."""
    for source in sources:
        try:
            _read(source, gathered)
        except FileRefused as refusal:
            gathered.refusals.append(refusal)
    if gathered.refusals:
        raise FilesRefused(gathered.refusals)


def _read(source: Source, gathered: Gathered) -> None:
    if _begins_with_brace(source):
        read_boundaries(source, gathered)
        return
    table = open_table(source)
    code_point = postcodes.as_code_point(table)
    if code_point is not None:
        gathered.postcodes.append(code_point)
        return
    for one in FORMATS:
        if (picked := one.pick(table.header)) is not None:
            one.read(table, picked, gathered)
            return
    raise _unknown(table)


def _begins_with_brace(source: Source) -> bool:
    for line in read_lines(source):
        if line.strip():
            return line.lstrip().startswith(("{", "["))
    return False


def _unknown(table: Table) -> FileRefused:
    """The refusal of a table that is in no known format, naming the format that it comes nearest to."""
    header = ", ".join(table.header)[:_MOST_SHOWN]
    nearest = min(FORMATS, key=lambda one: len(one.missing(table.header)) / len(one.columns))
    missing = ", ".join(nearest.missing(table.header))
    if len(nearest.missing(table.header)) == sum(column.is_needed for column in nearest.columns.values()):
        names = "; ".join(one.name for one in FORMATS)
        return table.refused(
            "line 1", f"its header is: {header}. That is no known format. Known are: {names}; boundaries"
        )
    return table.refused(
        "line 1", f"its header is: {header}. Nearest known format: {nearest.name}, of which it lacks: {missing}"
    )
