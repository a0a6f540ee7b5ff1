"""What came of looking for a place: the values that the one box answers with. Pure; keeps nothing that was typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 100
"""Characters: whatever is longer names no place."""


class Code(StrEnum):
    """What was found."""

    one = "one"
    several = "several"
    suggestions = "suggestions"
    across_border = "across_border"
    unknown_postcode = "unknown_postcode"
    partial_postcode = "partial_postcode"
    nothing = "nothing"
    empty = "empty"
    too_long = "too_long"


@dataclass(frozen=True, slots=True)
class Target:
    """A page to go to: a neighbourhood or an authority."""

    kind: str
    id: int
    name_en: str
    name_cy: str
    slug_en: str
    slug_cy: str

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def slug(self, lang: str) -> str:
        return self.slug_cy if lang == "cy" else self.slug_en


@dataclass(frozen=True, slots=True)
class Match:
    """A name that was meant, or may have been: what it is, where it lies, and the page it leads to.

    `target` is None for what lies outside the areas served; `within` names the authority in both languages.
    """

    name_en: str
    name_cy: str
    kind: str
    target: Target | None
    within: tuple[str, str] | None = None

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def within_name(self, lang: str) -> str | None:
        return self.within[lang == "cy"] if self.within else None


@dataclass(frozen=True, slots=True)
class Found:
    """What the one box found. Only what a page must say is in it."""

    code: Code
    matches: tuple[Match, ...] = ()
    postcode: str | None = None
    """The postcode or the part of one, as it is written."""
    postcodes: tuple[str, ...] = ()
    """Whole postcodes that may have been meant."""
    authority: tuple[str, str] | None = None
    """English and Welsh name of the authority across the border, where it is known."""
    has_more: bool = False
    """Whether more matched than are given."""

    @property
    def only(self) -> Target | None:
        """The neighbourhood to go to at once; None when there is a choice or nothing."""
        return self.matches[0].target if self.code is Code.one else None
