"""Passwords, codes and devices."""

import datetime as dt

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import rules
from portal.accounts.demo import PASSWORD


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


@pytest.mark.parametrize(
    ("password", "name", "email"),
    [
        ("t.analyst2026", "T analyst", "t.analyst@example.org"),
        ("CerysEnghraifft2026!", "Cerys Enghraifft", "cerys@example.org"),
        ("Cerys.Enghraifft2026!", "Cerys Enghraifft", "cerys@example.org"),
        ("j.jones2026!", "J Jones", "j.jones@example.org"),
        ("J0nes-2026!!!", "J Jones", "j.jones@example.org"),
        ("Jones123456!", "J Jones", "j.jones@example.org"),
        ("Password123!Jones", "J Jones", "j.jones@example.org"),
        ("Elwern2026!!", "J Jones", "j.jones@elwern.example.org"),
        ("Welcome2Elwern!", "J Jones", "j.jones@elwern.example.org"),
    ],
)
def test_a_name_with_a_year_a_row_or_a_common_word_is_no_password(password, name, email):
    assert rules.password_problem(password, name, email) == "known"


@pytest.mark.parametrize(
    "password",
    [
        "November2026!",
        "Tachwedd2026!",
        "Monday123456",
        "Gwener.123456",
        "Caerdydd2026!",
        "Cardiff2026!!",
        "Abertawe2026!",
        "diogelwch2026",
        "Cyngor!!2026!",
        "June July 2026",
    ],
)
def test_a_month_a_day_or_a_town_with_a_year_is_easy_to_guess(password):
    assert rules.password_problem(password, "Ann Example", "ann.example@example.org") == "simple"


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery",
        "llwyd brenin cwmwl",
        "another set of words",
        "march council tea",
        "cardiff llun bara",
        "medical mayor insult",
    ],
)
@pytest.mark.parametrize("name", ["Ann Bell", "Llwyd Horse"])
def test_three_words_that_do_not_belong_together_are_a_password(password, name):
    assert rules.password_problem(password, name, "ann.example@elwern.example.org") is None


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
