"""The one box: a postcode or the name of a place, whole, in part, or nearly right. Nothing typed is kept or logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from portal.places import postcode_text
from portal.places.finding import LONGEST, Code, Found, Match
from portal.places.models import Postcode
from portal.places.names import fold
from portal.places.postcode_text import Part
from portal.places.queries.gazetteer import Known, known_places
from portal.web.characters import only_text

_INWARD_LENGTH = 3


def find_places(session: Session, typed: str) -> Found:
    """What somebody means who typed this: see `portal.places.finding.Code` for what can come of it."""
    if len(typed) > LONGEST:
        return Found(Code.too_long)
    text = " ".join(only_text(typed, " ").split())
    if not fold(text):
        return Found(Code.empty)
    known = known_places(session)
    if (code := postcode_text.whole(text)) is not None:
        return _by_postcode(session, known, code)
    if beginnings := postcode_text.parts(text):
        return _by_part(session, known, beginnings)
    if meant := _live(session, postcode_text.repairs(text)):
        return Found(Code.suggestions, postcodes=meant)
    return known.index.find(text)


def _by_postcode(session: Session, known: Known, code: str) -> Found:
    wanted = select(Postcode.ward_code, Postcode.authority_code).where(Postcode.code == code)
    shown = postcode_text.shown(code)
    row = session.exec(wanted).first()
    if row is None:
        if meant := _live(session, postcode_text.repairs(code)):
            return Found(Code.suggestions, postcode=shown, postcodes=meant)
        sector = Part(code[:-_INWARD_LENGTH], code[-_INWARD_LENGTH])
        return Found(Code.unknown_postcode, _neighbourhoods(known, _wards_and_authorities(session, sector)), shown)
    ward, authority = row
    match = known.by_ward.get(ward or "")
    if match is None:
        return Found(Code.across_border, postcode=shown, authority=known.authorities.get(authority or ""))
    return Found(Code.one, (match,), shown)


def _by_part(session: Session, known: Known, beginnings: Sequence[Part]) -> Found:
    for part in beginnings:
        rows = _wards_and_authorities(session, part)
        if matches := _neighbourhoods(known, rows):
            return Found(Code.partial_postcode, matches, part.shown)
        if rows:
            authorities = {known.authorities.get(authority or "") for _, authority in rows}
            only = authorities.pop() if len(authorities) == 1 else None
            return Found(Code.across_border, postcode=part.shown, authority=only)
    return Found(Code.unknown_postcode, postcode=beginnings[0].shown)


def _wards_and_authorities(session: Session, part: Part) -> Sequence[tuple[str | None, str | None]]:
    """Of the postcodes that begin so; the length tells NP1 0.. from NP10 ... ."""
    beginning, length = part.beginning, len(part.outward) + _INWARD_LENGTH
    code = col(Postcode.code)
    wanted = select(Postcode.ward_code, Postcode.authority_code).where(
        code.between(beginning, f"{beginning}ZZZ"), code.startswith(beginning), func.length(code) == length
    )
    return session.exec(wanted.distinct()).all()


def _neighbourhoods(known: Known, rows: Iterable[tuple[str | None, str | None]]) -> tuple[Match, ...]:
    found = {match for ward, _ in rows if (match := known.by_ward.get(ward or ""))}
    return tuple(sorted(found, key=lambda one: one.name_en))


def _live(session: Session, codes: Sequence[str]) -> tuple[str, ...]:
    """Those of the postcodes that are known, as they are written."""
    if not codes:
        return ()
    found = session.exec(select(Postcode.code).where(col(Postcode.code).in_(codes)).order_by(Postcode.code))
    return tuple(postcode_text.shown(code) for code in found)
