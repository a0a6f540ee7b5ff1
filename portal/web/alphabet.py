"""The alphabets of both languages: names and phrases put in the order in which a reader looks for them. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

SortKey = tuple[tuple[int, ...], str, str]
"""Letters by their place in the alphabet; then the spelling with its accents; then the name itself."""

APOSTROPHES = re.compile("['’‘ʼ`´]")
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


def plain(name: str) -> str:
    """Lower case without accents; nothing else is changed."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_OTHER_LETTERS))
    return "".join(one for one in apart if not unicodedata.combining(one))


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
    return _LETTERS[lang].findall(APOSTROPHES.sub("", text))


@cache
def _order(lang: str) -> dict[str, int]:
    letters = [" ", *"0123456789", *(WELSH if lang == "cy" else ENGLISH)]
    return {one: place for place, one in enumerate(letters)}
