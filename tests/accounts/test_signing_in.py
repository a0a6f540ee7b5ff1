"""Signing in, being invited, a new password: as people do it, and as those do who have no business here."""

import datetime as dt
import re
import time
from dataclasses import replace
from threading import Thread

import pyotp
import pytest
import time_machine
from sqlalchemy import event
from sqlmodel import select
from starlette.requests import Request

from portal.accounts import factors, known, mailing, service, sessions
from portal.accounts.models import (
    Account,
    AccountLink,
    AccountSession,
    AccountStatus,
    PasswordRequest,
    RecoveryCode,
)
from portal.accounts.passwords import Passwords
from portal.notifications.models import OutboxMessage
from tests.browse import Browse
from tests.factories import job_context
from tests.people import account, authenticator, signed_in

pytestmark = pytest.mark.both_databases
PASSWORD = "correct horse battery"
NOON = dt.datetime(2024, 6, 3, 12, 0, tzinfo=dt.UTC)
SENTENCE = "The e-mail address or the password is not right. Check both, or ask for a new password"


def give(browse, password=PASSWORD, email="ann@example.org", path="/en/sign-in"):
    return browse.open(path).fill("E-mail address", email).fill("Password", password).press("Sign in")


def key_of(page):
    return re.search(r'translate="no">([A-Z2-7 ]+)</code>', page.text)[1].replace(" ", "")


def set_up(browse):
    """Ann signs in for the first time and sets up her authenticator. Gives its key."""
    page = give(browse)
    assert page.heading == "Set up your authenticator"
    ((_, link),) = [one for one in page.links(page.main) if one[1].startswith("otpauth:")]
    assert pyotp.parse_uri(link).secret == key_of(page)
    key = key_of(page)
    page = page.fill("The six digits in the app", pyotp.TOTP(key).now()).press("Go on")
    assert page.heading == "Keep your recovery codes"
    return key


def codes_of(page):
    return re.findall(r'translate="no">([a-z2-9-]{14})</code>', page.text)


def is_in(browse):
    return browse.client.get("/en/desk").status_code == 200


def test_somebody_signs_in_for_the_first_time_and_lands_on_the_desk(stranger, ann, clock):
    set_up(stranger)
    page = stranger.open("/en/account/recovery-codes")
    assert len(codes_of(page)) == 10
    assert codes_of(page.in_other_language()) == codes_of(page)
    page = page.press("I have kept them")
    assert page.path == "/en/desk"
    assert stranger.open("/en/account/recovery-codes").path == "/en/account"


def test_the_codes_are_waiting_at_the_desk_until_they_are_kept(stranger, ann, clock):
    set_up(stranger)
    page = stranger.open("/en/desk").follow("Keep your recovery codes")
    page.press("I have kept them")
    assert "recovery codes" not in stranger.open("/en/desk").said


def test_whoever_asked_for_a_page_gets_it_after_signing_in(stranger, ann, clock):
    page = stranger.open("/en/account")
    assert page.path == "/en/sign-in?next=%2Fen%2Faccount"
    page = page.fill("E-mail address", "ann@example.org").fill("Password", PASSWORD).press("Sign in")
    page = page.fill("The six digits in the app", pyotp.TOTP(key_of(page)).now()).press("Go on")
    assert page.press("I have kept them").path == "/en/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/en/../..//evil",
        "/en/sign-in",
        "/cy/mewngofnodi/cod",
        "/xx/",
        "a b",
    ],
)
def test_signing_in_leads_nowhere_but_to_pages_of_ours(stranger, ann, elsewhere, clock):
    key = set_up(stranger)
    clock.shift(60)
    stranger.client.cookies.clear()
    page = stranger.open("/en/sign-in")
    page.typed["next"] = elsewhere
    page = page.fill("E-mail address", "ann@example.org").fill("Password", PASSWORD).press("Sign in")
    page = page.fill("Code", pyotp.TOTP(key).now()).press("Go on")
    assert page.path == "/en/desk"


