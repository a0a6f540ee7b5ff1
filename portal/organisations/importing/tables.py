"""Lists as CSV: the portal's own, Open Council Data, Popolo. Each is known by its header; every bad row is named."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from portal import clock
from portal.organisations.importing import values
from portal.organisations.importing.found import At, FoundCouncillor, FoundOrganisation, FoundPost, Gathered
from portal.organisations.models import OrganisationKind
from portal.organisations.service import MOST_SEATS
from portal.places.importing.files import FileRefused, RowFault, Source, read_lines

_OF_A_TERM = ("starts_on", "term_ends_on", "checked_on", "shows_email", "shows_telephone")
_OF_HOME = ("home", "private", "personal", "cartref")


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the names that the format has for its columns."""

    at: At
    texts: Mapping[str, str]

    def text(self, column: str) -> str:
        return self.texts.get(column, "").strip()

    def has(self, column: str) -> bool:
        return column in self.texts


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of list: the headers by which each column goes, those that it must have first, and how a row is read."""

    name: str
    needed: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]
    understand: Callable[[Row, Gathered], None]

    def pick(self, header: tuple[str, ...]) -> dict[str, int] | None:
        """Where each column stands; None where one that it needs is missing."""
        if self.missing(header):
            return None
        columns = {**self.needed, **self.optional}
        found = {one: next((header.index(w) for w in ways if w in header), None) for one, ways in columns.items()}
        return {one: at for one, at in found.items() if at is not None}

    def missing(self, header: tuple[str, ...]) -> list[str]:
        return [ways[0] for ways in self.needed.values() if not any(one in header for one in ways)]


def read_table(source: Source, formats: tuple[Format, ...], gathered: Gathered) -> None:
    """Read one CSV file in whichever of the formats its header is. Raises FileRefused."""
    rows = _rows(source)
    _, first = next(rows)
    header = tuple("_".join(one.strip().lower().split()) for one in first)
    if len(set(header)) < len(header):
        raise FileRefused(source.name, "line 1", "two columns have the same name")
    for one in formats:
        if (places := one.pick(header)) is not None:
            break
    else:
        raise _unknown(source, header, formats)
    if homes := [name for name in header if name.startswith(_OF_HOME)]:
        gathered.note(At(source.name, "line 1"), f"not read, for it is of people's homes: {', '.join(homes)}")
    entries = 0
    for line, row in rows:
        at = At(source.name, f"line {line}")
        entries += 1
        if len(row) != len(header):
            gathered.fault(at, f"it has {len(row)} fields, and the header has {len(header)}")
            continue
        try:
            one.understand(Row(at, {name: row[place] for name, place in places.items()}), gathered)
        except RowFault as fault:
            gathered.fault(at, f"{fault.code}: {fault.detail}")
    gathered.read_file(source, one.name, entries)


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(read_lines(source), strict=True)
    empty = True
    try:
        for row in reader:
            if any(field.strip() for field in row):
                empty = False
                yield reader.line_num, row
    except csv.Error as error:
        raise FileRefused(source.name, f"line {reader.line_num}", f"it is cut off or damaged ({error})") from error
    if empty:
        raise FileRefused(source.name, "", "it holds no rows")


def _unknown(source: Source, header: tuple[str, ...], formats: tuple[Format, ...]) -> FileRefused:
    nearest = min(formats, key=lambda one: len(one.missing(header)) / len(one.needed))
    said = f"its header is: {', '.join(header)[:200]}. Nearest known list: {nearest.name}, of which it lacks: "
    return FileRefused(source.name, "line 1", said + ", ".join(nearest.missing(header)))


def _given(row: Row, gathered: Gathered, texts: Mapping[str, int], others: tuple[str, ...]) -> dict[str, object]:
    """Of these columns those that the file has, and the contact: `texts` with the most characters of each, `others`
    by what their name says they are. Raises RowFault.
    """
    found: dict[str, object] = {
        one: values.paragraph(row.text(one), most) for one, most in texts.items() if row.has(one)
    }
    for one in (each for each in others if row.has(each)):
        read = values.yes if one.startswith(("is_", "shows_")) else values.web if one.startswith("web_") else values.day
        found[one] = read(row.text(one))
    if row.has("email"):
        found["email"] = values.email(row.text("email"), row.at, gathered)
    if row.has("telephone"):
        found["telephone"] = values.telephone(row.text("telephone"), row.at, gathered)
    return found


def _councillor(row: Row, gathered: Gathered) -> None:
    ward = row.text("ward_code") or values.named(row.text("ward"), "ward")
    name = values.person(row.text("name"))
    texts = {"party_en": 120, "party_cy": 120, "surgery_en": 1000, "surgery_cy": 1000}
    others = ("absent_from_on", "absent_until_on", *_OF_A_TERM)
    fields = _given(row, gathered, texts, others)
    covered_by = values.one_line(row.text("covered_by")) if row.has("covered_by") else None
    seats = values.count(row.text("seats"), MOST_SEATS)
    source_id = values.one_line(row.text("id"))[:60]
    gathered.councillors.append(FoundCouncillor(row.at, ward, name, source_id, fields, covered_by, seats))


def _popolo_councillor(row: Row, gathered: Gathered) -> None:
    """A row of a Popolo table is one membership, and may say a year alone; one that is over is history."""
    ends_on = values.whole_day(row.text("term_ends_on"))
    if ends_on is not None and ends_on < clock.today():
        return
    days = {one: row.text(one) if values.whole_day(row.text(one)) else "" for one in _DATES if row.has(one)}
    _councillor(Row(row.at, {**row.texts, **days}), gathered)


def _organisation(row: Row, gathered: Gathered) -> None:
    kind = row.text("kind")
    if kind not in set(OrganisationKind):
        raise RowFault("kind", f"{kind[:40]!r} is none of: {', '.join(OrganisationKind)}")
    names = {one: values.named(row.text(one), one) for one in ("name_en", "name_cy")}
    texts = {"short_en": 40, "short_cy": 40, "does_en": 600, "does_cy": 600}
    given = _given(row, gathered, texts, ("web_en", "web_cy", "is_public", "checked_on"))
    fields = {"kind": OrganisationKind(kind), **names, **given}
    gathered.organisations.append(FoundOrganisation(row.at, _code(row.text("code"), "code"), fields))


def _post(row: Row, gathered: Gathered) -> None:
    titles = {one: values.named(row.text(one), one) for one in ("title_en", "title_cy")}
    contact = {one: row.text(f"post_{one}") for one in ("email", "telephone") if row.has(f"post_{one}")}
    flags = {one: row.text(one) for one in ("is_portfolio_holder", "is_public") if row.has(one)}
    fields = {**titles, **_given(Row(row.at, {**contact, **flags}), gathered, {}, tuple(flags))}
    name = (values.person(row.text("name")) if row.text("name") else "") if row.has("name") else None
    holder = _given(row, gathered, {}, _OF_A_TERM)
    codes = _code(row.text("organisation"), "organisation"), _code(row.text("post"), "post")
    gathered.posts.append(FoundPost(row.at, *codes, fields, name, holder))


def _code(text: str, what: str) -> str:
    """The word by which a file names something. Raises RowFault."""
    word = values.one_line(text)
    if not word or len(word) > 60:  # noqa: PLR2004 - as long as the column
        raise RowFault(what, "it is missing, or has more than 60 characters")
    return word


_CONTACT = {
    "email": ("email", "email_address", "e-mail"),
    "telephone": ("telephone", "phone", "work_telephone", "work_phone"),
}
_DATES = {"starts_on": ("starts_on", "start_date", "term_starts_on"), "term_ends_on": ("term_ends_on", "end_date")}
COUNCILLOR_FORMATS = (
    Format(
        "councillors of Open Council Data",
        {
            "ward": ("ward_name",),
            "name": ("councillor_name", "councillor"),
            "party_en": ("party_name", "political_party"),
        },
        {"ward_code": ("ward_code", "ward_gss", "ward_id"), "id": ("councillor_id", "id"), **_CONTACT},
        _councillor,
    ),
    Format(
        "councillors as a Popolo table",
        {"ward": ("area",), "name": ("name",), "party_en": ("group",)},
        {"ward_code": ("area_gss",), "id": ("id", "person_id"), **_CONTACT, **_DATES},
        _popolo_councillor,
    ),
    Format(
        "councillors, the portal's own list",
        {"ward": ("ward", "ward_name"), "name": ("name", "councillor_name")},
        {
            "ward_code": ("ward_code",),
            "id": ("id", "councillor_id"),
            "seats": ("seats",),
            "party_en": ("party_en", "party"),
            "covered_by": ("covered_by",),
            **{
                one: (one,)
                for one in (
                    "party_cy", "absent_from_on", "absent_until_on", "surgery_en", "surgery_cy", "shows_email",
                    "shows_telephone", "checked_on",
                )
            },
            **_CONTACT,
            **_DATES,
        },
        _councillor,
    ),
)  # fmt: skip
"""In the order of trying."""
ORGANISATION_FORMATS = (
    Format(
        "organisations, the portal's own list",
        {one: (one,) for one in ("code", "kind", "name_en", "name_cy")},
        {
            **{
                one: (one,)
                for one in (
                    "short_en", "short_cy", "does_en", "does_cy", "web_en", "web_cy", "is_public", "checked_on",
                )
            },
            **_CONTACT,
        },
        _organisation,
    ),
    Format(
        "posts and who holds them, the portal's own list",
        {one: (one,) for one in ("organisation", "post", "title_en", "title_cy")},
        {
            "name": ("name",),
            **{
                one: (one,)
                for one in (
                    "is_portfolio_holder", "is_public", "post_email", "post_telephone", "shows_email",
                    "shows_telephone", "checked_on",
                )
            },
            **_CONTACT,
            **_DATES,
        },
        _post,
    ),
)  # fmt: skip
