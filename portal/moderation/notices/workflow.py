"""The life of a notice of complaint, as one table of moves. Source: SI 2013/3028, regulation 4 and the Schedule.

    received --tell_defective--> defective_told
    received --contact_poster--> poster_contacted --reply_agrees--> poster_agreed --remove--> removed
    poster_contacted --reply_is_defective--> reply_defective --remove--> removed
    poster_contacted --reply_objects--> poster_objected --tell_objection--> objection_told
    poster_contacted --remove_unanswered--> removed; received --remove--> removed
    any open state --withdraw--> withdrawn

Anything may be removed at once from `received`: it must be where the poster cannot be reached, and at the third repeat.
"""

from __future__ import annotations

from typing import Protocol

from portal.lifecycle import Lifecycle, Move

OPEN = frozenset({"received", "poster_contacted", "poster_agreed", "poster_objected", "reply_defective"})
_MODERATOR = frozenset({"moderator"})


class Standing(Protocol):
    """What the rules of a notice's moves look at."""

    @property
    def is_whole(self) -> bool:
        """Whether it has all of its prescribed contents."""

    @property
    def can_be_reached(self) -> bool:
        """Whether there is a private way to write to the poster."""

    @property
    def is_gone(self) -> bool:
        """Whether the statement is, or is being, taken away."""

    @property
    def is_over(self) -> bool:
        """Whether the poster's time to answer is over."""

    @property
    def has_details(self) -> bool:
        """Whether the poster gave a full name and a postal address."""


def is_whole(standing: Standing) -> str | None:
    return None if standing.is_whole else "not_whole"


def is_defective(standing: Standing) -> str | None:
    return "whole" if standing.is_whole else None


def can_be_reached(standing: Standing) -> str | None:
    return None if standing.can_be_reached else "cannot_be_reached"


def is_gone(standing: Standing) -> str | None:
    return None if standing.is_gone else "not_gone"


def is_over(standing: Standing) -> str | None:
    return None if standing.is_over else "not_over"


def is_in_time(standing: Standing) -> str | None:
    return "over" if standing.is_over else None


def has_details(standing: Standing) -> str | None:
    return None if standing.has_details else "no_details"


_CONTACTED = frozenset({"poster_contacted"})

NOTICES = Lifecycle(
    states=(
        "received",
        "poster_contacted",
        "poster_agreed",
        "poster_objected",
        "reply_defective",
        "defective_told",
        "removed",
        "objection_told",
        "withdrawn",
    ),
    initial="received",
    moves=(
        Move("tell_defective", frozenset({"received"}), "defective_told", _MODERATOR, (is_defective,)),
        Move("contact_poster", frozenset({"received"}), "poster_contacted", _MODERATOR, (is_whole, can_be_reached)),
        Move("reply_agrees", _CONTACTED, "poster_agreed", _MODERATOR, (is_in_time,)),
        Move("reply_objects", _CONTACTED, "poster_objected", _MODERATOR, (is_in_time, has_details)),
        Move("reply_is_defective", _CONTACTED, "reply_defective", _MODERATOR, (is_in_time,)),
        Move("tell_objection", frozenset({"poster_objected"}), "objection_told", _MODERATOR),
        Move(
            "remove",
            frozenset({"received", "poster_agreed", "reply_defective"}),
            "removed",
            _MODERATOR,
            (is_gone,),
        ),
        Move("remove_unanswered", _CONTACTED, "removed", _MODERATOR, (is_over, is_gone)),
        Move("withdraw", OPEN, "withdrawn", _MODERATOR),
    ),
)

TAKEN = {move.name: f"complaint-{move.name.replace('_', '-')}" for move in NOTICES.moves}
"""Each step to the act that the record has of it."""