def test_a_person_works_in_the_language_of_the_account(app, stranger, clock):
    with app.state.database.unit_of_work() as session:
        made = account(session, name="Cadi", email="cadi@example.org", language="cy")
        made.password_hash = app.state.passwords.hash(PASSWORD)
    assert give(stranger, email="cadi@example.org").path == "/cy/desg"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ann@example.org", ""),
        ("a@b", "\x00"),
    ],
)
def test_one_sentence_for_every_reason_and_the_address_is_kept(stranger, ann, email, password):
    page = give(stranger, password, email)
    assert page.problems() == [SENTENCE]
    assert page.value("E-mail address") == email
    assert page.value("Password") == ""
    assert password not in page.text or not password
    assert not is_in(stranger)


def stands(app, number, status):
    with app.state.database.unit_of_work() as session:
        session.get(Account, number).status = AccountStatus(status)


@pytest.mark.parametrize("status", ["invited", "removed"])
def test_an_account_that_is_not_there_yet_or_no_more_is_as_if_it_were_not_there(app, stranger, ann, status):
    stands(app, ann, status)
    assert give(stranger).problems() == [SENTENCE]


def test_who_is_suspended_and_gives_the_right_password_is_told_whom_to_ask(app, stranger, ann):
    stands(app, ann, "suspended")
    page = stranger.send("/en/sign-in", {"email": "ann@example.org", "password": PASSWORD}, 403)
    assert page.heading == "This account is suspended"
    assert f"write to: {app.state.settings.authority.contact_email}" in page.said
    assert "new password" not in page.said
    assert not stranger.client.cookies
    assert not is_in(stranger)
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession)).all() == []


def test_a_wrong_password_for_who_is_suspended_reads_like_any_other_and_is_counted(app, stranger, ann):
    stands(app, ann, "suspended")
    assert give(stranger, "wrong").problems() == [SENTENCE]
    answers = [guess(app, 113, password=password) for _ in range(7) for password in (PASSWORD, "wrong")]
    assert answers == [[403], [422]] * 6 + [[429]] * 2


def test_who_is_suspended_while_the_password_is_checked_is_not_let_in(app, stranger, ann):
    quick = app.state.passwords

    class Slow(Passwords):
        def check(self, kept, typed):
            stands(app, ann, "suspended")
            return replace(quick.check(kept, typed), renewed="hashed anew")

    app.state.passwords = Slow()
    page = stranger.send("/en/sign-in", {"email": "ann@example.org", "password": PASSWORD}, 403)
    assert page.heading == "This account is suspended"
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession)).all() == []
        assert quick.check(session.get(Account, ann).password_hash, PASSWORD).is_right


@pytest.mark.parametrize("is_old", [False, True], ids=["hashed as today", "hashed as long ago"])
def test_a_password_that_was_changed_while_it_was_checked_lets_nobody_in_and_is_not_kept(app, stranger, ann, is_old):
    quick, new = app.state.passwords, "tri gair rhyfedd"

    class Slow(Passwords):
        def check(self, kept, typed):
            with app.state.database.unit_of_work() as session:
                service.set_password(session, session.get(Account, ann), quick.hash(new))
            return replace(quick.check(kept, typed), renewed=quick.hash(typed) if is_old else None)

    app.state.passwords = Slow()
    assert give(stranger).problems() == [SENTENCE]
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession)).all() == []
        assert quick.check(session.get(Account, ann).password_hash, new).is_right


