"""Postcodes as people type them: whole, in part, or with a slip of O for 0. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

_OUTWARD = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_FULL = re.compile(rf"({_OUTWARD})([0-9][A-Z]{{2}})\Z", re.ASCII)
_PART = re.compile(rf"({_OUTWARD}) ?([0-9][A-Z]?)?\Z", re.ASCII)
_INSIDE = re.compile(rf"\b({_OUTWARD}) ?([0-9][A-Z]{{2}})\b", re.ASCII)
_SLIPS = {"O": "O0", "0": "0O", "I": "I1", "1": "1IL", "L": "L1"}
_SHORTEST, _LONGEST = 5, 7
_MOST_REPAIRS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a postcode: the outward code, and what follows of the inward one, which may be nothing."""

    outward: str
    inward: str

    @property
    def shown(self) -> str:
        return f"{self.outward} {self.inward}".strip()

    @property
    def beginning(self) -> str:
        return self.outward + self.inward


def shown(code: str) -> str:
    """A whole postcode with its space: NP44 1AA."""
    return f"{code[:-3]} {code[-3:]}"


def squeezed(typed: str) -> str:
    """Letters and digits alone, in capitals."""
    return re.sub("[^A-Z0-9]", "", typed.upper(), flags=re.ASCII)


def whole(typed: str) -> str | None:
    """A whole postcode, in any spacing and case, or at any place in an address; without its space."""
    if _FULL.match(squeezed(typed)):
        return squeezed(typed)
    found = _INSIDE.findall(" ".join(typed.upper().split()))
    return "".join(found[-1]) if found else None


def parts(typed: str) -> tuple[Part, ...]:
    """What beginnings of postcodes it can be. NP10 is the outward code NP10 or the sector NP1 0; a space decides."""
    text = " ".join(typed.upper().split())
    found = _PART.match(text)
    if found is None:
        return ()
    first = Part(found[1], found[2] or "")
    if " " in text or found[2]:
        return (first,)
    shorter = _PART.match(f"{text[:-1]} {text[-1]}")
    return (first, Part(shorter[1], shorter[2])) if shorter else (first,)


def repairs(typed: str) -> tuple[str, ...]:
    """Whole postcodes that it becomes when O and 0, or I, L and 1, are taken for each other; not what was typed."""
    text = squeezed(typed)
    if not _SHORTEST <= len(text) <= _LONGEST:
        return ()
    choices = ("".join(one) for one in product(*(_SLIPS.get(letter, letter) for letter in text)))
    found = [one for one in choices if one != text and _FULL.match(one)]
    return tuple(found[:_MOST_REPAIRS])
