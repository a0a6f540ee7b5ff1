"""The life of an account, as one table of moves.

    invited --accept--> active --suspend--> suspended --resume--> active
    invited --remove--> removed; active --remove--> removed; suspended --remove--> removed

What is removed stays as an empty row, so that the record of acts still points at something; nobody signs in with it.
"""

from __future__ import annotations

from typing import Protocol

from portal.lifecycle import Lifecycle, Move

_HOLDER = frozenset({"holder"})
_MANAGER = frozenset({"manager"})


class Standing(Protocol):
    """What the rules of an account's moves look at."""

    @property
    def is_last_administrator(self) -> bool:
        """Whether nobody else who can sign in is an administrator."""

    @property
    def is_own(self) -> bool:
        """Whether it is the account of who makes the move."""


def another_administrator_is_left(standing: Standing) -> str | None:
    """The portal must never be without somebody who can let others in."""
    return "last_administrator" if standing.is_last_administrator else None


def is_anothers(standing: Standing) -> str | None:
    """Nobody locks themselves out by mistake: a colleague does it."""
    return "own_account" if standing.is_own else None


ACCOUNTS = Lifecycle(
    states=("invited", "active", "suspended", "removed"),
    initial="invited",
    moves=(
        Move("accept", frozenset({"invited"}), "active", _HOLDER),
        Move("suspend", frozenset({"active"}), "suspended", _MANAGER, (is_anothers, another_administrator_is_left)),
        Move("resume", frozenset({"suspended"}), "active", _MANAGER),
        Move(
            "remove",
            frozenset({"invited", "active", "suspended"}),
            "removed",
            _MANAGER,
            (is_anothers, another_administrator_is_left),
        ),
    ),
)