@pytest.mark.parametrize("path", ["/en/sign-in", "/en/forgotten-password"])
def test_the_same_work_is_done_for_an_address_that_nobody_has(stranger, ann, app, path, monkeypatch):
    """What takes time is the same: the slow part, and every statement; for who is suspended too."""
    with app.state.database.unit_of_work() as session:
        bet = account(session, "analyst", email="bet@example.org")
        bet.status, bet.password_hash = AccountStatus.suspended, session.get(Account, ann).password_hash
    verified, statements = [], []
    hashing = type(app.state.passwords._hasher)
    original = hashing.verify
    monkeypatch.setattr(hashing, "verify", lambda *given: verified.append(given) or original(*given))

    def note(_connection, _cursor, statement, *_rest):
        if "FROM revision" not in statement:  # looked at twice a second, whoever asks
            statements.append(statement)

    event.listen(app.state.database.engine, "before_cursor_execute", note)
    stranger.client.post(path, data={"email": "warm@example.org", "password": "x"})
    asked = []
    for email in ("ann@example.org", "nobody@example.org", "bet@example.org"):
        statements.clear()
        stranger.client.post(path, data={"email": email, "password": "wrong"})
        asked.append(list(statements))
    assert asked == [asked[0]] * 3
    assert asked[0]
    assert len(verified) == (4 if path == "/en/sign-in" else 0)


def test_a_password_alone_opens_nothing(stranger, ann, clock):
    set_up(stranger)
    stranger.client.cookies.clear()
    clock.shift(60)
    page = give(stranger)
    assert page.heading == "Type your code"
    assert not is_in(stranger)
    for path in ("/en/account", "/en/account/recovery-codes"):
        assert stranger.open(path).heading == "Sign in"


def test_the_code_comes_in_time_or_the_password_is_asked_for_again(stranger, ann, clock):
    key = set_up(stranger)
    stranger.client.cookies.clear()
    clock.shift(60)
    page = give(stranger)
    clock.shift(601)
    assert (
        page.fill("Code", pyotp.TOTP(key).now())
        .browse.client.post(page.path.partition("?")[0], data={"code": pyotp.TOTP(key).now()})
        .status_code
        == 401
    )


def test_a_code_is_good_once(stranger, ann, app, clock):
    key = set_up(stranger)
    clock.shift(60)
    code = pyotp.TOTP(key).now()
    for number, wanted in ((1, "Your desk"), (2, "Type your code")):
        with Browse(app) as browser:
            page = give(browser).fill("Code", code).press("Go on")
            assert page.heading == wanted, number


def test_a_recovery_code_is_good_once(stranger, ann, app, clock):
    set_up(stranger)
    (code, *_) = codes_of(stranger.open("/en/account/recovery-codes"))
    clock.shift(60)
    for wanted in ("Your account", "Type your code"):
        with Browse(app) as browser:
            page = give(browser).fill("Code", code.upper()).press("Go on")
            assert page.heading == wanted
    assert page.problems() == [
        "This is not one of your recovery codes, or it was used before. Each works once: type another"
    ]
    with app.state.database.reading() as session:
        assert len(session.exec(select(RecoveryCode)).all()) == 9


def test_guessing_a_password_is_slowed_by_the_eighth_try(app, ann):
    statuses = []
    for number in range(9):
        with Browse(app, address="203.0.113.7") as browser:
            data = {"email": "Ann+x@example.org" if number % 2 else "ann@example.org", "password": f"guess {number}"}
            answer = browser.client.post("/en/sign-in", data=data)
            statuses.append(answer.status_code)
    assert statuses == [422] * 7 + [429] * 2
    assert int(answer.headers["retry-after"]) > 0
    assert "guess" not in answer.text


def guess(app, network, times=1, email="ann@example.org", password="wrong"):
    with Browse(app, address=f"203.0.{network}.7") as browser:
        data = {"email": email, "password": password}
        return [browser.client.post("/en/sign-in", data=data).status_code for _ in range(times)]


def test_who_guesses_in_one_place_keeps_the_owner_out_of_no_other(app, ann, clock):
    assert guess(app, 1, 20) == [422] * 7 + [429] * 13
    for network in range(2, 8):
        guess(app, network, 7)
    assert guess(app, 8, password=PASSWORD) == [303]


def test_guessing_from_many_places_is_slowed_too(app, ann, clock):
    statuses = [status for network in range(12) for status in guess(app, network, 5)]
    assert statuses == [422] * 50 + [429] * 10


