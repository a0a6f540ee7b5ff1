"""What was typed about a month: why a force's figures are missing, or what a reader should know of an area. Each in
every language that the portal publishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import FormData

from portal.crime.rules import LONGEST_NOTE, LONGEST_REASON, missing_in_texts
from portal.web.forms import Problems, line, words

_FIELDS = {
    "no_en": "text_en",
    "long_en": "text_en",
    "no_cy": "text_cy",
    "long_cy": "text_cy",
    "same": "text_cy",
}
"""The field of which each code of `rules.missing_in_texts` tells."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the texts are about (a force's slug, or the number of an area), and the texts, as they were typed."""

    about: str
    text_en: str
    text_cy: str


def problems_of(codes: Iterable[str]) -> dict[str, str]:
    """Field by field, the first that is wrong with a pair of texts, in the order of the form."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(_FIELDS[code], code)
    return {name: found[name] for name in ("text_en", "text_cy") if name in found}


def gap(form: FormData, forces: Iterable[str], languages: tuple[str, ...]) -> tuple[Texts, Problems]:
    """A reason. Codes: no_force, no_en, no_cy, long_en, long_cy, same."""
    typed = _texts(form, "force", LONGEST_REASON)
    problems = {} if typed.about in set(forces) else {"force": "no_force"}
    return typed, problems | problems_of(missing_in_texts(typed.text_en, typed.text_cy, LONGEST_REASON, languages))


def note(form: FormData, areas: Iterable[int], languages: tuple[str, ...]) -> tuple[Texts, Problems]:
    """A note. Codes: no_area, no_en, no_cy, long_en, long_cy, same."""
    typed = _texts(form, "area", LONGEST_NOTE)
    problems = {} if typed.about in set(map(str, areas)) else {"area": "no_area"}
    return typed, problems | problems_of(missing_in_texts(typed.text_en, typed.text_cy, LONGEST_NOTE, languages))


def _texts(form: FormData, about: str, most: int) -> Texts:
    return Texts(line(form, about, 60), words(form, "text_en", most), words(form, "text_cy", most))
