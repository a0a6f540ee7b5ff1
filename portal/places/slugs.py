"""The words of addresses, made from names: once, and never made anew. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from portal.web.alphabet import plain

LONGEST = 100
_AND = {"en": " and ", "cy": " a "}
FORCE_SLUGS: Mapping[str, str] = MappingProxyType({
    "metropolitan-police": "metropolitan",
    "london-city-of": "city-of-london",
    "city-of-london-police": "city-of-london",
    "hampshire-and-isle-of-wight": "hampshire",
    "devon-cornwall": "devon-and-cornwall",
})  # fmt: skip
"""Where the slug in the police's file names is not made from the force's name as the lookup has it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An area that needs a slug: its key, its name, and what sets it apart where others have the name."""

    key: str
    name: str
    apart: Sequence[str]


def slug(name: str, lang: str = "en") -> str:
    """A name as a word of an address: a-z, 0-9 and hyphens, at most 100 characters, never empty."""
    text = re.sub("['’‘ʼ`´.]", "", plain(name).replace("&", _AND[lang]))
    return re.sub("[^a-z0-9]+", "-", text).strip("-")[:LONGEST].rstrip("-") or "area"


def force_slug(name: str) -> str:
    """The slug that the police give a force in the names of their files: "avon-and-somerset"."""
    made = slug(name)
    return FORCE_SLUGS.get(made, made)


def choose(wishes: Sequence[Wish], taken: AbstractSet[str], lang: str) -> dict[str, str]:
    """A slug for each wish, by key; none of them is taken, and no two are the same.

    The plain name where only one asks for it and nobody has it; else the name with the authority's, then with the code.
    The outcome hangs on the wishes alone and not on their order.
    """
    wanted = Counter(slug(wish.name, lang) for wish in wishes)
    chosen: dict[str, str] = {}
    used = set(taken)
    for wish in sorted(wishes, key=lambda one: one.key):
        base = slug(wish.name, lang)
        plain_one = [base] if wanted[base] == 1 else []
        chosen[wish.key] = next(one for one in chain(plain_one, _apart(base, wish)) if one not in used)
        used.add(chosen[wish.key])
    return chosen


def _apart(base: str, wish: Wish) -> Iterator[str]:
    for words in (*wish.apart, wish.key):
        yield f"{base}-{slug(words)}"[: LONGEST + 30]
    number = 2
    while True:
        yield f"{base}-{slug(wish.key)}-{number}"
        number += 1