def test_a_browser_that_was_signed_in_before_is_out_of_reach_of_who_guesses_elsewhere(app, stranger, ann, clock):
    set_up(stranger)
    clock.shift(60)
    stranger.open("/en/desk").press("Sign out: Ann Example")
    for network in range(1, 9):
        guess(app, network, 7)
    assert guess(app, 9, password=PASSWORD) == [429]
    assert give(stranger).heading == "Type your code"
    data = {"email": "ann@example.org", "password": "wrong"}
    assert [stranger.client.post("/en/sign-in", data=data).status_code for _ in range(8)] == [422] * 7 + [429]


def test_a_browser_is_known_for_one_account_and_for_so_long(app, stranger, ann, clock):
    set_up(stranger)
    name = known.cookie_name(app.state.settings)
    kept = stranger.client.cookies[name]
    assert "ann" not in kept.lower()
    with app.state.database.unit_of_work() as session:
        other = account(session, "analyst")
        ours = session.get(Account, ann)
    asked = Request({"type": "http", "app": app, "headers": [(b"cookie", f"{name}={kept}".encode())]})
    assert [known.is_known(asked, one) for one in (ours, other, None)] == [True, False, False]
    clock.shift(dt.timedelta(days=known.KNOWN_DAYS))
    assert not known.is_known(asked, ours)


@pytest.mark.parametrize("kept", ["", "x", "a" * 5000, "gAAAAA==", "ŵ"])
def test_a_made_up_cookie_makes_no_browser_known(app, ann, kept):
    name = known.cookie_name(app.state.settings)
    asked = Request({"type": "http", "app": app, "headers": [(b"cookie", f"{name}={kept}".encode())]})
    with app.state.database.reading() as session:
        assert not known.is_known(asked, session.get(Account, ann))


def test_guessing_for_many_addresses_from_one_place_is_slowed_too(stranger, ann):
    statuses = [
        stranger.client.post("/en/sign-in", data={"email": f"a{number}@example.org", "password": "x"}).status_code
        for number in range(22)
    ]
    assert statuses == [422] * 20 + [429] * 2


def test_a_forged_address_does_not_help_who_guesses(stranger, ann):
    statuses = [
        stranger.client.post(
            "/en/sign-in",
            data={"email": f"a{number}@example.org", "password": "x"},
            headers={"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"},
        ).status_code
        for number in range(22)
    ]
    assert statuses[-2:] == [429, 429]


def test_guessing_a_code_is_slowed_by_the_sixth_try_in_every_browser(stranger, ann, app, clock):
    set_up(stranger)
    statuses = []
    for _ in range(3):
        with Browse(app) as browser:
            assert give(browser).heading == "Type your code"
            tries = [browser.client.post("/en/sign-in/code", data={"code": f"00000{one}"}) for one in range(2)]
            statuses += [answer.status_code for answer in tries]
    assert statuses == [422] * 4 + [429] * 2  # the code that set the authenticator up was the first


def try_codes(browse, number, code="000000"):
    return [browse.client.post("/en/sign-in/code", data={"code": code}) for _ in range(number)]


def test_wrong_codes_are_counted_by_the_day_and_the_owner_is_told_once(app, stranger, ann, clock):
    key = set_up(stranger)
    (recovery, *_) = codes_of(stranger.open("/en/account/recovery-codes"))
    for quarter in range(5):
        clock.shift(900)
        with Browse(app, address=f"203.0.113.{quarter}") as browser:
            give(browser)
            assert [one.status_code for one in try_codes(browser, 4)] == [422] * 4
            with app.state.database.reading() as session:
                letters = session.exec(select(OutboxMessage)).all()
            assert len(letters) == (1 if quarter else 0)
    (letter,) = letters
    assert letter.to_address == "ann@example.org"
    assert "Wrong codes that were typed for your account today: 5" in letter.body
    assert "/en/forgotten-password" in letter.body
    clock.shift(900)
    over = "Too many wrong codes were typed today. Codes from your authenticator app will work again tomorrow"
    with Browse(app) as browser:
        assert give(browser).fill("Code", pyotp.TOTP(key).now()).press("Go on").problems() == [over]
        page = browser.open("/en/sign-in/code").fill("Code", recovery).press("Go on")
        assert page.heading == "Your account"
        assert "You have signed in with a recovery code" in page.said
    clock.shift(dt.timedelta(days=1))
    with Browse(app) as browser:
        assert give(browser).fill("Code", pyotp.TOTP(key).now()).press("Go on").heading == "Your desk"


