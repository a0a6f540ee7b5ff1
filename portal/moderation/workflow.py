"""The life of what somebody wrote to be shown, as one table of moves.

    waiting --ask_second--> second          waiting --ask_translation--> translation --translated--> waiting
    waiting, second, translation --show, show_redacted--> shown --hide--> hidden --reopen--> waiting
    waiting, second, translation --refuse--> refused --reopen--> waiting

Who decides holds the item, so that two do not decide at once. Hiding needs no hold: what should not be seen goes at
once.
"""

from __future__ import annotations

from typing import Protocol

from portal.lifecycle import Lifecycle, Move

OPEN = frozenset({"waiting", "second", "translation"})
"""The states in which an item waits for somebody."""
_MODERATOR = frozenset({"moderator"})


class Standing(Protocol):
    """What the rules of an item's moves look at."""

    @property
    def is_held(self) -> bool:
        """Whether who makes the move holds the item."""

    @property
    def asked_for_another(self) -> bool:
        """Whether it was who makes the move that asked for a second pair of eyes."""

    @property
    def has_words(self) -> bool:
        """Whether the words as they were written are still there."""

    @property
    def has_reasons(self) -> bool:
        """Whether a reason is given."""


def is_held(standing: Standing) -> str | None:
    """Two who decide at once would each undo the other."""
    return None if standing.is_held else "not_held"


def is_another_pair(standing: Standing) -> str | None:
    """Whoever asked for a second pair of eyes does not decide."""
    return "same_eyes" if standing.asked_for_another else None


def has_words(standing: Standing) -> str | None:
    """Nothing can be decided about words that are not there any more."""
    return None if standing.has_words else "erased"


def has_reasons(standing: Standing) -> str | None:
    """Nobody is refused without being told why."""
    return None if standing.has_reasons else "no_reason"


ITEMS = Lifecycle(
    states=("waiting", "second", "translation", "shown", "refused", "hidden"),
    initial="waiting",
    moves=(
        Move("show", OPEN, "shown", _MODERATOR, (is_held, is_another_pair, has_words)),
        Move("show_redacted", OPEN, "shown", _MODERATOR, (is_held, is_another_pair, has_words)),
        Move("refuse", OPEN, "refused", _MODERATOR, (is_held, is_another_pair, has_reasons)),
        Move("ask_second", frozenset({"waiting", "translation"}), "second", _MODERATOR, (is_held,)),
        Move("ask_translation", frozenset({"waiting"}), "translation", _MODERATOR, (is_held,)),
        Move("translated", frozenset({"translation"}), "waiting", _MODERATOR),
        Move("hide", frozenset({"shown"}), "hidden", _MODERATOR),
        Move("reopen", frozenset({"refused", "hidden"}), "waiting", _MODERATOR, (has_words,)),
    ),
)

DECISIONS = ("show", "show_redacted", "refuse", "ask_second", "ask_translation")
"""What can be chosen on the page of an item, in the order of the form."""
DECIDED = {move: f"moderation-{move.replace('_', '-')}" for move in DECISIONS}
"""Each decision to the act that the record has of it."""
