"""What the police publish and what of it is believed: categories, outcomes, names of files, limits. Pure."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.clock import Month

HEADER = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)


@dataclass(frozen=True, slots=True)
class Category:
    """One of the fourteen categories: its slug in the police's API, its name in the CSV, whether it is a crime."""

    slug: str
    name: str
    is_crime: bool = True


CATEGORIES = (
    Category("anti-social-behaviour", "Anti-social behaviour", is_crime=False),
    Category("bicycle-theft", "Bicycle theft"),
    Category("burglary", "Burglary"),
    Category("criminal-damage-arson", "Criminal damage and arson"),
    Category("drugs", "Drugs"),
    Category("other-theft", "Other theft"),
    Category("possession-of-weapons", "Possession of weapons"),
    Category("public-order", "Public order"),
    Category("robbery", "Robbery"),
    Category("shoplifting", "Shoplifting"),
    Category("theft-from-the-person", "Theft from the person"),
    Category("vehicle-crime", "Vehicle crime"),
    Category("violent-crime", "Violence and sexual offences"),
    Category("other-crime", "Other crime"),
)
"""A stored category is a position here: add at the end, never move."""

ALL_CRIME = "all-crime"
"""The sum of the thirteen crimes. Anti-social behaviour is counted in incidents, and no measure adds the two."""

MEASURES = (*(category.slug for category in CATEGORIES), ALL_CRIME)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the code of the police's API, and the name in the CSV."""

    slug: str
    name: str


OUTCOMES = (
    Outcome("", ""),
    Outcome("awaiting-court-result", "Awaiting court outcome"),
    Outcome("court-result-unavailable", "Court result unavailable"),
    Outcome("unable-to-proceed", "Court case unable to proceed"),
    Outcome("local-resolution", "Local resolution"),
    Outcome("no-further-action", "Investigation complete; no suspect identified"),
    Outcome("deprived-of-property", "Offender deprived of property"),
    Outcome("fined", "Offender fined"),
    Outcome("absolute-discharge", "Offender given absolute discharge"),
    Outcome("cautioned", "Offender given a caution"),
    Outcome("drugs-possession-warning", "Offender given a drugs possession warning"),
    Outcome("penalty-notice-issued", "Offender given a penalty notice"),
    Outcome("community-penalty", "Offender given community sentence"),
    Outcome("conditional-discharge", "Offender given conditional discharge"),
    Outcome("suspended-sentence", "Offender given suspended prison sentence"),
    Outcome("imprisoned", "Offender sent to prison"),
    Outcome("other-court-disposal", "Offender otherwise dealt with"),
    Outcome("compensation", "Offender ordered to pay compensation"),
    Outcome("sentenced-in-another-case", "Suspect charged as part of another case"),
    Outcome("charged", "Suspect charged"),
    Outcome("not-guilty", "Defendant found not guilty"),
    Outcome("sent-to-crown-court", "Defendant sent to Crown Court"),
    Outcome("unable-to-prosecute", "Unable to prosecute suspect"),
    Outcome("formal-action-not-in-public-interest", "Formal action is not in the public interest"),
    Outcome("action-taken-by-another-organisation", "Action to be taken by another organisation"),
    Outcome("further-investigation-not-in-public-interest", "Further investigation is not in the public interest"),
    Outcome("further-action-not-in-public-interest", "Further action is not in the public interest"),
    Outcome("under-investigation", "Under investigation"),
    Outcome("status-update-unavailable", "Status update unavailable"),
    Outcome("other", "Other"),
)
"""A stored outcome is a position here: add at the end, never move. The first stands for "none stated"."""

CATEGORY_NUMBERS: Mapping[str, int] = MappingProxyType({one.name: at for at, one in enumerate(CATEGORIES)})
OTHER_OUTCOME = next(at for at, one in enumerate(OUTCOMES) if one.slug == "other")
OUTCOME_NUMBERS: Mapping[str, int] = MappingProxyType(
    {one.name: at for at, one in enumerate(OUTCOMES) if at != OTHER_OUTCOME}
    | {
        "Offender given penalty notice": next(
            at for at, one in enumerate(OUTCOMES) if one.slug == "penalty-notice-issued"
        ),
    },
)
"""By the name in the CSV, with the spelling of older files. Any other name is stored as "other" and reported."""

TRANSPORT_POLICE = "btp"
"""Works everywhere and has no area of its own: its rows count where they happened, never in a force's total."""

_OWN_WORDS = {TRANSPORT_POLICE: "british-transport", "northern-ireland": "police-service-of-northern-ireland"}