def test_guessing_a_recovery_code_is_slowed_by_the_sixth_try(app, stranger, ann, clock):
    set_up(stranger)
    clock.shift(60)
    stranger.client.cookies.clear()
    give(stranger)
    assert [one.status_code for one in try_codes(stranger, 7, "aaaa-bbbb-cccc")] == [422] * 5 + [429] * 2


def test_the_key_that_was_shown_in_one_browser_is_none_of_another(app, stranger, ann, clock):
    with Browse(app) as thief:
        theirs = key_of(give(thief))
        ours = key_of(give(stranger))
        assert ours != theirs
        assert key_of(thief.open("/en/sign-in/authenticator")) == theirs
        page = stranger.open("/en/sign-in/authenticator").fill("The six digits in the app", pyotp.TOTP(ours).now())
        assert page.press("Go on").heading == "Keep your recovery codes"
        late = thief.client.post("/en/sign-in/authenticator", data={"code": pyotp.TOTP(theirs).now()})
        assert late.status_code == 401
    with app.state.database.reading() as session:
        assert app.state.vault.open(session.get(Account, ann).factor_sealed) == ours


def test_a_key_that_was_never_confirmed_is_forgotten_with_the_old_password(app, stranger, ann, clock):
    key = key_of(give(stranger))
    with app.state.database.unit_of_work() as session:
        service.set_password(session, session.get(Account, ann), app.state.passwords.hash("tri gair rhyfedd"))
    late = stranger.client.post("/en/sign-in/authenticator", data={"code": pyotp.TOTP(key).now()})
    assert late.status_code == 401
    assert key_of(give(stranger, "tri gair rhyfedd")) != key


@pytest.mark.parametrize("is_recovery", [False, True], ids=["authenticator", "recovery"])
def test_a_code_that_comes_while_a_new_password_is_set_lets_nobody_in(app, stranger, ann, clock, is_recovery):
    key = set_up(stranger)
    (recovery, *_) = codes_of(stranger.open("/en/account/recovery-codes"))
    clock.shift(60)
    stranger.client.cookies.clear()
    give(stranger)
    code, late = recovery if is_recovery else pyotp.TOTP(key).now(), []
    browser = Thread(target=lambda: late.extend(try_codes(stranger, 1, code)))
    with app.state.database.unit_of_work() as session:
        service.set_password(session, session.get(Account, ann), app.state.passwords.hash("tri gair rhyfedd"))
        browser.start()
        time.sleep(0.3)
    browser.join()
    assert [one.status_code for one in late] == [401]
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession)).all() == []


def test_who_is_away_for_long_or_signed_in_for_long_signs_in_again(app, stranger, ann, clock):
    with app.state.database.unit_of_work() as session:
        token = signed_in(session, session.get(Account, ann))
    stranger.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    for _ in range(11):
        clock.shift(3600)
        assert is_in(stranger)
    clock.shift(3601)
    assert not is_in(stranger)


def test_who_is_idle_for_two_hours_is_signed_out(app, stranger, ann, clock):
    with app.state.database.unit_of_work() as session:
        token = signed_in(session, session.get(Account, ann))
    stranger.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    clock.shift(7199)
    assert is_in(stranger)
    clock.shift(7201)
    assert not is_in(stranger)


def test_signing_out_ends_the_session_and_not_only_the_cookie(app, stranger, ann, clock):
    with app.state.database.unit_of_work() as session:
        token = signed_in(session, session.get(Account, ann))
    stranger.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    page = stranger.open("/en/desk").press("Sign out: Ann Example")
    assert page.heading == "You have signed out"
    stranger.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    assert not is_in(stranger)
    with app.state.database.reading() as session:
        assert session.exec(select(AccountSession)).all() == []


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 5000, "ŵ", "../..", "a b;c"])
def test_a_made_up_token_is_nobody(stranger, ann, token):
    answer = stranger.client.get("/en/desk", headers={"cookie": f"portal={token}".encode("utf-8", "surrogateescape")})
    assert answer.status_code == 303


