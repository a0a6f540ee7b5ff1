"""People, organisations, posts and memberships as Popolo JSON. A piece is named by its list and its number in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from portal import clock
from portal.organisations.importing import values
from portal.organisations.importing.found import At, FoundCouncillor, FoundOrganisation, FoundPost, Gathered
from portal.organisations.models import OrganisationKind
from portal.places.importing.files import FileRefused, RowFault, Source

NAME = "Popolo"
_OF_HOME = ("home", "private", "personal", "cartref")
_TELEPHONES = frozenset({"voice", "phone", "telephone", "tel", "cell", "mobile"})
_LISTS = ("persons", "memberships", "organizations", "posts", "areas")
Piece = Mapping[str, Any]


class _Book:
    """The lists of one file, by id."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        try:
            whole = json.loads(text)
        except json.JSONDecodeError as error:
            raise FileRefused(source.name, f"line {error.lineno}", f"it is cut off or damaged ({error.msg})") from error
        except RecursionError as error:
            raise FileRefused(source.name, "", "it is nested too deeply") from error
        if not isinstance(whole, dict) or not any(isinstance(whole.get(one), list) for one in _LISTS):
            said = f"it is no Popolo: an object with some of the lists {', '.join(_LISTS)} was expected"
            raise FileRefused(source.name, "", said)
        self.lists = {one: self._pieces(one, whole.get(one, [])) for one in _LISTS}
        self._by_id = {name: {_id(one): one for _, one in pieces} for name, pieces in self.lists.items()}

    def _pieces(self, name: str, pieces: Any) -> list[tuple[At, Piece]]:
        if not isinstance(pieces, list):
            raise FileRefused(self.source.name, name, "it is no list")
        found: list[tuple[At, Piece]] = []
        for number, one in enumerate(pieces, start=1):
            at = At(self.source.name, f"{name} {number}")
            if not isinstance(one, dict):
                raise FileRefused(at.file, at.where, "it is no object")
            found.append((at, one))
        return found

    def find(self, name: str, key: object) -> Piece:
        """The piece of that id; an empty one where there is none."""
        return self._by_id[name].get(str(key), {}) if key not in {None, ""} else {}

    def memberships(self, gathered: Gathered) -> Iterator[tuple[At, Piece]]:
        """Those of the file, and those inside people; none that is over."""
        inner = [
            (at, {**one, "person_id": _id(person)})
            for at, person in self.lists["persons"]
            for one in _inner_list(person, "memberships")
        ]
        for at, one in (*self.lists["memberships"], *inner):
            try:
                is_over = _is_over(one)
            except RowFault as fault:
                gathered.fault(at, f"{fault.code}: {fault.detail}")
            else:
                if not is_over:
                    yield at, one


def read_councillors(source: Source, text: str, gathered: Gathered) -> None:
    """Memberships that have an area, of their own or of their post, are seats. Raises FileRefused."""
    book, entries = _Book(source, text), 0
    for at, membership in book.memberships(gathered):
        if ward := _area(book, membership):
            entries += 1
            try:
                gathered.councillors.append(_councillor(book, at, ward, membership, gathered))
            except RowFault as fault:
                gathered.fault(at, f"{fault.code}: {fault.detail}")
    gathered.read_file(source, f"councillors as {NAME}", entries)


def read_organisations(source: Source, text: str, gathered: Gathered) -> None:
    """Organisations, their posts that are no seats, and who holds them. Raises FileRefused.

    Popolo has one language: the names stand for both until somebody gives the Welsh ones, and the note says so.
    """
    book = _Book(source, text)
    memberships = {str(one.get("post_id")): one for _, one in book.memberships(gathered) if one.get("post_id")}
    posts = [(at, one) for at, one in book.lists["posts"] if not (one.get("area_id") or one.get("area"))]
    for at, one in (*book.lists["organizations"], *posts):
        try:
            if at.where.startswith("posts"):
                gathered.posts.append(_post(book, at, one, memberships.get(_id(one), {}), gathered))
            else:
                gathered.organisations.append(_organisation(at, one, gathered))
        except RowFault as fault:
            gathered.fault(at, f"{fault.code}: {fault.detail}")
    if book.lists["organizations"] or posts:
        gathered.note(At(source.name, "names"), "they have one language; the Welsh ones are to be written on screen")
    gathered.read_file(source, f"organisations and posts as {NAME}", len(book.lists["organizations"]) + len(posts))


