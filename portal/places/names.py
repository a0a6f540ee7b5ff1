"""Names of places as text: folded for searching, unmutated, and put in each language's alphabet. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

SortKey = tuple[tuple[int, ...], str, str]
"""Letters by their place in the alphabet; then the spelling with its accents; then the name itself."""

_KEY_LENGTH = 120
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_SAINT = frozenset({"saint", "sain", "sant", "santes", "san"})
_OTHER_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})

WELSH = (
    "a", "b", "c", "ch", "d", "dd", "e", "f", "ff", "g", "ng", "h", "i", "j", "k", "l", "ll", "m", "n", "o", "p", "ph",
    "q", "r", "rh", "s", "t", "th", "u", "v", "w", "x", "y", "z",
)  # fmt: skip
"""The Welsh alphabet, with the letters that only borrowed words have where ICU puts them."""
ENGLISH = tuple("abcdefghijklmnopqrstuvwxyz")

_LETTERS = {
    "cy": re.compile("ch|dd|ff|ng|ll|ph|rh|th|[a-z]|[0-9]| "),
    "en": re.compile("[a-z]|[0-9]| "),
}
_NO_NG = re.compile(r"\b(llan|pen|blaen|glan|ton(?=gw))(?=g)")
"""In names these stand before a word of their own, so that n and g are two letters: Llangybi is Llan + Gybi."""

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


def plain(name: str) -> str:
    """Lower case without accents; nothing else is changed."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_OTHER_LETTERS))
    return "".join(one for one in apart if not unicodedata.combining(one))


def fold(name: str) -> str:
    """The key by which a name is searched: words of a-z and 0-9.

    Apostrophes go, hyphens are spaces, and Saint, Sain and Sant are st.
    """
    bare = _APOSTROPHES.sub("", plain(name)).replace("&", " and ")
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


def sort_key(name: str, lang: str) -> SortKey:
    """The place of a name in the alphabet of `lang` (en or cy). Source of the Welsh order: ICU's `cy` collation.

    A bar keeps two letters apart where spelling cannot: Ban|gor. Hyphens, apostrophes and accents decide only between
    names alike in letters.
    """
    order = _order(lang)
    return tuple(order[one] for one in _letters(name, lang)), name.replace("|", "").casefold(), name


def letter(name: str, lang: str) -> str:
    """The heading under which a name stands: "Ll" in Welsh, "L" in English, "#" where it begins with no letter."""
    first = next((one for one in _letters(name, lang) if one != " "), "#")
    return "#" if first.isdigit() else first.capitalize()


def headings(lang: str) -> tuple[str, ...]:
    """Every heading of the alphabet in its order."""
    return tuple(one.capitalize() for one in (WELSH if lang == "cy" else ENGLISH))


def _letters(name: str, lang: str) -> list[str]:
    text = " ".join(plain(name).split())
    text = _NO_NG.sub(r"\1|", text) if lang == "cy" else text.replace("|", "")
    return _LETTERS[lang].findall(_APOSTROPHES.sub("", text))


@cache
def _order(lang: str) -> dict[str, int]:
    letters = [" ", *"0123456789", *(WELSH if lang == "cy" else ENGLISH)]
    return {one: place for place, one in enumerate(letters)}
