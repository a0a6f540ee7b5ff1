"""Two languages: their path words, and which of them a browser asks for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.web.language import (
    LANGUAGES,
    OWN_NAMES,
    PATH_WORDS,
    LanguageConvertor,
    MonthConvertor,
    SlugConvertor,
    other,
    preferred,
    translated_path,
)


def test_each_language_has_the_other_and_its_own_name():
    assert [other(lang) for lang in LANGUAGES] == ["cy", "en"]
    assert OWN_NAMES == {"en": "English", "cy": "Cymraeg"}


def test_a_path_is_declared_in_english_and_translated_word_by_word():
    path = "/crime/neighbourhoods/{slug:slug}/{month:month}.csv"
    assert translated_path(path, "en") == path
    assert translated_path(path, "cy") == "/troseddu/cymdogaethau/{slug:slug}/{month:month}.csv"
    assert translated_path("/", "cy") == "/"


def test_a_word_that_has_no_welsh_cannot_be_declared():
    with pytest.raises(KeyError, match="burglary"):
        translated_path("/crime/burglary", "cy")


def test_no_two_words_share_their_welsh_and_all_are_plain():
    assert len(set(PATH_WORDS.values())) == len(PATH_WORDS)
    assert all(re.fullmatch(r"[a-z]+(?:-[a-z]+)*", word) for pair in PATH_WORDS.items() for word in pair)
    assert list(PATH_WORDS) == sorted(PATH_WORDS)


BOTH = ("en", "cy")


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("", "en"),
        ("cy", "cy"),
        ("CY-gb", "cy"),
        ("cy-GB,cy;q=0.9,en-GB;q=0.8,en;q=0.7", "cy"),
        ("en-GB,en;q=0.9,cy;q=0.8", "en"),
        ("en;q=0.3, cy ; q=0.31", "cy"),
        ("cy;q=0", "en"),
        ("cy;q=0.000", "en"),
        ("fr,de;q=0.9", "en"),
        ("fr,cy;q=0.1", "cy"),
        ("*", "en"),
        ("cy;q=2", "en"),
        ("cy;q=abc", "en"),
        ("cy;level=1", "en"),
        ("cy;q=1.000", "cy"),
        ("en,cy", "en"),  # of equals, the first
        ("cy,en", "cy"),
        (";;;,,,=", "en"),
        ("x" * 300 + ",cy", "en"),  # nobody reads so far
    ],
)
def test_the_language_that_a_browser_asks_for_first(asked, lang):
    assert preferred(asked, BOTH) == lang


def test_a_language_that_is_not_published_is_not_offered():
    assert preferred("cy", ("en",)) == "en"


@given(some.text(max_size=300))
def test_whatever_a_browser_asks_for_it_gets_a_language(asked):
    assert preferred(asked, BOTH) in BOTH


@pytest.mark.parametrize(
    ("convertor", "yes", "no"),
    [
        (LanguageConvertor(), ["en", "cy"], ["EN", "de", "eng", ""]),
        (SlugConvertor(), ["a", "2", "pen-y-bont", "a" * 140], ["", "-a", "a.b", "A", "â", "a" * 141, "a/b"]),
        (MonthConvertor(), ["2024-01", "2024-12"], ["2024-00", "2024-13", "2024-1", "24-01", "2024-01-01"]),
    ],
)
def test_what_may_stand_in_a_path(convertor, yes, no):
    assert [one for one in yes + no if re.fullmatch(convertor.regex, one)] == yes
    assert all(convertor.to_string(convertor.convert(one)) == one for one in yes)
