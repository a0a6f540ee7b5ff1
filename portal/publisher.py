"""Who publishes a portal, and how people reach them: the table `[authority]` of portal.toml, of which an administrator
changes most on screen, and the one rule for both.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, fields
from typing import Any

from portal.clock import Nation

LEAST_CONTRAST = 4.5
"""Of white letters on the authority's colour. Source: WCAG 2.2, 1.4.3."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+\Z")
_LINK = re.compile(r"https://[^\s<>\"]+\Z")


def said(text: str, **more: Any) -> Any:
    """A setting with what it means."""
    return field(metadata={"help": text}, **more)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who publishes this portal, and how people reach them. The table `[authority]` of portal.toml."""

    name_en: str = said("name in English", default="Community safety portal")
    name_cy: str = said("name in Welsh", default="Porth diogelwch cymunedol")
    nation: Nation = said("wales or england: bank holidays and law", default=Nation.wales)
    brand_colour: str = said("colour of the band at the top, #rrggbb, at least 4.5:1 against white", default="#1f3c5a")
    contact_name_en: str = said("named inbox for questions, in English", default="Community safety team")
    contact_name_cy: str = said("named inbox for questions, in Welsh", default="Tîm diogelwch cymunedol")
    contact_email: str = said("address of that inbox", default="community-safety@example.org")
    figures_email: str = said("inbox for 'This figure looks wrong'", default="figures@example.org")
    accessibility_email: str = said("inbox for accessibility problems", default="accessibility@example.org")
    data_protection_email: str = said("the data protection officer", default="data-protection@example.org")
    telephone: str = said("main telephone number, the same in both languages", default="01632 960000")
    postal_address: str = said("postal address, the same in both languages", default="1 Example Street")
    easy_read_url: str = said("Easy Read version, if there is one", default="")
    bsl_url: str = said("British Sign Language version, if there is one", default="")
    accessibility_prepared_on: str = said("date of the accessibility statement, YYYY-MM-DD", default="2026-11-20")
    reviewed_on: str = said("date on which the pages of content were last reviewed, YYYY-MM-DD", default="2026-11-20")

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def contact_name(self, lang: str) -> str:
        return self.contact_name_cy if lang == "cy" else self.contact_name_en


_ADDRESSES = ("contact_email", "figures_email", "accessibility_email", "data_protection_email")
_NAMES = ("name_en", "name_cy", "contact_name_en", "contact_name_cy")
_LINKS = ("easy_read_url", "bsl_url")
DAYS = ("accessibility_prepared_on", "reviewed_on")
"""Days on which somebody did something that readers rely on."""
LONGEST = (
    dict.fromkeys(_NAMES, 120)
    | dict.fromkeys(_ADDRESSES, 254)
    | dict.fromkeys(_LINKS, 300)
    | dict.fromkeys((*DAYS, "brand_colour"), 10)
    | {"telephone": 40, "postal_address": 300}
)
"""Characters of each setting of an authority that is a text."""


def authority_problems(one: Authority) -> dict[str, str]:
    """What cannot be used of an authority's settings, name by name. Codes: missing, too_long, not_colour, low_contrast,
    not_email, not_day, not_link. The one rule for portal.toml and for the screen.
    """
    found = {name: code for name in LONGEST if (code := _problem(name, getattr(one, name)))}
    return {each.name: found[each.name] for each in fields(Authority) if each.name in found}


def _problem(name: str, value: str) -> str | None:
    if len(value) > LONGEST[name] and name not in {*DAYS, "brand_colour"}:  # of these it says what they look like
        return "too_long"
    if name in _ADDRESSES:
        return None if is_address(value) else "not_email"
    if name in DAYS:
        return None if _is_day(value) else "not_day"
    if name in _LINKS:
        return "not_link" if value and not _LINK.match(value) else None
    if name == "brand_colour":
        return _colour_problem(value)
    return "missing" if name in _NAMES and not value.strip() else None


def _colour_problem(colour: str) -> str | None:
    if not is_colour(colour):
        return "not_colour"
    return "low_contrast" if contrast_with_white(colour) < LEAST_CONTRAST else None


def is_colour(text: str) -> bool:
    """Whether a text is a colour as `contrast_with_white` reads it."""
    return _COLOUR.match(text) is not None


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """Whether mail could be sent there."""
    return _EMAIL.match(text) is not None


def contrast_with_white(colour: str) -> float:
    """Contrast of white on `colour` (#rrggbb), 1 to 21. Source: WCAG 2.2, relative luminance and contrast ratio."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004 - WCAG's constants
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
