"""What was asked: reading the fields of a form into values or problems. A problem is a code; the page has the
sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from starlette.datastructures import FormData

from portal.web.characters import only_text

_EMAIL = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\Z")

LONGEST_EMAIL = 254
"""Source: RFC 5321, 4.5.3.1.3, less the two brackets around it. Columns are as wide."""
_MOST_DIGITS = 9
"""Of a number that every database takes for the number of a row."""

Problems = Mapping[str, str]
"""Field to the code of what is wrong with it, in the order of the form."""


def line(form: FormData, name: str, most: int = 200) -> str:
    """One line of text: no control characters, runs of white space as one space, trimmed. Longer than `most` is
    kept for its problem.
    """
    return " ".join(words(form, name, most).split())


def words(form: FormData, name: str, most: int) -> str:
    r"""Text as it was typed, normalised (NFC), line ends as \\n, without characters that are no text. At most ten
    times `most`.
    """
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    text = unicodedata.normalize("NFC", value[: most * 10]).replace("\r\n", "\n").replace("\r", "\n")
    return only_text(text).strip()


def whole_number(form: FormData, name: str) -> int | None:
    """A number of a thing, as pages hand it out; None for anything else."""
    text = line(form, name, 10)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def looks_like_email(text: str) -> bool:
    """Whether a message could be sent there: one @, a dotted name after it, and no longer than mail can be. Nothing
    stricter, so that nobody real is refused.
    """
    return len(text) <= LONGEST_EMAIL and bool(_EMAIL.match(text)) and text.isascii()
