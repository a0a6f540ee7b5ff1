"""The one rule for which characters are no text, wherever something was typed."""

from __future__ import annotations

import re

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""Control characters of both kinds (C0 but tab and line ends, C1), separators that end a line unseen, and what is no
character.
"""


def only_text(typed: str, instead: str = "") -> str:
    """What was typed, with `instead` in the place of each character that is no text."""
    return _NOT_TEXT.sub(instead, typed)