_FILE_NAME = re.compile(r"(\d{4}-\d{2})-([a-z-]+)-street\.csv\Z", re.ASCII)
_FORCE = re.compile(r"[a-z]+(?:-[a-z]+)*\Z", re.ASCII)
_OTHER_FILE = re.compile(r".*-(outcomes|stop-and-search)\.csv\Z", re.ASCII)
_LONGEST_SLUG = 40

FAULTY_SHARE = 100
"""A file is refused when more than one row in this many has a fault."""
KEPT_FAULTS = 200
LONGEST_LOCATION = 200
_LSOA = re.compile(r"[0-9A-Z]{0,12}\Z", re.ASCII)

LONGEST_REASON = 600
LONGEST_NOTE = 1000

MILLION = 1_000_000
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?\Z", re.ASCII)
_WEST, _EAST, _SOUTH, _NORTH = -9 * MILLION, 2 * MILLION, 49 * MILLION, 61 * MILLION
"""A box around the United Kingdom, in millionths of a degree: outside it no force of its works."""

RELEASED_AFTER_WORKING_DAYS = 5
"""A month that nobody released is released by itself after so many working days: long enough to write a context note,
too short to hold a month back because it is uncomfortable. No setting, so that nobody can stretch it."""


USUAL_DELAY_MONTHS = 2
"""The police publish a month about two months after it; what is not there then is late."""


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a street file says."""

    month: Month
    force: str


class ImpossibleCoordinates(ValueError):
    """Not two numbers of degrees within the United Kingdom, and not blank either."""


def parse_file_name(name: str) -> FileName | None:
    """Read "2024-10-gwent-street.csv"; None for any other name."""
    found = _FILE_NAME.match(name)
    if found is None or not is_force_slug(found[2]):
        return None
    try:
        return FileName(Month.parse(found[1]), found[2])
    except ValueError:
        return None


def is_of_no_month(name: str) -> bool:
    """Whether the name is a street file's but for its month, which cannot be one: "0000-05-gwent-street.csv"."""
    return _FILE_NAME.match(name) is not None and parse_file_name(name) is None


def is_force_slug(text: str) -> bool:
    """Whether the police could name a force so in a file's name: "avon-and-somerset"."""
    return len(text) <= _LONGEST_SLUG and _FORCE.match(text) is not None


def is_other_police_file(name: str) -> bool:
    """Whether the name is that of a file the police publish beside the street files, of which nothing is imported."""
    return _OTHER_FILE.match(name) is not None


@functools.lru_cache(maxsize=1000)
def is_own_name(force: str, reported_by: str) -> bool:
    """Whether "Reported by" names the force of the slug: "Devon & Cornwall Police" is devon-and-cornwall."""
    words = re.sub(r"[^a-z]+", "-", reported_by.lower().replace("&", " and ")).strip("-")
    own = _OWN_WORDS.get(force, force)
    return words == own or words.startswith(f"{own}-")


def parse_coordinates(longitude: str, latitude: str) -> tuple[int, int] | None:
    """Millionths of a degree; None for blank or 0,0, which is how the police say that there is no place.

    Raises ImpossibleCoordinates.
    """
    if not longitude.strip() and not latitude.strip():
        return None
    if not (_DEGREES.match(longitude) and _DEGREES.match(latitude)):
        raise ImpossibleCoordinates
    east, north = round(float(longitude) * MILLION), round(float(latitude) * MILLION)
    if east == north == 0:
        return None
    if not (_WEST <= east <= _EAST and _SOUTH <= north <= _NORTH):
        raise ImpossibleCoordinates
    return east, north


def is_lsoa(code: str) -> bool:
    """Whether this can be the code of a small area; blank is one way of saying that none was given."""
    return _LSOA.match(code) is not None


def is_late(month: Month, today: dt.date) -> bool:
    """Whether the figures of a month are usually there by now."""
    return Month.of(today).index - month.index > USUAL_DELAY_MONTHS


def too_many_faults(set_aside: int, rows: int) -> bool:
    """More than 1% of the rows."""
    return set_aside * FAULTY_SHARE > rows


def is_older(fetched_on: dt.date, known_on: dt.date | None) -> bool:
    """Whether a file was fetched before the one that stands: it must not replace a newer release by accident."""
    return known_on is not None and fetched_on < known_on


def missing_in_texts(
    text_en: str, text_cy: str, longest: int, languages: tuple[str, ...] = ("en", "cy")
) -> tuple[str, ...]:
    """Codes of what a pair of texts lacks before it may be published in these languages; empty: nothing."""
    english, welsh = text_en.strip(), text_cy.strip()
    codes = [f"no_{lang}" for lang, text in (("en", english), ("cy", welsh)) if lang in languages and not text]
    codes += [f"long_{lang}" for lang, text in (("en", english), ("cy", welsh)) if len(text) > longest]
    if english and english.casefold() == welsh.casefold():
        codes.append("same")
    return tuple(codes)