def _councillor(book: _Book, at: At, ward: str, membership: Piece, gathered: Gathered) -> FoundCouncillor:
    person = _person(book, membership)
    party = book.find("organizations", membership.get("on_behalf_of_id")) or _inner(membership.get("on_behalf_of"))
    fields = {"party_en": values.paragraph(_text(party, "name"), 120), **_contacts(at, person, gathered)}
    return FoundCouncillor(at, ward, values.person(_text(person, "name")), _id(person)[:60], fields | _term(membership))


def _person(book: _Book, membership: Piece) -> Piece:
    return book.find("persons", membership.get("person_id")) or _inner(membership.get("person"))


def _term(membership: Piece) -> dict[str, object]:
    days = {"starts_on": _text(membership, "start_date"), "term_ends_on": _text(membership, "end_date")}
    return {name: values.whole_day(text) for name, text in days.items()}


def _organisation(at: At, one: Piece, gathered: Gathered) -> FoundOrganisation:
    kind = _text(one, "classification").lower().replace(" ", "_")
    name = values.named(_text(one, "name"))
    known = kind if kind in set(OrganisationKind) else OrganisationKind.other
    fields = {"kind": OrganisationKind(known), "name_en": name, "name_cy": name, **_contacts(at, one, gathered)}
    return FoundOrganisation(at, _code(one), fields)


def _post(book: _Book, at: At, one: Piece, membership: Piece, gathered: Gathered) -> FoundPost:
    title = values.named(_text(one, "label") or _text(one, "role"), "label")
    person = _person(book, membership)
    name = values.person(_text(person, "name")) if membership else ""
    holder = {**_contacts(at, person, gathered), **_term(membership)} if name else {}
    codes = _text(one, "organization_id")[:60], _code(one)
    return FoundPost(at, *codes, {"title_en": title, "title_cy": title}, name, holder)


def _code(one: Piece) -> str:
    code = values.one_line(_id(one))
    if not code or len(code) > 60:  # noqa: PLR2004 - as long as the column
        raise RowFault("id", "it is missing, or has more than 60 characters")
    return code


def _area(book: _Book, membership: Piece) -> str:
    """The name or code of the area of a membership, or of its post."""
    post = book.find("posts", membership.get("post_id")) or _inner(membership.get("post"))
    for one in (membership, post):
        area = book.find("areas", one.get("area_id")) or _inner(one.get("area"))
        if found := _text(area, "name") or _text(one, "area_id"):
            return values.one_line(found)
    return ""


def _contacts(at: At, one: Piece, gathered: Gathered) -> dict[str, object]:
    """Address and number, but none that is marked as of a home."""
    email, telephone = _text(one, "email"), ""
    for detail in _inner_list(one, "contact_details"):
        kind = _text(detail, "type").lower()
        marks = f"{_text(detail, 'note')} {_text(detail, 'label')}".lower()
        if any(word in marks for word in _OF_HOME):
            gathered.note(at, "a contact that is marked as of a home was not read")
        elif kind == "email":
            email = email or _text(detail, "value")
        elif kind in _TELEPHONES:
            telephone = telephone or _text(detail, "value")
    return {"email": values.email(email, at, gathered), "telephone": values.telephone(telephone, at, gathered)}


def _is_over(membership: Piece) -> bool:
    ends_on = values.whole_day(_text(membership, "end_date"))
    return ends_on is not None and ends_on < clock.today()


def _inner_list(one: Piece, name: str) -> list[Piece]:
    found = one.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _inner(piece: object) -> Piece:
    return piece if isinstance(piece, dict) else {}


def _text(one: Piece, name: str) -> str:
    value = one.get(name)
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _id(one: Piece) -> str:
    return _text(one, "id")