def test_the_cookie_is_for_this_site_alone_and_for_no_script(app, stranger, ann, clock):
    answer = stranger.client.post("/en/sign-in", data={"email": "ann@example.org", "password": PASSWORD})
    said = answer.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "Path=/" in said
    assert "Domain" not in said
    assert answer.headers["cache-control"] == "no-store"


def links_in_mail(app):
    with app.state.database.reading() as session:
        bodies = [one.body for one in session.exec(select(OutboxMessage).order_by(OutboxMessage.id))]
    return [re.search(r"http://127\.0\.0\.1:8000(/\S+)", body)[1] for body in bodies]


def asked_for(app, browse, email, path="/en/forgotten-password"):
    page = browse.open(path).fill("E-mail address", email).press("Send me a link")
    mailing.send_password_links(job_context(app.state.database, app.state.settings))
    return page


def test_the_answer_to_a_forgotten_password_is_the_same_for_everybody(app, stranger, ann):
    said = {
        asked_for(app, stranger, email).said for email in ("ann@example.org", "nobody@example.org", "ANN@example.org")
    }
    assert len(said) == 1
    assert len(links_in_mail(app)) == 1


def test_who_is_suspended_and_asks_for_a_password_is_told_so_once_and_gets_no_link(app, stranger, ann, clock):
    stands(app, ann, "suspended")
    said = {asked_for(app, stranger, email).said for email in ("ann@example.org", "nobody@example.org")}
    assert len(said) == 1
    with app.state.database.reading() as session:
        (letter,) = session.exec(select(OutboxMessage)).all()
        assert session.exec(select(AccountLink)).all() == []
    assert letter.subject == "Your account at the community safety portal is suspended"
    assert "no password can be set" in letter.body
    assert app.state.settings.authority.contact_email in letter.body
    assert "http" not in letter.body
    for minutes, letters in ((5, 1), (15, 2)):
        clock.move_to(NOON + dt.timedelta(minutes=minutes))
        asked_for(app, stranger, "ann@example.org")
        with app.state.database.reading() as session:
            assert len(session.exec(select(OutboxMessage)).all()) == letters


def test_a_link_from_before_is_no_way_in_while_the_account_is_suspended(app, stranger, ann, clock):
    asked_for(app, stranger, "ann@example.org")
    (link,) = links_in_mail(app)
    page = stranger.open(link)
    stands(app, ann, "suspended")
    assert page.browse.send(link, {"new_password": "tri gair rhyfedd"}, 403).heading == "This account is suspended"
    assert stranger.open(link, 403).heading == "This account is suspended"
    with app.state.database.reading() as session:
        assert app.state.passwords.check(session.get(Account, ann).password_hash, PASSWORD).is_right
    stands(app, ann, "active")
    assert stranger.send(link, {"new_password": "tri gair rhyfedd"}).heading == "Your password is set"


@pytest.mark.parametrize("email", ["a" * 300 + "@example.org", "a@" + "b." * 126 + "org", "@", "ann", "ann@example"])
def test_for_what_is_no_address_nothing_is_kept(app, stranger, email):
    page = stranger.open("/en/forgotten-password").fill("E-mail address", email).press("Send me a link")
    assert len(page.problems()) == 1
    with app.state.database.reading() as session:
        assert session.exec(select(PasswordRequest)).all() == []


def test_a_link_that_is_open_stays_good_while_strangers_ask_for_more(app, stranger, ann, clock):
    asked_for(app, stranger, "ann@example.org")
    (link,) = links_in_mail(app)
    page = stranger.open(link)
    for _ in range(3):
        clock.shift(901)
        asked_for(app, stranger, "ann@example.org")
    assert page.fill("New password", "tri gair rhyfedd").press("Set this password").heading == "Your password is set"
    assert [stranger.client.get(one).status_code for one in links_in_mail(app)] == [200, 410, 410, 410]


