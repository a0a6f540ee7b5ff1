"""Reading what somebody typed: text stays text, and whatever arrives becomes a value or a problem, never a fault."""

import unicodedata
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from starlette.datastructures import FormData, UploadFile

from portal.web.forms import line, looks_like_email, words


def form(**fields):
    return FormData(fields)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Tŷ Mawr  ", "Tŷ Mawr"),
        ("two\t words\n\nand more", "two words and more"),
        ("y\u0302", "\u0177"),  # one letter, however it was typed
        ("a\x00b\x07c\x1bd", "abcd"),
        ("a\x80b\x85c\x9fd", "abcd"),
        ("a\u2028b\u2029c", "abc"),
        ("a\ufffeb\uffffc", "abc"),
        ("\u00a0no-break\u00a0", "no-break"),
        ("", ""),
        ("🏴\u200d☠️", "🏴\u200d☠️"),
    ],
)
def test_a_line_is_one_line_of_text(typed, kept):
    assert line(form(place=typed), "place") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("\n  kept  inside\t\n\n", "kept  inside"),
        ("a\x00\x08\x0b\x0c\x0e\x1f\x7fb", "ab"),
    ],
)
def test_words_keep_their_lines_and_lose_what_is_no_text(typed, kept):
    assert words(form(text=typed), "text", 100) == kept


def test_a_field_that_is_absent_is_empty():
    assert line(form(), "place") == words(form(), "text", 5) == ""


def test_a_file_in_place_of_text_is_nothing():
    upload = UploadFile(file=None, filename="a.txt")
    assert words(FormData([("text", upload)]), "text", 100) == ""


def test_what_is_too_long_is_kept_for_its_problem_but_not_without_end():
    assert len(words(form(text="x" * 150), "text", 100)) == 150
    assert len(words(form(text="x" * 5_000), "text", 100)) == 1_000


@given(some.text(max_size=500))
def test_whatever_is_typed_becomes_clean_text(typed):
    kept = words(form(text=typed), "text", 1_000)
    assert unicodedata.is_normalized("NFC", kept)
    assert not [letter for letter in kept if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]
    assert kept == kept.strip()
    assert words(form(text=kept), "text", 1_000) == kept
    assert "\n" not in line(form(text=typed), "text", 1_000)


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org",
        "ann.b+portal@mail.example.co.uk",
        "o'neil@example.org",
        "a@b.wales",
        "x" * 64 + "@example.org",
        "_under-score@xn--ty-yla.cymru",
    ],
)
def test_an_address_to_which_mail_could_go_is_let_through(address):
    assert looks_like_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@" + "b." * 125 + "org",
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann@@example.org",
        "ann@example..org",
        "ann@-example.org",
        "ann b@example.org",
        "ann@example.org\nBcc: x@example.org",
        "ann@example.org ",
        "<ann@example.org>",
        'a"b@example.org',
        "a,b@example.org",
        "a;b@example.org",
        "a(b)@example.org",
        "a[b]@example.org",
        "a\\b@example.org",
        "tŷ@example.org",
        "ann@tŷ.example.org",
        "ann@example.0rg1",
        "x" * 65 + "@example.org",
        "ann@example.org.",
        "ann@exa_mple.org",
    ],
)
def test_what_is_no_address_is_told_so(address):
    assert not looks_like_email(address)


@given(some.from_regex(r"[!-~]{1,20}@[a-z]{1,9}\.[a-z]{2,4}", fullmatch=True))
@example("a=?utf-8?q?x?=@example.org")
@example("a..b@example.org")
@example(".a@example.org")
@example("a.@example.org")
def test_every_address_let_through_can_stand_in_a_letter(address):
    if looks_like_email(address):
        letter = EmailMessage()
        letter["Reply-To"] = address
        assert letter["Reply-To"].addresses[0].addr_spec == address
        assert address.encode() in letter.as_bytes()
