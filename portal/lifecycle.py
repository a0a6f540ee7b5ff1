"""The kernel that every workflow is written with: one table of moves, read by guards, buttons, tests and documentation
alike.

A table holds every way from one state to another; what is not in it is not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Guard = Callable[[Any], str | None]
"""A rule of a move: given the thing, None when it holds, else the code of what is missing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a stable reference (never a name) and the role in which they act."""

    reference: str
    role: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing of any noun, by kind and key, so that a noun can point at what it may not import."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


OPERATOR = Actor("operator", "operator")
"""Somebody with a shell on the server, acting through the command line."""

WORKER = Actor("worker", "worker")
"""The portal itself: a job that nobody started."""

PUBLIC = Actor("public", "public")
"""A member of the public, who has no account."""


class PublicAct(str):
    """The code of an act that the public register shows. The code says so itself: whoever records it need not, and
    nobody looks it up.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One named step from any of `sources` to `target`, open to `roles`, when every guard holds."""

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    guards: tuple[Guard, ...] = ()


class IllegalMove(Exception):
    """The table has no such move from this state for this actor, or a guard does not hold; `codes` say which."""

    def __init__(self, move: str, codes: tuple[str, ...]) -> None:
        super().__init__(f"{move}: {', '.join(codes)}")
        self.move = move
        self.codes = codes


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A whole table of moves. Building one checks it: known states, no name twice, every state reachable."""

    states: tuple[str, ...]
    initial: str
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        names = [move.name for move in self.moves]
        if len(names) != len(set(names)):
            raise ValueError("a move is named twice")
        known = set(self.states)
        used = {self.initial} | {move.target for move in self.moves} | {s for m in self.moves for s in m.sources}
        if used != known:
            raise ValueError(f"states and moves differ: {sorted(used ^ known)}")
        if unreachable := known - self._reachable():
            raise ValueError(f"no way leads to {sorted(unreachable)}")

    def _reachable(self) -> set[str]:
        reached = {self.initial}
        while found := {m.target for m in self.moves if m.sources & reached} - reached:
            reached |= found
        return reached

    @property
    def final_states(self) -> frozenset[str]:
        return frozenset(self.states) - {source for move in self.moves for source in move.sources}

    def move(self, name: str) -> Move:
        """The move of that name. Raises KeyError where there is none."""
        return self._by_name()[name]

    def _by_name(self) -> Mapping[str, Move]:
        return {move.name: move for move in self.moves}

    def open_to(self, state: str, actor: Actor) -> Iterable[Move]:
        """The moves that the actor may make from here, guards aside: the buttons of a page."""
        return tuple(m for m in self.moves if state in m.sources and actor.role in m.roles)

    def check(self, name: str, state: str, actor: Actor, thing: object = None) -> str:
        """The state that the move leads to. Raises IllegalMove, with every reason at once."""
        move = self.move(name)
        codes = tuple(code for guard in move.guards if (code := guard(thing)) is not None)
        if state not in move.sources:
            codes = (f"not_from_{state}", *codes)
        if actor.role not in move.roles:
            codes = (f"not_for_{actor.role}", *codes)
        if codes:
            raise IllegalMove(name, codes)
        return move.target
