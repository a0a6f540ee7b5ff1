"""Finds a place by its name as people type it: in either language, begun, mutated, misspelt. Pure; keeps nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.places.finding import Code, Found, Match, Target
from portal.places.names import fold, radicals, skeleton, squash

_MOST_MATCHES = 60
_MOST_SUGGESTIONS = 5
_SHORTEST_BEGINNING = 3
_SHORTEST_WORD = 5
_ARTICLES = frozenset({"y", "yr", "the"})
_COMMON = 8
"""A word that so many names have (Street, Uchaf) says nothing about which is meant."""


class NameIndex:
    """Every name in memory, for one state of the data."""

    def __init__(self, entries: Iterable[Match]) -> None:
        self._entries = list(entries)
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._lying_in: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        words: defaultdict[str, set[int]] = defaultdict(set)
        tails: list[tuple[str, int]] = []
        for number, entry in enumerate(self._entries):
            if entry.kind == "neighbourhood" and entry.within:
                self._lying_in[entry.within].append(number)
            for key in dict.fromkeys((fold(entry.name_en), fold(entry.name_cy))):
                for form in _with_and_without_article(key):
                    self._exact[squash(form)].append(number)
                tails += ((tail, number) for tail in _tails(key))
                for word in key.split():
                    words[word].add(number)
        self._begun = sorted((key, number) for key, numbers in self._exact.items() for number in numbers)
        self._tails = sorted(tails)
        self._heard = self._by_sound(words)
        self._sounds = list(self._heard)

    def _by_sound(self, words: Mapping[str, set[int]]) -> Mapping[str, list[int]]:
        """By skeleton: whole names, and those of their words that tell them apart."""
        heard: defaultdict[str, list[int]] = defaultdict(list)
        for key, numbers in self._exact.items():
            heard[skeleton(key)] += numbers
        for word, having in words.items():
            if len(word) >= _SHORTEST_WORD and len(having) < _COMMON:
                heard[skeleton(word)] += sorted(having)
        return dict(heard)

    def find(self, typed: str) -> Found:
        """Whatever the name leads to, the surest way first: whole, unmutated, begun; else what may have been meant."""
        name, _, rest = typed.partition(",")
        key = fold(name) or fold(rest)
        if matches := self._named(key):
            return _chosen(_in_area(matches, fold(rest)))
        begun = self._served(_starting(self._begun, squash(key)))
        return _several(begun) if len(begun) > 1 else self._guessed(begun, key, fold(typed))

    def _named(self, key: str) -> list[Match]:
        """What bears just this name, or a name that this is mutated from."""
        for form in (key, *radicals(key)):
            if numbers := self._exact.get(squash(form)):
                return self._all([*numbers, *self._in_authorities(numbers)])
        return []

    def _in_authorities(self, numbers: Iterable[int]) -> Iterator[int]:
        """The neighbourhoods of the authorities among the entries: who types a council's name must still choose."""
        for number in numbers:
            entry = self._entries[number]
            if entry.kind == "authority" and entry.target is not None:
                yield from self._lying_in[entry.name_en, entry.name_cy]

    def _guessed(self, begun: list[Match], key: str, whole: str) -> Found:
        """The one name begun so, a word begun, a name among other words, or one spelt nearly so: to be asked about.

        Even where there is only one it is not gone to unasked: Cwmbran is more than Upper Cwmbran.
        """
        forms = (key, *radicals(key))
        tails = [number for form in forms for number in _starting(self._tails, form)]
        mutated = [number for form in forms[1:] for number in _starting(self._begun, squash(form))]
        matches = _lines([*begun, *self._served([*tails, *mutated])]) or self._served(self._inside(whole))
        if len(matches) > _MOST_SUGGESTIONS:
            return _several(matches)
        matches = matches or self._served(self._misspelt(key))
        return Found(Code.suggestions, tuple(matches[:_MOST_SUGGESTIONS])) if matches else Found(Code.nothing)

    def _inside(self, key: str) -> Iterator[int]:
        """Names that stand as whole words in what was typed, the longest first: "12 High Street Cwmbran"."""
        words = key.split()
        for length in range(len(words) - 1, 0, -1):
            for start in range(len(words) - length + 1):
                name = "".join(words[start : start + length])
                if len(name) >= _SHORTEST_WORD:
                    yield from self._exact.get(name, ())

    def _misspelt(self, key: str) -> list[int]:
        sound = skeleton(key)
        most = _slips_allowed(len(sound))
        if not most:
            return []
        near = process.extract(sound, self._sounds, scorer=OSA.distance, score_cutoff=most, limit=_MOST_SUGGESTIONS)
        return [number for found, _, _ in near for number in self._heard[found]]

    def _served(self, numbers: Iterable[int]) -> list[Match]:
        return _lines(one for one in self._all(numbers) if one.target is not None)

    def _all(self, numbers: Iterable[int]) -> list[Match]:
        return [self._entries[number] for number in dict.fromkeys(numbers)]


def _with_and_without_article(key: str) -> tuple[str, ...]:
    first, _, rest = key.partition(" ")
    return (key, rest) if first in _ARTICLES and rest else (key,)


def _tails(key: str) -> Iterator[str]:
    """The key from its second word on, from its third on, and so forth."""
    return (key[at.end() :] for at in re.finditer(" ", key))


def _starting(keys: Sequence[tuple[str, int]], beginning: str) -> list[int]:
    """What starts so, in the order of the alphabet; nothing where the beginning is too short to mean something."""
    found: list[int] = []
    if len(beginning) < _SHORTEST_BEGINNING:
        return found
    for key, number in islice(keys, bisect_left(keys, (beginning, -1)), None):
        if not key.startswith(beginning):
            break
        found.append(number)
    return found


def _slips_allowed(length: int) -> int:
    """How many letters may be wrong, missing, added or swapped. In a short name every letter counts."""
    return sum(length >= least for least in (4, 8, 12))


def _in_area(matches: list[Match], area: str) -> list[Match]:
    """Those that lie in what was typed after a comma; all of them where none does."""
    if not area:
        return matches
    inside = [one for one in matches if any(area in fold(name) for name in _areas_of(one))]
    return inside or matches


def _areas_of(match: Match) -> Iterator[str]:
    if match.within:
        yield from match.within
    if match.target:
        yield from (match.target.name_en, match.target.name_cy)


def _chosen(matches: list[Match]) -> Found:
    served = [one for one in matches if one.target is not None]
    if not served:
        authorities = {(one.name_en, one.name_cy) for one in matches if one.kind == "authority"}
        authorities |= {one.within for one in matches if one.within}
        return Found(Code.across_border, authority=authorities.pop() if len(authorities) == 1 else None)
    targets = Counter(one.target for one in served)
    if len(targets) == 1 and served[0].target and served[0].target.kind == "neighbourhood":
        return Found(Code.one, (served[0],))
    return _several(served)


def _several(matches: list[Match]) -> Found:
    lines = _lines(matches)
    return Found(Code.several, tuple(lines[:_MOST_MATCHES]), has_more=len(lines) > _MOST_MATCHES)


def _lines(matches: Iterable[Match]) -> list[Match]:
    """One line for each name and page."""
    lines: dict[tuple[str, Target | None], Match] = {}
    for one in matches:
        lines.setdefault((fold(one.name_en), one.target), one)
    return list(lines.values())
