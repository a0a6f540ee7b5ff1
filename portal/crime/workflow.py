"""The life of one force's month, as one table of moves.

    absent --load--> imported --release--> released
    absent --declare--> not_supplied --load--> imported
    not_supplied --withdraw--> absent
    imported --replace--> imported; released --revise--> released

What is released is never taken back: a later release of the police revises it, and the portal says what moved.
"""

from __future__ import annotations

from portal.lifecycle import Lifecycle, Move

ABSENT = "absent"
"""There is no row: no file came and nothing was declared. Pages say "no data supplied"; they never say 0."""

_OPERATOR = frozenset({"operator"})
_OPERATOR_OR_WORKER = frozenset({"operator", "worker"})

MONTHS = Lifecycle(
    states=(ABSENT, "imported", "released", "not_supplied"),
    initial=ABSENT,
    moves=(
        Move("load", frozenset({ABSENT, "not_supplied"}), "imported", _OPERATOR),
        Move("replace", frozenset({"imported"}), "imported", _OPERATOR),
        Move("revise", frozenset({"released"}), "released", _OPERATOR),
        Move("release", frozenset({"imported"}), "released", _OPERATOR_OR_WORKER),
        Move("declare", frozenset({ABSENT}), "not_supplied", _OPERATOR),
        Move("withdraw", frozenset({"not_supplied"}), ABSENT, _OPERATOR),
    ),
)
