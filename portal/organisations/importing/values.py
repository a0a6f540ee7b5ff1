"""Values as files write them: names without titles, days, yes and no, addresses and numbers that can be used."""

from __future__ import annotations

import datetime as dt
import re

from portal.organisations.importing.found import At, Gathered
from portal.places.importing.files import RowFault
from portal.web.characters import only_text
from portal.web.forms import looks_like_email

_TITLES = re.compile(r"(?:the\s+)?(?:councillor|cllr\.?|y?\s*cynghorydd|cyng\.)(?:\s+|\Z)", re.IGNORECASE)
_VACANT = frozenset({"vacant", "vacancy", "vacant seat", "seat vacant", "sedd wag", "gwag", "lle gwag", "swydd wag"})
_TELEPHONE = re.compile(r"\+?[0-9 ()./-]{5,38}(?: ?(?:ext\.?|x|est\.?) ?[0-9]{1,6})?\Z", re.IGNORECASE)
_FEWEST_DIGITS = 5
_YES = frozenset({"yes", "y", "true", "1", "ie", "oes"})
_NO = frozenset({"no", "n", "false", "0", "na", "nac oes", ""})
LONGEST_NAME = 120


def one_line(text: str) -> str:
    """Text on one line, without control characters."""
    return " ".join(only_text(text).split())


def person(text: str) -> str:
    """A name without Councillor before it; empty for a vacant seat. Raises RowFault where there is none."""
    name = _TITLES.sub("", one_line(text), count=1) if _TITLES.match(one_line(text)) else one_line(text)
    if name.casefold().strip("()[] .-") in _VACANT:
        return ""
    return named(name)


def named(text: str, what: str = "name") -> str:
    """A name of 1 to 120 characters. Raises RowFault."""
    name = one_line(text)
    if not name:
        raise RowFault(what, "it is missing")
    if len(name) > LONGEST_NAME:
        raise RowFault(what, f"it has more than {LONGEST_NAME} characters")
    return name


def day(text: str) -> dt.date | None:
    """A day as 2026-05-07 or 07/05/2026; None where there is none. Raises RowFault."""
    text = text.strip()
    if not text:
        return None
    turned = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", text)
    written = f"{turned[3]}-{int(turned[2]):02d}-{int(turned[1]):02d}" if turned else text[:10]
    try:
        found = dt.date.fromisoformat(written)
    except ValueError:
        raise RowFault("day", f"{text[:30]!r} is no day such as 2026-05-07 or 07/05/2026") from None
    if not dt.date(1900, 1, 1) <= found <= dt.date(2199, 12, 31):
        raise RowFault("day", f"{text[:30]!r} is too far from today")
    return found


def whole_day(text: str) -> dt.date | None:
    """A day of Popolo, which may be a year or a month alone: then it is not known. Raises RowFault."""
    return None if re.fullmatch(r"\d{4}(?:-\d{2})?", text.strip()) else day(text)


def yes(text: str) -> bool:
    """Yes or no, in either language. Raises RowFault."""
    word = text.strip().casefold()
    if word not in _YES | _NO:
        raise RowFault("yes or no", f"{text[:30]!r} is neither yes nor no")
    return word in _YES


def count(text: str, most: int) -> int | None:
    """A whole number from 1; None where there is none. Raises RowFault."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise RowFault("number", f"{text[:30]!r} is no whole number from 1 to {most}")
    return int(text)


def email(text: str, at: At, gathered: Gathered) -> str:
    """An address to which mail can go. What is none is left out, with a note: who has it cannot be reached by it."""
    text = text.strip()
    if text and not looks_like_email(text):
        gathered.note(at, f"{text[:40]!r} is no e-mail address and was left out")
        return ""
    return text


def telephone(text: str, at: At, gathered: Gathered) -> str:
    """A telephone number. What is none is left out, with a note."""
    text = one_line(text)
    if text and not looks_like_telephone(text):
        gathered.note(at, f"{text[:40]!r} is no telephone number and was left out")
        return ""
    return text


def looks_like_telephone(text: str) -> bool:
    """Whether it could be dialled: digits with what people write between them, and perhaps an extension."""
    return bool(_TELEPHONE.match(text)) and sum(one.isdigit() for one in text) >= _FEWEST_DIGITS


def web(text: str) -> str:
    """An https address. Raises RowFault: a page never sends anybody to an address that can be read on the way."""
    text = text.strip()
    if text and not re.fullmatch(r"https://[^\s\"'<>\\]{3,290}", text):
        raise RowFault("web address", f"{text[:60]!r} does not begin with https:// or cannot be read")
    return text


def paragraph(text: str, most: int) -> str:
    """Text of some length. Raises RowFault where it is too long."""
    text = one_line(text)
    if len(text) > most:
        raise RowFault("text", f"it has {len(text)} characters; at most {most} are kept")
    return text
