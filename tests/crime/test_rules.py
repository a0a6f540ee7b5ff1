"""What is believed of the police's files, as tables."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import Month
from portal.crime.gazetteer import KIND_BITS, OUTCOME_BITS
from portal.crime.rules import (
    ALL_CRIME,
    CATEGORIES,
    CATEGORY_NUMBERS,
    MEASURES,
    OUTCOME_NUMBERS,
    OUTCOMES,
    FileName,
    ImpossibleCoordinates,
    is_force_slug,
    is_lsoa,
    is_older,
    is_other_police_file,
    is_own_name,
    missing_in_texts,
    parse_coordinates,
    parse_file_name,
    too_many_faults,
)


def test_there_are_thirteen_crimes_and_one_that_is_none():
    assert [one.slug for one in CATEGORIES if not one.is_crime] == ["anti-social-behaviour"]
    assert len(CATEGORIES) == len({one.slug for one in CATEGORIES}) == len(CATEGORY_NUMBERS) == 14
    assert len(MEASURES) == 15
    assert MEASURES[-1] == ALL_CRIME


def test_stored_positions_never_move():
    """Cells hold these numbers: a category or an outcome that moved would change the meaning of every month loaded."""
    assert [one.slug for one in CATEGORIES] == [
        "anti-social-behaviour",
        "bicycle-theft",
        "burglary",
        "criminal-damage-arson",
        "drugs",
        "other-theft",
        "possession-of-weapons",
        "public-order",
        "robbery",
        "shoplifting",
        "theft-from-the-person",
        "vehicle-crime",
        "violent-crime",
        "other-crime",
    ]
    assert [OUTCOMES[at].slug for at in (0, 1, 5, 9, 19, 22, 28, 29)] == [
        "",
        "awaiting-court-result",
        "no-further-action",
        "cautioned",
        "charged",
        "unable-to-prosecute",
        "status-update-unavailable",
        "other",
    ]


def test_the_28_outcomes_none_and_other_fit_the_key_of_a_cell():
    assert len({one.slug for one in OUTCOMES}) == len(OUTCOMES) == 30
    assert len(OUTCOMES) <= 2**OUTCOME_BITS
    assert len(CATEGORIES) <= 2 ** (KIND_BITS - OUTCOME_BITS)


def test_every_outcome_is_known_by_its_name_but_other_which_is_ours():
    assert {OUTCOMES[number].slug for number in OUTCOME_NUMBERS.values()} == {one.slug for one in OUTCOMES} - {"other"}
    assert "Other" not in OUTCOME_NUMBERS
    older, newer = "Offender given penalty notice", "Offender given a penalty notice"
    assert OUTCOME_NUMBERS[older] == OUTCOME_NUMBERS[newer]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("2024-10-gwent-street.csv", FileName(Month(2024, 10), "gwent")),
        ("2010-12-avon-and-somerset-street.csv", FileName(Month(2010, 12), "avon-and-somerset")),
        ("2024-10-btp-street.csv", FileName(Month(2024, 10), "btp")),
        ("2024-13-gwent-street.csv", None),
        ("2024-00-gwent-street.csv", None),
        ("2024-10-gwent-outcomes.csv", None),
        ("2024-10-gwent-street.csv.exe", None),
        ("2024-10-gwent-street.csv\n", None),
        ("x2024-10-gwent-street.csv", None),
        ("2024-10-GWENT-street.csv", None),
        ("2024-10-gwent--street.csv", None),
        ("2024-10--street.csv", None),
        ("2024-10-../gwent-street.csv", None),
        ("٢٠٢٤-10-gwent-street.csv", None),
        (f"2024-10-{'a' * 41}-street.csv", None),
        ("", None),
    ],
)
def test_a_street_file_is_known_by_its_name(name, says):
    assert parse_file_name(name) == says


def test_the_other_files_of_the_police_are_known_too():
    assert is_other_police_file("2024-10-gwent-outcomes.csv")
    assert is_other_police_file("2024-10-gwent-stop-and-search.csv")
    assert not is_other_police_file("2024-10-gwent-street.csv")
    assert not is_other_police_file("budget.csv")


@pytest.mark.parametrize(
    ("force", "name", "is_own"),
    [
        ("gwent", "Gwent Police", True),
        ("gwent", "gwent", True),
        ("gwent", "South Wales Police", False),
        ("gwent", "Gwentshire Police", False),
        ("avon-and-somerset", "Avon and Somerset Constabulary", True),
        ("devon-and-cornwall", "Devon & Cornwall Police", True),
        ("dyfed-powys", "Dyfed-Powys Police", True),
        ("city-of-london", "City of London Police", True),
        ("metropolitan", "Metropolitan Police Service", True),
        ("btp", "British Transport Police", True),
        ("northern-ireland", "Police Service of Northern Ireland", True),
        ("btp", "Gwent Police", False),
        ("gwent", "", False),
    ],
)
def test_reported_by_names_the_force_of_the_slug(force, name, is_own):
    assert is_own_name(force, name) is is_own


@pytest.mark.parametrize(
    ("longitude", "latitude", "point"),
    [
        ("-3.203778", "51.796761", (-3_203_778, 51_796_761)),
        ("-3.1", "51", (-3_100_000, 51_000_000)),
        ("1.75", "52.5", (1_750_000, 52_500_000)),
        ("", "", None),
        (" ", "  ", None),
        ("0", "0", None),
        ("0.000000", "0.000000", None),
    ],
)
def test_coordinates_are_kept_in_millionths_and_nothing_or_nought_is_no_place(longitude, latitude, point):
    assert parse_coordinates(longitude, latitude) == point


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        ("-3.2", ""),
        ("", "51.7"),
        ("51.7", "-3.2"),
        ("-3.2", "48.9"),
        ("-9.1", "51.7"),
        ("2.1", "51.7"),
        ("0", "61.1"),
        ("0", "1"),
        ("nan", "51.7"),
        ("inf", "inf"),
        ("1e0", "51.7"),
        ("-3,2", "51,7"),
        ("1_0", "51.7"),
        ("-٣.2", "51.7"),
        ("-3.2 ", "51.7"),
        ("+1.0", "51.7"),
        ("-3." + "1" * 400, "51.7"),
    ],
)
def test_coordinates_that_cannot_be_are_refused(longitude, latitude):
    with pytest.raises(ImpossibleCoordinates):
        parse_coordinates(longitude, latitude)


@given(st.text(), st.text())
def test_any_coordinates_are_a_point_no_place_or_impossible(longitude, latitude):
    try:
        point = parse_coordinates(longitude, latitude)
    except ImpossibleCoordinates:
        return
    assert point is None or (-9_000_000 <= point[0] <= 2_000_000 and 49_000_000 <= point[1] <= 61_000_000)


@given(st.integers(-9_000_000, 2_000_000), st.integers(49_000_000, 61_000_000))
def test_no_published_digit_is_lost(east, north):
    assert parse_coordinates(f"{east / 1_000_000:.6f}", f"{north / 1_000_000:.6f}") == (east, north)


@pytest.mark.parametrize(
    ("set_aside", "rows", "refused"), [(0, 1, False), (1, 100, False), (1, 99, True), (2, 199, True)]
)
def test_more_than_one_fault_in_a_hundred_rows_is_too_many(set_aside, rows, refused):
    assert too_many_faults(set_aside, rows) is refused


@pytest.mark.parametrize(
    ("code", "can_be"),
    [
        ("W01001440", True),
        ("E01014399", True),
        ("", True),
        ("95GG01S1", True),
        ("w01", False),
        ("W01001440 ", False),
        ("X" * 13, False),
        ("W0\n", False),
    ],
)
def test_the_code_of_a_small_area_has_letters_and_digits(code, can_be):
    assert is_lsoa(code) is can_be


def test_a_force_is_named_in_small_letters_and_hyphens():
    assert is_force_slug("avon-and-somerset")
    assert not any(map(is_force_slug, ("", "Gwent", "gwent-", "-gwent", "gwent police", "gwént", "a" * 41)))


def test_a_file_is_older_only_when_it_was_fetched_on_an_earlier_day():
    day = dt.date(2024, 12, 20)
    assert is_older(day, day + dt.timedelta(days=1))
    assert not is_older(day, day)
    assert not is_older(day, None)


@pytest.mark.parametrize(
    ("english", "welsh", "codes"),
    [
        ("Road closed", "Ffordd ar gau", ()),
        ("", "Ffordd ar gau", ("no_en",)),
        ("Road closed", " ", ("no_cy",)),
        ("", "", ("no_en", "no_cy")),
        ("Road closed", " road CLOSED ", ("same",)),
        ("x" * 21, "Ffordd ar gau", ("long_en",)),
        ("Road closed", "x" * 21, ("long_cy",)),
    ],
)
def test_a_pair_of_texts_lacks_nothing_or_what_it_lacks_is_said(english, welsh, codes):
    assert missing_in_texts(english, welsh, 20) == codes


@pytest.mark.parametrize(("english", "codes"), [("Road closed", ()), ("", ("no_en",)), ("x" * 21, ("long_en",))])
def test_where_the_portal_publishes_no_welsh_none_is_asked_for(english, codes):
    assert missing_in_texts(english, "", 20, ("en",)) == codes
