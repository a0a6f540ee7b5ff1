"""Names of places as text: folded for searching, and unmutated. Pure."""

from __future__ import annotations

import re

from portal.web.alphabet import APOSTROPHES, plain

_KEY_LENGTH = 120
_SAINT = frozenset({"saint", "sain", "sant", "santes", "san"})

_MUTATED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ngh", ("c",)),
    ("mh", ("p",)),
    ("nh", ("t",)),
    ("ng", ("g",)),
    ("ph", ("p",)),
    ("th", ("t",)),
    ("ch", ("c",)),
    ("dd", ("d",)),
    ("ff", ()),
    ("ll", ()),
    ("rh", ()),
    ("b", ("p",)),
    ("d", ("t",)),
    ("g", ("c",)),
    ("f", ("b", "m")),
    ("m", ("b",)),
    ("n", ("d",)),
    ("l", ("ll", "gl")),
    ("r", ("rh", "gr")),
    *((f"h{vowel}", (vowel,)) for vowel in "aeiouwy"),
    *((vowel, (f"g{vowel}",)) for vowel in "aeiouwy"),
)
"""Initial letters, longest first, and the radicals that they can come from: soft, nasal, aspirate, h before a vowel."""

_LEADING = frozenset({"yn", "yng", "ym", "i", "o", "ar", "ger", "at", "am", "in", "near"})


def fold(name: str) -> str:
    """The key by which a name is searched: words of a-z and 0-9.

    Apostrophes go, hyphens are spaces, and Saint, Sain and Sant are st.
    """
    bare = APOSTROPHES.sub("", plain(name)).replace("&", " and ")
    words = re.findall("[a-z0-9]+", bare)
    return " ".join("st" if word in _SAINT else word for word in words)[:_KEY_LENGTH].rstrip()


def squash(key: str) -> str:
    """A folded key without its spaces: Allt-yr-yn, Allt yr yn and Alltyryn are one name."""
    return key.replace(" ", "")


def skeleton(key: str) -> str:
    """A folded key with the spellings made one that two orthographies confuse: ll/l, dd/d, w/u, f/v/ph, c/k, y/i."""
    text = squash(key).replace("ph", "f")
    text = text.translate(str.maketrans("wvky", "ufci"))
    return re.sub(r"(.)\1+", r"\1", text)


def radicals(key: str) -> tuple[str, ...]:
    """What a folded key can have been before mutation and without a preposition: "nghas gwent" gives "cas gwent"."""
    first, _, rest = key.partition(" ")
    begun = (rest,) if first in _LEADING and rest else ()
    found = [*begun, *(one for form in (key, *begun) for one in _unmutated(form))]
    return tuple(dict.fromkeys(found))


def _unmutated(key: str) -> tuple[str, ...]:
    for initial, before in _MUTATED:
        if key.startswith(initial):
            return tuple(radical + key[len(initial) :] for radical in before)
    return ()
