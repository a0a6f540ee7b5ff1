"""Add, change, check and end organisations, posts, holders and councillors. Every act here is one for the record, where
what is about a person can be erased; and each raises the revision that the public pages were made from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from portal import clock, revisions
from portal.audit.rules import Personal
from portal.audit.service import record
from portal.lifecycle import Actor, Reference
from portal.organisations.models import Councillor, Holder, Organisation, Post, Seat
from portal.organisations.rules import is_over
from portal.places.models import Area, AreaKind
from portal.places.slugs import slug
from portal.trouble import Conflict, NotFound

NOUN = "organisations"
MOST_SEATS = 12
Row = Organisation | Post | Holder | Councillor
Values = Mapping[str, Any]
_OF_A_PERSON = frozenset({"name", "telephone", "email", "surgery_en", "surgery_cy", "party_en", "party_cy"})


class Kind(StrEnum):
    """What can be edited, by the word that the record of acts has for it."""

    organisation = "organisation"
    post = "post"
    holder = "holder"
    councillor = "councillor"


_ADDED = {kind: f"{kind}-added" for kind in Kind}
_CHANGED = {kind: f"{kind}-changed" for kind in Kind}
_ENDED = {kind: f"{kind}-ended" for kind in Kind}

TABLES: Mapping[Kind, Any] = {
    Kind.organisation: Organisation,
    Kind.post: Post,
    Kind.holder: Holder,
    Kind.councillor: Councillor,
}
_PARENTS: Mapping[Kind, tuple[str, Any]] = {
    Kind.post: ("organisation_id", Organisation),
    Kind.holder: ("post_id", Post),
    Kind.councillor: ("seat_id", Seat),
}
"""Of what each is a part, and the column that says so. An organisation is part of nothing."""


class ChangedMeanwhile(Conflict):
    """Somebody else saved it after this person had opened it; `row` is how it is now."""

    def __init__(self, row: Row) -> None:
        super().__init__("it was changed in the meantime")
        self.row = row


class Taken(Conflict):
    """Another stands there already: the code, the one portfolio holder, the post or the seat."""


class StillHeld(Conflict):
    """Somebody sits in a seat that would go."""


def reference_of(kind: Kind, key: int) -> Reference:
    """The name of a row in the record of acts."""
    return Reference(kind.value, str(key))


def get_row(session: Session, kind: Kind, key: int, *, is_held: bool = False) -> Row:
    """What has not ended. `is_held` keeps it from others until this unit of work ends. Raises NotFound."""
    row: Row | None = session.get(TABLES[kind], key, with_for_update=is_held, populate_existing=is_held)
    if row is None or is_over(row.ends_on, clock.today()):
        raise NotFound(f"there is no {kind} {key}")
    return row


def add(session: Session, actor: Actor, kind: Kind, values: Values) -> Row:
    """A new row. Raises Taken where another has its place, NotFound where that of which it is a part has ended."""
    _check_parent(session, kind, values)
    row: Row = TABLES[kind](**values)
    _write(session, row)
    told = {name: value for name, value in values.items() if value not in {"", None}}
    record(session, actor, _ADDED[kind], reference_of(kind, row.key), after=_told(kind, told))
    revisions.touch(session, NOUN)
    return row


def change(session: Session, actor: Actor, kind: Kind, key: int, values: Values, version: int | None = None) -> Row:  # noqa: PLR0913, PLR0917 - who, what, and as of which version
    """The row with these values; the same values again are no act. Raises ChangedMeanwhile where it is no longer the
    version that was opened, Taken where another has the place, NotFound.
    """
    row = get_row(session, kind, key, is_held=True)
    if version is not None and row.version != version:
        raise ChangedMeanwhile(row)
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return row
    after = {name: values[name] for name in before}
    with _placing(session):
        for name, value in after.items():
            setattr(row, name, value)
        _mark(row)
    record(
        session,
        actor,
        _CHANGED[kind],
        reference_of(kind, key),
        before=_told(kind, before),
        after=_told(kind, after),
    )
    revisions.touch(session, NOUN)
    return row


def mark_checked(session: Session, actor: Actor, kind: Kind, key: int) -> Row:
    """Say that somebody has looked today, and that it is right: of an organisation who holds its posts as well, for
    they stand on one page. Of a post its holder is checked.
    """
    whole = _held_whole(session, kind, key)
    for part, row in reversed(whole):
        if part is not Kind.post:
            change(session, actor, part, row.key, {"checked_on": clock.today()})
    return whole[0][1]


def mark_all_checked(session: Session, actor: Actor, kind: Kind, keys: Iterable[int]) -> None:
    """The same of several of one kind that have no parts."""
    rows = [get_row(session, kind, key, is_held=True) for key in sorted(keys)]
    for row in rows:
        change(session, actor, kind, row.key, {"checked_on": clock.today()})


def beginning(session: Session, kind: Kind, values: Values) -> dict[str, Any]:
    """What something new has beside what was typed: a code made from its name, or the day on which it was looked at."""
    if kind is Kind.organisation:
        taken = set(session.exec(select(Organisation.code)))
        return {"code": _free_code(str(values["name_en"]), taken)}
    if kind is Kind.post:
        posts = select(Post.code).where(Post.organisation_id == values["organisation_id"])
        return {"code": _free_code(str(values["title_en"]), set(session.exec(posts)))}
    return {"checked_on": clock.today()}


def _free_code(name: str, taken: set[str]) -> str:
    base = slug(name)[:50].rstrip("-")
    return next(code for number in count(1) if (code := base if number == 1 else f"{base}-{number}") not in taken)


def end(session: Session, actor: Actor, kind: Kind, key: int, version: int | None = None) -> None:
    """End it today, and with it what is part of it: posts with an organisation, holders with a post. Nothing is
    deleted. Raises ChangedMeanwhile, NotFound.
    """
    whole = _held_whole(session, kind, key)
    row = whole[0][1]
    if version is not None and row.version != version:
        raise ChangedMeanwhile(row)
    for part, its_row in reversed(whole):
        end_on(session, actor, part, its_row, clock.today())


def end_on(session: Session, actor: Actor, kind: Kind, row: Row, day: dt.date) -> None:
    """End one row from this day on."""
    row.ends_on = day
    _mark(row)
    session.add(row)
    record(session, actor, _ENDED[kind], reference_of(kind, row.key), after={"ends_on": day.isoformat()})
    revisions.touch(session, NOUN)


def get_ward(session: Session, ward_id: int) -> Area:
    """A ward that is served. Raises NotFound."""
    ward = session.get(Area, ward_id)
    if ward is None or ward.kind is not AreaKind.ward or not ward.served:
        raise NotFound(f"there is no ward {ward_id}")
    return ward


def seats_of(session: Session, ward_id: int) -> list[Seat]:
    """The seats that a ward has now, by number."""
    wanted = select(Seat).where(Seat.ward_id == ward_id, col(Seat.ends_on).is_(None))
    return list(session.exec(wanted.order_by(col(Seat.number))))


def set_seats(session: Session, actor: Actor, ward: Area, number: int) -> list[Seat]:
    """Let a ward have so many seats. Raises StillHeld where fewer are left than councillors, Taken in a race."""
    standing = seats_of(session, ward.key)
    spare = sorted(standing, key=lambda one: (one.key in held_seats(session, ward.key), one.number))
    going = spare[: max(0, len(standing) - number)]
    if any(one.key in held_seats(session, ward.key) for one in going):
        raise StillHeld(f"{ward.name_en} has more councillors than {number}")
    for seat in going:
        seat.ends_on = clock.today()
        session.add(seat)
    free = (each for each in range(1, MOST_SEATS * 2) if each not in {one.number for one in standing})
    new = [Seat(ward_id=ward.key, number=next(free)) for _ in range(number - len(standing))]
    for seat in new:
        _write(session, seat)
    if going or new:
        before, after = {"seats": len(standing)}, {"seats": number}
        record(session, actor, "seats-changed", Reference("area", str(ward.key)), before=before, after=after)
        revisions.touch(session, NOUN)
    return seats_of(session, ward.key)


def held_seats(session: Session, ward_id: int) -> set[int]:
    """The seats of a ward in which somebody sits."""
    wanted = select(Seat.id).join(Councillor, col(Councillor.seat_id) == Seat.id)
    return {key or 0 for key in session.exec(wanted.where(Seat.ward_id == ward_id, col(Councillor.ends_on).is_(None)))}


def _check_parent(session: Session, kind: Kind, values: Values) -> None:
    if kind not in _PARENTS:
        return
    column, table = _PARENTS[kind]
    parent: Organisation | Post | Seat | None = session.get(table, values[column])
    if parent is None or is_over(parent.ends_on, clock.today()):
        raise NotFound(f"what the {kind} belongs to is not there")


def _held_whole(session: Session, kind: Kind, key: int) -> list[tuple[Kind, Row]]:
    """A row and all that is part of it, held: itself first, its parts by number. Everybody holds them in this order,
    and all of them before anything is recorded. Raises NotFound where the row itself has ended.
    """
    whole = [(kind, get_row(session, kind, key, is_held=True))]
    for part, part_key in _parts(session, kind, key):
        with suppress(NotFound):  # somebody else ended it at this instant
            whole += _held_whole(session, part, part_key)
    return whole


def _parts(session: Session, kind: Kind, key: int) -> list[tuple[Kind, int]]:
    if kind is Kind.organisation:
        posts = select(Post.id).where(Post.organisation_id == key, col(Post.ends_on).is_(None))
        return [(Kind.post, one or 0) for one in session.exec(posts.order_by(col(Post.id)))]
    if kind is Kind.post:
        holders = select(Holder.id).where(Holder.post_id == key, col(Holder.ends_on).is_(None))
        return [(Kind.holder, one or 0) for one in session.exec(holders.order_by(col(Holder.id)))]
    return []


def _mark(row: Row) -> None:
    row.version += 1
    row.changed_at = clock.now()


def _write(session: Session, row: Row | Seat) -> None:
    with _placing(session):
        session.add(row)


@contextmanager
def _placing(session: Session) -> Iterator[None]:
    """For what may meet another in its place: raises Taken, and takes back what was done inside. Whatever was done
    before would be written before there is a savepoint, and whoever is refused would lose the whole unit of work.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        raise Taken from error


def _told(kind: Kind, values: Values) -> dict[str, object]:
    """Values as the record takes them: days as text, and of a person as what can be erased."""
    is_person = kind in {Kind.holder, Kind.councillor}
    return {
        name: Personal(str(value)) if is_person and name in _OF_A_PERSON else _plain(value)
        for name, value in values.items()
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
