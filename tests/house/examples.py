"""A thing that is there, for each route that is about one: what the table of permissions is walked with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlmodel import Session

from portal.places.models import AreaKind
from tests.house import making_land as land
from tests.house import making_letters as letters
from tests.people import account

Maker = Callable[[Session], dict[str, object]]

ABOUT_ACCOUNTS = ("show", "change_roles", "invite_again", "take_factor_away", "suspend", "resume", "remove")
ABOUT_MESSAGES = ("message", "claim", "hand_over", "mark_answered", "take_back")
ABOUT_MONTHS = ("ask_gap", "ask_note", "ask_to_release", "look", "stand_out")
SENT_OF_MONTHS = ("add_note", "check_note", "declare", "release", "withdraw_gap")
WITH_PREVIEW = (AreaKind.authority, AreaKind.force, AreaKind.neighbourhood, AreaKind.partnership)
ABOUT_ITEMS = ("item", "claim", "decide", "hand_over", "hide", "release", "reopen", "translate")
KEPT = {
    "organisation": land.organisation,
    "post": land.post,
    "holder": land.holder,
    "councillor": land.councillor,
}
"""What a form of organisations is about."""
ABOVE = {"post": land.organisation, "holder": land.post, "councillor": land.seat}
"""To what something is added."""


def _account(session: Session) -> dict[str, object]:
    return {"id": account(session, "analyst", "councillor").key}


def _key(session: Session, *, of: Callable[[Session], int], name: str = "id") -> dict[str, object]:
    return {name: of(session)}


def _kept() -> dict[str, Maker]:
    """The routes of everything in organisations that has a form."""
    routes: dict[str, Maker] = {
        f"organisations:{verb}{kind}": partial(_key, of=make)
        for kind, make in KEPT.items()
        for verb in ("", "save_", "check_", "ask_to_end_", "end_")
    }
    for kind, make in ABOVE.items():
        for verb in ("ask_to_add_", "add_"):
            routes[f"organisations:{verb}{kind}"] = partial(_key, of=make, name="parent")
    return routes | {
        f"organisations:{name}": partial(_key, of=land.ward) for name in ("seats", "check_seats", "set_seats")
    }


EXAMPLES: dict[str, Maker] = {
    **{f"accounts:{name}": _account for name in ABOUT_ACCOUNTS},
    **{f"contact:{name}": letters.message for name in ABOUT_MESSAGES},
    **{f"crime:{name}": land.month for name in (*ABOUT_MONTHS, *SENT_OF_MONTHS)},
    **{f"crime:preview_{kind}": partial(land.month_of, kind=kind) for kind in WITH_PREVIEW},
    "crime:withdraw_note": land.note,
    **{f"moderation:{name}": letters.item for name in ABOUT_ITEMS},
    **{f"moderation:{name}": letters.notice for name in ("show_notice", "link", "step")},
    **{f"moderation:{name}": letters.report for name in ("show_report", "settle")},
    **{f"notifications:{name}": letters.refused_mail for name in ("give_up", "try_again")},
    **_kept(),
    **{f"rights:{name}": letters.request for name in ("request", "answer", "extend", "acknowledge")},
}


def example(route: str, session: Session) -> dict[str, object]:
    """Parameters of a route, of a thing that is made for it. A route about something needs its line here."""
    return EXAMPLES[route](session) if route in EXAMPLES else {}
