"""The life of one force's month, as one table of moves.

    absent --load--> imported --release--> released
    absent --declare--> not_supplied --load--> imported
    not_supplied --withdraw--> absent
    imported --replace--> imported; released --revise--> released

What is released is never taken back: a later release of the police revises it, and the portal says what moved. Files
come in through an operator alone; people who look a month through release it and say why one is missing.
"""

from __future__ import annotations

from portal.lifecycle import Actor, Lifecycle, Move, PublicAct

ABSENT = "absent"
"""There is no row: no file came and nothing was declared. Pages say "no data supplied"; they never say 0."""

RELEASER = "releaser"
"""The role, in these moves, of a person who holds `permissions.RELEASE_FIGURES`."""

MONTH_RELEASED = PublicAct("crime-released")
MONTH_REVISED = PublicAct("crime-revised")
DECLARED_NOT_SUPPLIED = PublicAct("crime-declared-not-supplied")
DECLARATION_WITHDRAWN = PublicAct("crime-declaration-withdrawn")
NOTE_ADDED = PublicAct("crime-note-added")
NOTE_WITHDRAWN = PublicAct("crime-note-withdrawn")
LOADED = {"imported": "crime-imported", "replaced": "crime-replaced"}
"""The acts of a file that came in before its month was released, by the outcome of the run."""

_OPERATOR = frozenset({"operator"})
_PEOPLE = frozenset({"operator", RELEASER})
_ANYBODY_OR_THE_CLOCK = frozenset({"operator", RELEASER, "worker"})

MONTHS = Lifecycle(
    states=(ABSENT, "imported", "released", "not_supplied"),
    initial=ABSENT,
    moves=(
        Move("load", frozenset({ABSENT, "not_supplied"}), "imported", _OPERATOR),
        Move("replace", frozenset({"imported"}), "imported", _OPERATOR),
        Move("revise", frozenset({"released"}), "released", _OPERATOR),
        Move("release", frozenset({"imported"}), "released", _ANYBODY_OR_THE_CLOCK),
        Move("declare", frozenset({ABSENT}), "not_supplied", _PEOPLE),
        Move("withdraw", frozenset({"not_supplied"}), ABSENT, _PEOPLE),
    ),
)


def mover(actor: Actor) -> Actor:
    """Who acts, as the table of moves knows them: an account is a releaser, whatever its roles are called. Its routes
    ask for the permission; the record keeps the roles.
    """
    return Actor(actor.reference, RELEASER) if actor.reference.startswith("account:") else actor
