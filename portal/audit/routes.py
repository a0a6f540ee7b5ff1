"""The public register, its files and the key."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portal import clock
from portal.audit.keys import public_pem, signing_keys
from portal.audit.register import (
    Shown,
    get_shown,
    month_of_register,
    months_with_acts,
    neighbours,
    newest_acts,
    public_entries,
)
from portal.audit.service import REGISTER
from portal.clock import Month
from portal.trouble import NotFound
from portal.web.feeds import ATOM_TYPE, Entry, Feed, atom
from portal.web.handlers import page
from portal.web.language import N_
from portal.web.manifest import PageRoute, PlainRoute
from portal.web.templates import plain_sentence, render, translate

_FED = 50
"""Acts in the feed."""
COLUMNS = (
    ("number", N_("Number")),
    ("day", N_("Day")),
    ("act", N_("Act")),
    ("sentence", N_("What was done")),
    ("hash", N_("Hash")),
    ("previous_hash", N_("Previous hash")),
)


class Named(Protocol):
    """A role, as the application knows it."""

    @property
    def name_en(self) -> str:
        """Its name in English."""

    @property
    def name_cy(self) -> str:
        """Its name in Welsh."""


@dataclass(frozen=True, slots=True)
class RegisterContext:
    """One month of the register."""

    month: Month | None
    newer: Month | None
    older: Month | None
    acts: tuple[Shown, ...]
    role_names: Mapping[str, Named]


@dataclass(frozen=True, slots=True)
class ActContext:
    """One act of the register."""

    act: Shown
    role_names: Mapping[str, Named]


def index(request: Request, session: Session) -> Response:
    """The latest month of the register in which something was done."""
    months = months_with_acts(session, request.app.state.public_acts)
    return _month(request, session, months, months[0] if months else None)


def month_page(request: Request, session: Session) -> Response:
    """One month of the register."""
    months = months_with_acts(session, request.app.state.public_acts)
    month = Month.parse(request.path_params["month"])
    if month not in months:
        raise NotFound(f"the register has no {month}")
    return _month(request, session, months, month)


def show(request: Request, session: Session) -> Response:
    """One act, to be pointed at."""
    act = get_shown(session, request.app.state.public_acts, request.path_params["number"])
    return render(request, "audit/act.html", ActContext(act, request.app.state.roles))


def as_json(request: Request, session: Session) -> Response:
    """A month, each act exactly as it is hashed, oldest first."""
    month = Month.parse(request.path_params["month"])
    found = public_entries(session, request.app.state.public_acts, month)
    body = json.dumps({"month": str(month), "entries": found}, ensure_ascii=False, indent=1)
    return _file(body.encode(), "application/json", month, "json")


def as_csv(request: Request, session: Session) -> Response:
    """A month as the page shows it."""
    month = Month.parse(request.path_params["month"])
    rows = month_of_register(session, request.app.state.public_acts, month)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([translate(request, heading) for _, heading in COLUMNS])
    for one in rows:
        day = clock.london_day(one.at).isoformat()
        writer.writerow([one.number, day, one.act, sentence(request, one), one.hash, one.previous_hash])
    return _file(("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8", month, "csv")


def as_feed(request: Request, session: Session) -> Response:
    """The latest acts, for who reads the register in a feed reader; each with its hash."""
    state, lang = request.app.state, request.path_params["lang"]
    authority = state.settings.authority.name(lang)
    title = f"{translate(request, N_('Public register'))} – {authority}"
    hash_of = translate(request, N_("Hash:"))
    entries = tuple(
        Entry(
            key=f"act {one.number}",
            title=sentence(request, one),
            address=state.letters.address(lang, "audit:act", {"number": one.number}),
            updated_at=one.at,
            summary=f"{hash_of} {one.hash}",
        )
        for one in newest_acts(session, state.public_acts, _FED)
    )
    page_of, own = (state.letters.address(lang, name, {}) for name in ("audit:register", "audit:feed"))
    made = Feed(title, authority, lang, page_of, own, entries, updated_at=clock.now())
    return Response(atom(made), headers={"content-type": f"{ATOM_TYPE}; charset=utf-8"})


def public_key(request: Request) -> Response:
    """The keys with which anybody can check the checkpoints."""
    pem = public_pem(signing_keys(request.app.state.settings))
    return PlainTextResponse(
        pem, media_type="application/x-pem-file", headers={"Cache-Control": "public, max-age=3600"}
    )


def sentence(request: Request, act: Shown) -> str:
    """What was done, in a sentence, as plain text in the language of the path."""
    return plain_sentence(request.app.state.templates, request.path_params["lang"], act.template, act=act)


def _month(request: Request, session: Session, months: tuple[Month, ...], month: Month | None) -> Response:
    acts = month_of_register(session, request.app.state.public_acts, month) if month else ()
    newer, older = neighbours(months, month) if month else (None, None)
    return render(request, "audit/register.html", RegisterContext(month, newer, older, acts, request.app.state.roles))


def _file(body: bytes, media_type: str, month: Month, form: str) -> Response:
    return Response(
        body, media_type=media_type, headers={"content-disposition": f'attachment; filename="register-{month}.{form}"'}
    )


_SHOWS = (REGISTER,)

routes = (
    PageRoute("/register", page(index, shows=_SHOWS), "audit:register"),
    PageRoute("/register/feed.atom", page(as_feed, shows=_SHOWS), "audit:feed"),
    PageRoute("/register/{number:number}", page(show, shows=_SHOWS), "audit:act"),
    PageRoute("/register/{month:month}", page(month_page, shows=_SHOWS), "audit:month"),
    PageRoute("/register/{month:month}.json", page(as_json, shows=_SHOWS), "audit:month_json"),
    PageRoute("/register/{month:month}.csv", page(as_csv, shows=_SHOWS), "audit:month_csv"),
)
plain_routes = (PlainRoute("/audit-key.pem", public_key, "audit:key"),)
"""The key is the same in every language."""