def test_a_scanner_of_mail_uses_no_link_up(app, stranger, ann):
    asked_for(app, stranger, "ann@example.org")
    (link,) = links_in_mail(app)
    for _ in range(5):
        assert stranger.open(link).heading == "Choose a new password"
        assert stranger.client.head(link).status_code == 200
    page = stranger.open(link).fill("New password", "tri gair rhyfedd").press("Set this password")
    assert page.heading == "Your password is set"
    again = stranger.send(link, {"new_password": "tri gair rhyfedd"})
    assert again.heading == "Your password is set"
    with app.state.database.reading() as session:
        kept = session.get(Account, ann).password_hash
    assert app.state.passwords.check(kept, "tri gair rhyfedd").is_right


def test_a_password_that_cannot_be_used_says_why_and_the_link_stays_good(app, stranger, ann):
    asked_for(app, stranger, "ann@example.org")
    (link,) = links_in_mail(app)
    said = {
        typed: stranger.open(link).fill("New password", typed).press("Set this password").problems()
        for typed in ("short", "x" * 200, "aaaaaaaaaaaaaa", "Ann Example Ann")
    }
    assert len({str(one) for one in said.values()}) == 4
    assert stranger.open(link).heading == "Choose a new password"


def test_a_link_ends(app, stranger, ann):
    with time_machine.travel(NOON, tick=False) as clock:
        asked_for(app, stranger, "ann@example.org")
        (link,) = links_in_mail(app)
        clock.shift(7199)
        assert stranger.open(link).heading == "Choose a new password"
        clock.shift(2)
        over = stranger.open(link, 410)
        assert over.heading == "This link is over"
        assert over.follow("Ask for a new link").heading == "Ask for a new password"


@pytest.mark.parametrize("token", ["a" * 43, "A-_" + "b" * 40])
def test_a_link_that_was_never_sent_says_no_more_than_one_that_has_ended(stranger, token):
    assert stranger.client.get(f"/en/new-password/{token}").status_code == 410
    assert stranger.client.get(f"/en/invitation/{token}").status_code == 410
    assert stranger.client.post(f"/en/invitation/{token}", data={"new_password": PASSWORD}).status_code == 410


def test_letters_are_in_the_language_of_the_account(app, stranger):
    with app.state.database.unit_of_work() as session:
        account(session, name="Siôn Ŵyn", email="sion@example.org", language="cy")
    asked_for(app, stranger, "sion@example.org")
    with app.state.database.reading() as session:
        (letter,) = session.exec(select(OutboxMessage)).all()
    assert "Siôn Ŵyn" in letter.body
    assert "/cy/cyfrinair-newydd/" in letter.body
    assert letter.about


def test_what_was_typed_is_kept_for_who_was_signed_out_in_between(app, stranger, ann, clock):
    with app.state.database.unit_of_work() as session:
        token = signed_in(session, session.get(Account, ann))
    stranger.client.cookies.set(sessions.cookie_name(app.state.settings), token)
    page = stranger.open("/en/account")
    clock.shift(9000)
    answer = stranger.client.post("/en/account/name", data={"name": "Ann Newname", "language": "cy"})
    assert answer.status_code == 401
    assert "Ann Newname" in answer.text
    secret = stranger.client.post("/en/account/password", data={"password": "p" * 12, "new_password": "q" * 14})
    assert secret.status_code == 401
    assert "qqqq" not in secret.text
    assert page.status == 200


def test_the_authenticator_of_one_account_is_none_of_another(app, ann):
    with app.state.database.unit_of_work() as session:
        one, other = session.get(Account, ann), account(session, "analyst")
        code = pyotp.TOTP(authenticator(session, app.state.vault, one)).now()
        authenticator(session, app.state.vault, other)
        assert not factors.use_code(session, app.state.vault, other, code)
        assert factors.use_code(session, app.state.vault, one, code)
        assert not factors.use_code(session, app.state.vault, one, code)
