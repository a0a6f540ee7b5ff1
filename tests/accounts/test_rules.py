"""Passwords, codes and devices."""

import datetime as dt

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import rules


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "short"),
        ("elevenchars", "short"),
        ("three odd words", None),
        ("tri gair rhyfedd", None),
        ("x" * 129, "long"),
        ("ab" * 10, "simple"),
        ("aaaaaaaaaaaaa", "simple"),
        ("123456789012", "simple"),
        ("abcdefghijkl", "simple"),
        ("210987654321", "simple"),
        ("horsehorsehorse", "simple"),
        ("horse.horse12", "simple"),
        ("passwordpassword", "simple"),
        ("Password password", "simple"),
        ("password1password2", "simple"),
        ("P@ssw0rd1234", "simple"),
        ("Welcome2026!!", "simple"),
        ("croesocroeso", "simple"),
        ("summer winter", "simple"),
        ("qwertyuiopas", "simple"),
        ("qwerty123456", "simple"),
        ("poiuytrewqlkj", "simple"),
        ("1qaz2wsx3edc", "simple"),
        ("qazwsxedcrfv", "simple"),
        ("monkey sunshine football", None),
        ("summer sun winter", None),
        ("password horse battery", None),
        ("horse horse battery staple", None),
        ("property liberty poverty", None),
        ("murmur cat dog", None),
        ("croeso glaw llun", None),
        ("boom boom 73829104857", None),
        ("kx92!fq8zzpw", None),
        ("Ann Example 12", "known"),
        ("annexampleannexample", "known"),
        ("Ann likes ancient castles", None),
        ("pàsswörd ŵŷ emoji 🙂", None),
    ],
)
def test_length_is_what_counts_in_a_password(password, problem):
    assert rules.password_problem(password, "Ann Example", "ann.example@example.org") == problem


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_every_password_gets_an_answer(password, name, email):
    assert rules.password_problem(password, name, email) in {None, "short", "long", "simple", "known"}


def test_a_code_is_good_for_its_own_step_and_one_on_either_side():
    moment = dt.datetime(2024, 6, 1, 12, 0, 14, tzinfo=dt.UTC)
    secret = pyotp.random_base32()
    own = int(moment.timestamp()) // 30
    assert list(rules.steps_now(moment)) == [own - 1, own, own + 1]
    assert pyotp.TOTP(secret).at(moment) == pyotp.HOTP(secret).at(own)


@pytest.mark.parametrize("typed", ["123456", "123 456", " 12-34 56 "])
def test_a_code_is_read_as_people_write_it(typed):
    assert rules.digits(typed) == "123456"


def test_recovery_codes_are_long_and_never_the_same():
    codes = {rules.new_recovery_code() for _ in range(500)}
    assert len(codes) == 500
    assert {len(code) for code in codes} == {14}
    some = codes.pop()
    assert rules.recovery_digest(some) == rules.recovery_digest(some.upper().replace("-", " "))
    assert rules.recovery_digest(some) != rules.recovery_digest(codes.pop())


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/126.0 Safari/537.36", "Chrome, ChromeOS"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_known_by_a_word_or_two(said, known):
    assert rules.device(said) == known
