"""Postcodes as people type them."""

import pytest

from portal.places.postcode_text import Part, parts, repairs, shown, whole


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NP44 1AA", "NP441AA"),
        ("np441aa", "NP441AA"),
        (" n p 4 4 1 a a ", "NP441AA"),
        ("NP44-1AA.", "NP441AA"),
        ("M1 1AE", "M11AE"),
        ("W1A 0AX", "W1A0AX"),
        ("12 High Street, Cwmbran NP44 1AA", "NP441AA"),
        ("NP44 1AA or np10 8xg", "NP108XG"),
        ("flat 2 NP441AA please", "NP441AA"),
        ("NP44 1A", None),
        ("NP44", None),
        ("Cwmbran", None),
        ("1234567", None),
        ("NP44 1AAA", None),
        ("", None),
    ],
)
def test_a_whole_postcode_is_read_in_any_spacing_and_among_other_words(typed, code):
    assert whole(typed) == code


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("NP44", [("NP44", ""), ("NP4", "4")]),
        ("np44 ", [("NP44", ""), ("NP4", "4")]),
        ("NP4", [("NP4", "")]),
        ("NP44 1", [("NP44", "1")]),
        ("NP44 1A", [("NP44", "1A")]),
        ("NP441A", [("NP44", "1A")]),
        ("NP441", [("NP44", "1")]),
        ("W1A", [("W1A", "")]),
        ("M1", [("M1", "")]),
        ("NP", []),
        ("44", []),
        ("Cwmbran", []),
        ("NP44 1AA", []),
        ("NP44 AA", []),
        ("", []),
    ],
)
def test_a_part_of_a_postcode_is_read_in_every_way_it_can_be_meant(typed, expected):
    assert parts(typed) == tuple(Part(*one) for one in expected)


def test_a_part_is_shown_with_its_space_and_searched_without():
    assert (Part("NP44", "1").shown, Part("NP44", "1").beginning) == ("NP44 1", "NP441")
    assert Part("NP44", "").shown == "NP44"


def test_a_whole_postcode_is_shown_with_its_space():
    assert shown("M11AE") == "M1 1AE"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NP1O 0AA", "NP100AA"),
        ("NPIO OAA", "NP100AA"),
        ("NPl0 0AA", "NP100AA"),
        ("NP44 IAA", "NP441AA"),
        ("0X1 1AA", "OX11AA"),
    ],
)
def test_slips_of_o_and_nought_and_of_i_l_and_one_are_repaired(typed, meant):
    assert meant in repairs(typed)


@pytest.mark.parametrize("typed", ["NP44 1AA", "Cwmbran", "", "OOOOOOOOOOOOOOOO", "ABCDE"])
def test_what_needs_no_repair_or_cannot_be_repaired_is_left(typed):
    assert repairs(typed) == ()


def test_repairs_never_repeat_what_was_typed_and_are_few():
    found = repairs("O1L 1OI")
    assert "O1L1OI" not in found
    assert 0 < len(found) <= 60
