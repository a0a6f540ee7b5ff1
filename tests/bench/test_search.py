"""How quickly a place is found among 5,000 names, however it is typed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

from sqlmodel import Session, col, select

from portal import revisions
from portal.places.models import PlaceName
from portal.places.names import fold
from portal.places.queries import find_places
from tests.telling import tell

NAMES, TYPED = 5_000, 600
QUERIES = 25
"""The slowest twentieth of all searches may take as long as so many indexed queries: a millisecond or two each."""
_BEGINNINGS = [
    "Aber",
    "Bryn",
    "Cwm",
    "Llan",
    "Pen",
    "Pont",
    "Tre",
    "Ynys",
    "Coed",
    "Maes",
    "Nant",
    "Rhos",
    "Tal",
    "Glan",
    "Garn",
    "Bod",
    "Caer",
    "Dol",
    "Felin",
    "Plas",
]
_ENDINGS = [
    "afon",
    "bedw",
    "celyn",
    "derw",
    "eithin",
    "ffynnon",
    "gwyn",
    "helyg",
    "isaf",
    "las",
    "mawr",
    "newydd",
    "onnen",
    "pwll",
    "rhyd",
    "sarn",
    "teg",
    "uchaf",
    "wen",
]
_MIDDLES = ["y", "yr", "ar", "dan", "tan", "is", "uwch", "ger", "hen"]


def made_up(chance: random.Random) -> str:
    ending = " ".join(chance.sample(_ENDINGS, 2))
    return f"{chance.choice(_BEGINNINGS)}{chance.choice(_ENDINGS)} {chance.choice(_MIDDLES)} {ending}".title()


def typed_for(name: str, chance: random.Random) -> str:
    """As people type: whole, begun, without capitals, with a slip, with words around, or something else altogether."""
    at = chance.randrange(1, len(name))
    ways = (
        name,
        name[:6],
        name.lower(),
        name[: at - 1] + name[at:],
        f"12 {name} Street",
        f"{name}, Elwern",
        "Xyzzy plugh",
    )
    return chance.choice(ways)


def fill(session: Session, chance: random.Random) -> list[str]:
    """Names enough, each in a ward that is served. Returns them."""
    wards = session.exec(select(PlaceName.ward_code).distinct()).all()
    there = len(session.exec(select(PlaceName.id)).all())
    names = [made_up(chance) for _ in range(NAMES - there)]
    for name in names:
        place = {"kind": "village", "longitude": -3.1, "latitude": 51.7, "ward_code": chance.choice(wards)}
        session.add(PlaceName(name_en=name, name_cy=name, key_en=fold(name), key_cy=fold(name), **place))
    revisions.touch(session, "places")
    return names


def slowest_twentieths(words: Iterable[str], *works: Callable[[str], object]) -> list[float]:
    """Of each work, in seconds. They take turns word by word, so that a busy machine slows all of them alike."""
    took: list[list[float]] = [[] for _ in works]
    for word in words:
        for work, mine in zip(works, took, strict=True):
            began = time.perf_counter()
            work(word)
            mine.append(time.perf_counter() - began)
    return [sorted(mine)[int(0.95 * len(mine))] for mine in took]


def test_a_place_is_found_in_the_time_of_a_few_queries(asker):
    chance = random.Random(5)
    with asker.database.unit_of_work() as session:
        names = fill(session, chance)
    words = [typed_for(chance.choice(names), chance) for _ in range(TYPED)]
    with asker.database.reading() as session:
        began = time.perf_counter()
        find_places(session, names[0])
        first = time.perf_counter() - began
        query = select(PlaceName.name_en).where(col(PlaceName.key_en) == "")
        search, indexed = slowest_twentieths(
            words,
            lambda word: find_places(session, word),
            lambda word: session.exec(query.where(col(PlaceName.key_cy) == fold(word))).all(),
        )
    tell(
        f"B5 search among {NAMES:,} names: p95 {1000 * search:.2f} ms; one indexed query {1000 * indexed:.2f} ms; "
        f"ratio {search / indexed:.1f}; the first search, which reads every name, {1000 * first:.0f} ms"
    )
    assert search <= QUERIES * indexed
