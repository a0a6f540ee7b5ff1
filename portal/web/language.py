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
    "account": "cyfrif",
    "accounts": "cyfrifon",
    "acknowledged": "cydnabuwyd",
    "add": "ychwanegu",
    "again": "eto",
    "answered": "atebwyd",
    "areas": "ardaloedd",
    "authenticator": "dilysydd",
    "authorities": "awdurdodau",
    "browser": "porwr",
    "browsers": "porwyr",
    "checked": "gwiriwyd",
    "claim": "cymryd",
    "code": "cod",
    "confirm": "cadarnhau",
    "contact": "cysylltu",
    "cookies": "cwcis",
    "councillors": "cynghorwyr",
    "crime": "troseddu",
    "crime-categories": "categoriau-troseddau",
    "decide": "penderfynu",
    "desk": "desg",
    "end": "gorffen",
    "erase": "dileu-data",
    "extend": "estyn",
    "feed": "ffrwd",
    "figure": "ffigur",
    "figures": "ffigurau",
    "file": "ffeil",
    "find": "canfod",
    "follow": "dilyn",
    "forces": "heddluoedd",
    "forgotten-password": "wedi-anghofio-cyfrinair",
    "gap": "bwlch",
    "general": "cyffredinol",
    "give-up": "rhoi-r-gorau",
    "hand-over": "trosglwyddo",
    "help-now": "help-nawr",
    "hide": "cuddio",
    "holders": "deiliaid",
    "invitation": "gwahoddiad",
    "invite": "gwahodd",
    "invite-again": "gwahodd-eto",
    "invite-several": "gwahodd-sawl-un",
    "items": "eitemau",
    "kept": "cadwyd",
    "leave": "gadael",
    "leave-all": "gadael-popeth",
    "left": "wedi-gadael",
    "let-go": "gollwng",
    "link": "cyswllt",
    "mail": "negeseuon-e-bost",
    "mail-folder": "ffolder-negeseuon",
    "messages": "negeseuon",
    "moderation": "cymedroli",
    "name": "enw",
    "neighbourhoods": "cymdogaethau",
    "new": "newydd",
    "new-password": "cyfrinair-newydd",
    "not-answered": "heb-ei-ateb",
    "note": "nodyn",
    "notes": "nodiadau",
    "notice": "hysbysiad",
    "notices": "hysbysiadau",
    "organisations": "sefydliadau",
    "other-formats": "fformatau-eraill",
    "partnerships": "partneriaethau",
    "password": "cyfrinair",
    "posts": "swyddi",
    "preview": "rhagolwg",
    "print": "argraffu",
    "privacy-notice": "hysbysiad-preifatrwydd",
    "queue": "ciw",
    "record": "cofnod",
    "recovery-codes": "codau-adfer",
    "register": "cofrestr",
    "release": "rhyddhau",
    "remove": "dileu",
    "reopen": "ailagor",
    "report-content": "rhoi-gwybod-am-gynnwys",
    "reports": "adroddiadau",
    "requests": "ceisiadau",
    "resume": "ailgychwyn",
    "retention": "cadw-data",
    "rights": "hawliau",
    "roles": "rolau",
    "save": "cadw",
    "seats": "seddi",
    "second-factor": "ail-gam",
    "sent": "anfonwyd",
    "settings": "gosodiadau",
    "settle": "cwblhau",
    "sign-in": "mewngofnodi",
    "sign-out": "allgofnodi",
    "step": "cam",
    "suspend": "atal",
    "thank-you": "diolch",
    "translation": "cyfieithiad",
    "wards": "wardiau",
    "who-is-in-charge": "pwy-syn-gyfrifol",
    "withdraw": "tynnu-yn-ol",
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


class TokenConvertor(Convertor[str]):
    """A link's secret in a path: what `secrets.token_urlsafe(32)` makes."""

    regex = "[A-Za-z0-9_-]{43}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class NumberConvertor(Convertor[int]):
    """The number of a row in a path: as large as every database takes it."""

    regex = "[1-9][0-9]{0,8}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("lang", LanguageConvertor())
register_url_convertor("number", NumberConvertor())
register_url_convertor("token", TokenConvertor())
register_url_convertor("slug", SlugConvertor())
register_url_convertor("month", MonthConvertor())


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's extractor knows a message that is translated later
    """Mark a message for the catalogue."""
    return message


def other(lang: str) -> str:
    """The language that is not `lang`."""
    return "cy" if lang == "en" else "en"


def translated_path(path: str, lang: str) -> str:
    """The declared (English) path in `lang`. Raises KeyError for a word that the table lacks; `{parameters}` stay."""
    if lang == "en":
        return path
    return "/".join(_translated(segment) for segment in path.split("/"))


def _translated(segment: str) -> str:
    """The word in Welsh; what stands after a full stop is the kind of a file, and the same in every language."""
    word, stop, kind = segment.partition(".")
    return f"{PATH_WORDS[word]}{stop}{kind}" if _SEGMENT.match(word) else segment


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
