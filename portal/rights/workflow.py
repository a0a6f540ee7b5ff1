"""The life of a request about personal data, as one table of moves.

open --extend--> extended
open, extended --answer--> answered
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


def is_in_the_first_month(extending: Extending) -> str | None:
    """The person must hear of it before the month is over."""
    return None if extending.today <= extending.due_on else "too_late"


def has_a_reason(extending: Extending) -> str | None:
    """The person must hear why."""
    return None if extending.reason.strip() else "no_reason"


REQUESTS = Lifecycle(
    states=("open", "extended", "answered"),
    initial="open",
    moves=(
        Move("extend", frozenset({"open"}), "extended", _OFFICER, (is_in_the_first_month, has_a_reason)),
        Move("answer", frozenset({"open", "extended"}), "answered", _OFFICER),
    ),
)
