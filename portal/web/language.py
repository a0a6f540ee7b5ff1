"""The two languages and the one table of translated path words. A language is an argument, from the path, never
ambient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.convertors import Convertor, register_url_convertor

LANGUAGES = ("en", "cy")
OWN_NAMES: Mapping[str, str] = {"en": "English", "cy": "Cymraeg"}

PATH_WORDS: Mapping[str, str] = {
    "about-the-figures": "am-y-ffigurau",
    "accessibility": "hygyrchedd",
    "accessibility-statement": "datganiad-hygyrchedd",
    "authorities": "awdurdodau",
    "contact": "cysylltu",
    "cookies": "cwcis",
    "crime": "troseddu",
    "crime-categories": "categoriau-troseddau",
    "figure": "ffigur",
    "find": "canfod",
    "forces": "heddluoedd",
    "general": "cyffredinol",
    "help-now": "help-nawr",
    "neighbourhoods": "cymdogaethau",
    "other-formats": "fformatau-eraill",
    "partnerships": "partneriaethau",
    "preview": "rhagolwg",
    "privacy-notice": "hysbysiad-preifatrwydd",
    "thank-you": "diolch",
}
"""English word of a path to its Welsh word. A path with a word that is not here cannot be declared."""

_SEGMENT = re.compile(r"[a-z0-9-]+\Z")


class LanguageConvertor(Convertor[str]):
    """The first segment of every page's path: `en` or `cy` and nothing else."""

    regex = "en|cy"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class SlugConvertor(Convertor[str]):
    """A name in a path: small letters, digits and hyphens. A dot ends it, so that `.csv` can follow."""

    regex = "[a-z0-9][a-z0-9-]{0,139}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class MonthConvertor(Convertor[str]):
    """A month in a path, as 2024-05: what `Month.parse` reads."""

    regex = r"(?:20[1-9][0-9]|21[0-9]{2})-(?:0[1-9]|1[0-2])"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return str(value)


register_url_convertor("lang", LanguageConvertor())
register_url_convertor("slug", SlugConvertor())
register_url_convertor("month", MonthConvertor())


def other(lang: str) -> str:
    """The language that is not `lang`."""
    return "cy" if lang == "en" else "en"


def translated_path(path: str, lang: str) -> str:
    """The declared (English) path in `lang`. Raises KeyError for a word that the table lacks; `{parameters}` stay."""
    if lang == "en":
        return path
    return "/".join(_translated(segment) for segment in path.split("/"))


def _translated(segment: str) -> str:
    return PATH_WORDS[segment] if _SEGMENT.match(segment) else segment


def preferred(accept_language: str, languages: tuple[str, ...]) -> str:
    """The language a browser asks for first, of those published. Source: RFC 9110, 12.5.4; a malformed weight
    counts as 0.
    """
    best, weight = languages[0], 0.0
    for part in accept_language[:200].split(","):
        name, _, parameter = part.strip().partition(";")
        lang = name.strip().lower().split("-")[0]
        asked = _weight(parameter.strip())
        if lang in languages and asked > weight:
            best, weight = lang, asked
    return best


def _weight(parameter: str) -> float:
    found = re.fullmatch(r"q=([01](?:\.[0-9]{0,3})?)", parameter)
    return float(found[1]) if found else (0.0 if parameter else 1.0)
