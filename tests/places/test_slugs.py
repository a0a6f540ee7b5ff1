"""Slugs: the words of addresses."""

import pytest

from portal.places.slugs import Wish, choose, force_slug, slug


@pytest.mark.parametrize(
    ("name", "lang", "expected"),
    [
        ("Pont-y-pŵl Fawr", "cy", "pont-y-pwl-fawr"),
        ("St. Julian's", "en", "st-julians"),
        ("Bedwas & Trethomas", "en", "bedwas-and-trethomas"),
        ("Bedwas & Threthomas", "cy", "bedwas-a-threthomas"),
        ("…", "en", "area"),
        ("x" * 200, "en", "x" * 100),
        ("Tŷ’r Ŵyl", "cy", "tyr-wyl"),
    ],
)
def test_slugs_are_plain_words_joined_by_hyphens(name, lang, expected):
    assert slug(name, lang) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gwent", "gwent"),
        ("South Wales", "south-wales"),
        ("Dyfed-Powys", "dyfed-powys"),
        ("Avon and Somerset", "avon-and-somerset"),
        ("Devon & Cornwall", "devon-and-cornwall"),
        ("Metropolitan Police", "metropolitan"),
        ("London, City of", "city-of-london"),
    ],
)
def test_a_force_has_the_slug_of_the_police_file_names(name, expected):
    assert force_slug(name) == expected


def test_a_name_that_one_area_has_is_its_slug():
    assert choose([Wish("W1", "Alway", ["Newport"])], set(), "en") == {"W1": "alway"}


def test_areas_of_one_name_are_set_apart_by_their_authorities_whatever_their_order():
    wishes = [Wish("W1", "Castle", ["Newport"]), Wish("W2", "Castle", ["Torfaen"])]
    expected = {"W1": "castle-newport", "W2": "castle-torfaen"}
    assert choose(wishes, set(), "en") == choose(wishes[::-1], set(), "en") == expected


def test_a_slug_that_is_taken_is_never_given_again():
    wish = Wish("W9", "Castle", ["Newport"])
    assert choose([wish], {"castle"}, "en") == {"W9": "castle-newport"}
    assert choose([wish], {"castle", "castle-newport"}, "en") == {"W9": "castle-w9"}
    assert choose([wish], {"castle", "castle-newport", "castle-w9"}, "en") == {"W9": "castle-w9-2"}
    assert choose([wish], {"castle", "castle-newport", "castle-w9", "castle-w9-2"}, "en") == {"W9": "castle-w9-3"}
