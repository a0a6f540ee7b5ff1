"""The forms of staff: for each kind the fields in their order, what was typed, what it means, what is wrong with it.

Codes of problems: `no_` and the field where it may not be empty; too_long, not_email, not_telephone, not_web, not_day,
not_one_of, ends_first, absent_first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from portal.organisations.importing import values
from portal.organisations.models import OrganisationKind
from portal.organisations.service import Kind, Row
from portal.places.importing.files import RowFault
from portal.web.forms import Problems, line, looks_like_email, words

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what sort of thing is typed into it, and how much."""

    name: str
    sort: str = "line"
    most: int = 120
    is_needed: bool = False


def _line(name: str, most: int = 120) -> Field:
    return Field(name, most=most)


def _needed(name: str) -> Field:
    return Field(name, is_needed=True)


_CONTACT = (Field("telephone", "telephone", 40), Field("email", "email", 254))
_SHOWS = (Field("shows_telephone", "yes"), Field("shows_email", "yes"))
_TERM = (Field("starts_on", "day", 30), Field("term_ends_on", "day", 30))
FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.organisation: (
        Field("kind", "kind", is_needed=True),
        _needed("name_en"),
        _needed("name_cy"),
        _line("short_en", 40),
        _line("short_cy", 40),
        Field("does_en", "words", 600),
        Field("does_cy", "words", 600),
        *_CONTACT,
        Field("web_en", "web", 300),
        Field("web_cy", "web", 300),
        Field("is_public", "yes"),
    ),
    Kind.post: (
        _needed("title_en"),
        _needed("title_cy"),
        *_CONTACT,
        Field("is_portfolio_holder", "yes"),
        Field("is_public", "yes"),
    ),
    Kind.holder: (_needed("name"), *_TERM, *_CONTACT, *_SHOWS),
    Kind.councillor: (
        _needed("name"),
        _line("party_en"),
        _line("party_cy"),
        *_TERM,
        *_CONTACT,
        *_SHOWS,
        Field("surgery_en", "words", 1000),
        Field("surgery_cy", "words", 1000),
        Field("absent_from_on", "day", 30),
        Field("absent_until_on", "day", 30),
        Field("covered_by", "councillor"),
    ),
}

_TICKED_AT_FIRST = frozenset(
    {
        (Kind.organisation, "is_public"),
        (Kind.post, "is_public"),
        (Kind.councillor, "shows_telephone"),
        (Kind.councillor, "shows_email"),
    }
)
"""What somebody enters is meant to be seen; but how to reach the holder of a post only where that is said."""


def fields_of(kind: Kind, languages: Collection[str]) -> tuple[Field, ...]:
    """The fields of a form; without Welsh, where the portal is not published in it."""
    return tuple(one for one in FIELDS[kind] if "cy" in languages or not one.name.endswith("_cy"))


def typed_of(kind: Kind, row: Row | None) -> Typed:
    """What stands, as it would be typed; for something new, what a form begins with."""
    if row is not None:
        return {one.name: _as_typed(getattr(row, one.name)) for one in FIELDS[kind]}
    return {one.name: "yes" if (kind, one.name) in _TICKED_AT_FIRST else "" for one in FIELDS[kind]}


def read(
    form: FormData, kind: Kind, languages: Collection[str], others: Collection[int] = ()
) -> tuple[Typed, dict[str, Any], Problems]:
    """What was typed, its values, and the problems. `others`: the councillors who may stand in."""
    fields = fields_of(kind, languages)
    typed = {one.name: "" for one in FIELDS[kind]} | {one.name: _text(form, one) for one in fields}
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for one in fields:
        try:
            found[one.name] = _value(one, typed[one.name], others)
        except _Wrong as wrong:
            problems[one.name] = wrong.code
    for one in FIELDS[kind]:
        if one not in fields:  # a portal in English alone
            found[one.name] = found.get(f"{one.name[:-3]}_en", "")
    _check_order(found, problems, "starts_on", "term_ends_on", "ends_first")
    _check_order(found, problems, "absent_from_on", "absent_until_on", "absent_first")
    if found.get("absent_until_on") and not found.get("absent_from_on") and "absent_from_on" not in problems:
        problems["absent_from_on"] = "no_absent_from_on"
    return typed, found, problems


class _Wrong(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _text(form: FormData, one: Field) -> str:
    if one.sort == "words":
        return words(form, one.name, one.most)
    return line(form, one.name, one.most)


def _value(one: Field, text: str, others: Collection[int]) -> Any:
    if one.is_needed and not text:
        raise _Wrong(f"no_{one.name}")
    if len(text) > one.most:
        raise _Wrong("too_long")
    if one.sort == "councillor":
        return _other(text, others)
    return _READERS.get(one.sort, str)(text)


def _other(text: str, others: Collection[int]) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) in others):
        raise _Wrong("not_one_of")
    return int(text)


def _kind(text: str) -> OrganisationKind:
    if text not in set(OrganisationKind):
        raise _Wrong("not_one_of")
    return OrganisationKind(text)


def _day(text: str) -> dt.date | None:
    try:
        return values.day(text)
    except RowFault as fault:
        raise _Wrong("not_day") from fault


def _web(text: str) -> str:
    try:
        return values.web(text)
    except RowFault as fault:
        raise _Wrong("not_web") from fault


def _email(text: str) -> str:
    if text and not looks_like_email(text):
        raise _Wrong("not_email")
    return text


def _telephone(text: str) -> str:
    if text and not values.looks_like_telephone(text):
        raise _Wrong("not_telephone")
    return text


def _yes(text: str) -> bool:
    return text == "yes"


_READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": _kind,
    "day": _day,
    "web": _web,
    "email": _email,
    "telephone": _telephone,
    "yes": _yes,
}


def _check_order(found: Mapping[str, Any], problems: dict[str, str], first: str, last: str, code: str) -> None:
    if found.get(first) and found.get(last) and found[last] < found[first]:
        problems[last] = code


def _as_typed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
