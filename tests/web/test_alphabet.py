"""The two alphabets: what stands where, and under which letter."""

import random

import pytest

from portal.web.alphabet import headings, letter, sort_key

VERIFIED_WELSH_ORDER = [
    *(
        "ci",
        "cwm",
        "chwarae",
        "dydd",
        "dyn",
        "ddoe",
        "fel",
        "ffa",
        "golau",
        "gwlad",
        "ngwlad",
        "i",
        "lol",
        "lwc",
        "llan",
    ),
    *("nhad", "nos", "pwll", "phen", "ras", "rwyf", "rhan", "to", "tref", "thema"),
]


def test_the_welsh_alphabet_has_the_order_that_was_verified_against_icu():
    shuffled = random.Random(8).sample(VERIFIED_WELSH_ORDER, len(VERIFIED_WELSH_ORDER))
    assert sorted(shuffled, key=lambda name: sort_key(name, "cy")) == VERIFIED_WELSH_ORDER


def test_the_english_alphabet_knows_no_digraphs():
    assert sorted(["Llan", "Lydney", "Chepstow", "Cwm"], key=lambda name: sort_key(name, "en")) == [
        "Chepstow",
        "Cwm",
        "Llan",
        "Lydney",
    ]


@pytest.mark.parametrize(
    "order",
    [
        ("Llanarth", "Llanfoist", "Llangybi", "Llanwern", "Lledrod"),
        ("Pencoed", "Pengam", "Penmaen"),
        ("Pont-hir", "Pont-y-pŵl", "Ponthir | th"),
        ("Cwm", "Cwm Aber", "Cwmbach"),
        ("Tŷ-du", "Tyllwyd"),
        ("10 Acre", "2 Acre", "Acre"),
    ],
)
def test_welsh_names_stand_in_their_order(order):
    assert tuple(sorted(set(order), key=lambda name: sort_key(name, "cy"))) == order


def test_a_bar_keeps_letters_apart_and_leaves_no_trace():
    by_hand = sort_key("Ban|gor", "cy")
    assert sort_key("Bangor", "cy") < sort_key("Bala", "cy") < sort_key("Baneswell", "cy") < by_hand
    assert sort_key("Ban|gor", "en")[:2] == sort_key("Bangor", "en")[:2]


def test_accents_decide_only_between_names_alike_in_letters():
    assert sort_key("Tŷ", "cy") > sort_key("Ty", "cy")
    assert sort_key("Tŷ", "cy") < sort_key("Tya", "cy")


@pytest.mark.parametrize(
    ("name", "welsh", "english"),
    [
        ("Llanbradach", "Ll", "L"),
        ("Chwilog", "Ch", "C"),
        ("Rhisga", "Rh", "R"),
        ("Ŵyn", "W", "W"),
        ("’r Allt", "R", "R"),
        ("Y Fenni", "Y", "Y"),
        ("3 Elms", "#", "#"),
        ("", "#", "#"),
    ],
)
def test_headings_are_letters_of_the_language(name, welsh, english):
    assert (letter(name, "cy"), letter(name, "en")) == (welsh, english)


def test_every_heading_of_the_alphabets_is_known_in_order():
    assert headings("cy")[:4] == ("A", "B", "C", "Ch")
    assert len(headings("cy")) == 34
    assert headings("en")[-1] == "Z"
