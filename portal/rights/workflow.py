"""The life of a request about personal data, and of a complaint, as one table of moves.

open --extend--> extended                            a request only
open --acknowledge--> acknowledged                   a complaint only
open, extended, acknowledged --answer--> answered
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from portal.lifecycle import Lifecycle, Move

_OFFICER = frozenset({"officer"})


@dataclass(frozen=True, slots=True)
class Extending:
    """What the rule of an extension looks at."""

    today: dt.date
    due_on: dt.date
    reason: str
    is_complaint: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """What the rule of an acknowledgement looks at."""

    is_complaint: bool


def is_in_the_first_month(extending: Extending) -> str | None:
    """The person must hear of it before the month is over."""
    return None if extending.today <= extending.due_on else "too_late"


def has_a_reason(extending: Extending) -> str | None:
    """The person must hear why."""
    return None if extending.reason.strip() else "no_reason"


def is_a_request(extending: Extending) -> str | None:
    """A complaint has no month that could be made longer."""
    return "not_for_complaints" if extending.is_complaint else None


def is_a_complaint(acknowledging: Acknowledging) -> str | None:
    """A request is answered, and has no other clock."""
    return None if acknowledging.is_complaint else "only_for_complaints"


REQUESTS = Lifecycle(
    states=("open", "extended", "acknowledged", "answered"),
    initial="open",
    moves=(
        Move("extend", frozenset({"open"}), "extended", _OFFICER, (is_a_request, is_in_the_first_month, has_a_reason)),
        Move("acknowledge", frozenset({"open"}), "acknowledged", _OFFICER, (is_a_complaint,)),
        Move("answer", frozenset({"open", "extended", "acknowledged"}), "answered", _OFFICER),
    ),
)
