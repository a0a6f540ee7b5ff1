"""The words for the categories: name and plain gloss in both languages, read once from `content/crime-
categories.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from portal.crime.rules import CATEGORIES
from portal.resources import resource_dir


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """One category as a reader meets it."""

    slug: str
    name_en: str
    name_cy: str
    gloss_en: str
    gloss_cy: str

    def name(self, lang: str) -> str:
        return self.name_cy if lang == "cy" else self.name_en

    def gloss(self, lang: str) -> str:
        return self.gloss_cy if lang == "cy" else self.gloss_en


Categories = Mapping[str, CategoryWords]


def load() -> Categories:
    """The words of all fourteen. Raises ValueError where the file and the rules differ."""
    path = resource_dir("content") / "crime-categories.csv"
    with path.open(encoding="utf-8", newline="") as source:
        found = {row["slug"]: CategoryWords(**row) for row in csv.DictReader(source)}
    if set(found) != {category.slug for category in CATEGORIES}:
        raise ValueError(f"{path.name} and the rules name different categories")
    return found
