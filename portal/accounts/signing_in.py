"""Signing in: password, then the second factor. No page says whether an address is known here, and none takes longer
for one that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.accounts import factors, forms, known, service, sessions, tries
from portal.accounts.acts import SignedIn
from portal.accounts.factors import Setup
from portal.accounts.forms import SigningIn
from portal.accounts.models import WITH_PASSWORD, Account, AccountSession, AccountStatus, SessionStage
from portal.accounts.passwords import Checked, Passwords
from portal.accounts.rules import is_of_an_authenticator
from portal.accounts.tries import Try
from portal.audit.service import record, rows_first
from portal.lifecycle import Actor
from portal.notifications.rules import mailbox
from portal.trouble import SignedOut, TooOften
from portal.web import limits
from portal.web.forms import Problems, line
from portal.web.handlers import action, page, weighty_action
from portal.web.identity import ANYBODY
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class SignInContext:
    """The form, empty or with the address as it was typed."""

    typed: SigningIn
    problems: Problems


@dataclass(frozen=True, slots=True)
class CodeContext:
    """The second step."""

    next: str
    problems: Problems


@dataclass(frozen=True, slots=True)
class SuspendedContext:
    """Nothing but that it is so."""


@dataclass(frozen=True, slots=True)
class SetupContext:
    """How to set up an authenticator."""

    setup: Setup
    next: str
    problems: Problems


def ask(request: Request, session: Session) -> Response:
    """The form; who is signed in already goes on."""
    go_on = forms.next_path(request.query_params.get("next", ""))
    person = sessions.identify(session, request)
    if person is not None:
        return RedirectResponse(go_on or _desk(request, person.language), 303)
    return render(request, "accounts/sign_in.html", SignInContext(SigningIn("", go_on), {}))


def check(request: Request, session: Session, form: FormData) -> TooOften | Callable[[], tuple[Try, Checked]]:
    """Count the try, then check the password in the heavy lane, for an address that is not known as well."""
    typed = forms.signing_in(form)
    account = _with_password(session, typed.email)
    tried = tries.count_password(session, request, typed.email, account)
    if isinstance(tried, TooOften):
        return tried
    passwords: Passwords = request.app.state.passwords
    kept, password = account.password_hash if account else None, forms.secret(form, "password")
    return lambda: (tried, passwords.check(kept, password))


def sign_in(request: Request, session: Session, form: FormData, outcome: tuple[Try, Checked]) -> Response:
    """On to the second step, or in; or the form again, with one sentence for every reason."""
    typed, (tried, checked) = forms.signing_in(form), outcome
    account = _with_password(session, typed.email)
    if account is None or not tries.is_still_right(session, account, checked):
        return render(request, "accounts/sign_in.html", SignInContext(typed, {"email": "wrong"}), status=422)
    tries.give_back(session, tried)
    if account.status is AccountStatus.suspended:
        # Said to the right password alone, which an active account answers with the second step: whoever guesses
        # learns no more by it. It comes before that step, because nobody who is suspended is
        # ever half way in, sets up an authenticator or uses a code up.
        return suspended(request)
    if checked.renewed:
        account.password_hash = checked.renewed
    held = sessions.roles_of(session, account.key)
    owes_code = factors.is_set_up(account) or sessions.holds_guarded_role(request.app.state.roles, held)
    if not owes_code:
        return _let_in(request, session, account, typed.next, SignedIn.password)
    token = sessions.begin(session, request, account, SessionStage.password)
    return _onwards(request, account, typed.next, token, SessionStage.password)


def suspended(request: Request) -> Response:
    """That the account is suspended, and whom to ask: for who gave its password, or has a link that was sent to it."""
    return render(request, "accounts/suspended.html", SuspendedContext(), status=403)


def ask_code(request: Request, session: Session) -> Response:
    """The second step: a code, or the way to an authenticator for who has none yet."""
    _, account = _half_way(request, session)
    go_on = forms.next_path(request.query_params.get("next", ""))
    if not factors.is_set_up(account):
        return RedirectResponse(_path(request, "set_up", next=go_on), 303)
    return render(request, "accounts/code.html", CodeContext(go_on, {}))


def use_code(request: Request, session: Session, form: FormData) -> Response | TooOften:
    """In, with a code of the authenticator; or with a recovery code, and on to what is to be done about that."""
    _, account = _held_half_way(request, session)
    if not factors.is_set_up(account):
        raise SignedOut
    go_on, typed = forms.next_path(line(form, "next", 310)), line(form, "code", 40)
    if is_recovery := not is_of_an_authenticator(typed):
        problem = tries.use_recovery_code(session, account, typed)
    else:
        problem = tries.use_code(session, request.app.state, account, typed)
    if isinstance(problem, TooOften):
        return problem
    if problem:
        return render(request, "accounts/code.html", CodeContext(go_on, {"code": problem}), status=422)
    if is_recovery:
        go_on = f"{_in_own_language(request, 'accounts:own', account.language)}?done=recovery"
        return _let_in(request, session, account, go_on, SignedIn.recovery_code)
    return _let_in(request, session, account, go_on, SignedIn.authenticator)


def ask_to_set_up(request: Request, session: Session) -> Response:
    """A key for the authenticator, as a picture and as text."""
    half_way, account = _half_way(request, session)
    go_on = forms.next_path(request.query_params.get("next", ""))
    if factors.is_set_up(account):
        return RedirectResponse(_path(request, "code", next=go_on), 303)
    return _setup(request, half_way, account, go_on, {})


def set_up(request: Request, session: Session, form: FormData) -> Response | TooOften:
    """The first code was right: in, and on to the recovery codes that are to be kept."""
    half_way, account = _held_half_way(request, session)
    if factors.is_set_up(account):
        raise SignedOut
    if wait := limits.spend(session, tries.CODES, str(account.key)):
        return TooOften(wait)
    go_on, vault = forms.next_path(line(form, "next", 310)), request.app.state.vault
    if not factors.confirm(session, vault, half_way, account, line(form, "code", 40)):
        return _setup(request, half_way, account, go_on, {"code": "wrong"})
    factors.new_recovery_codes(session, vault, account)
    with rows_first(session):
        record(session, _holder(account), "account-second-factor-set-up", service.reference_of(account.key))
        return _let_in(request, session, account, _path(request, "codes", next=go_on), SignedIn.authenticator)


def sign_out(request: Request, session: Session, _form: FormData) -> Response:
    """Out, in this browser."""
    sessions.end(session, request)
    response = RedirectResponse(_path(request, "signed_out"), 303)
    sessions.take_back(response, request.app.state.settings)
    return response


@dataclass(frozen=True, slots=True)
class SignedOutContext:
    """Nothing but that it is so."""


def signed_out(request: Request, _session: Session) -> Response:
    """That it is done, and the way in again."""
    return render(request, "accounts/signed_out.html", SignedOutContext())


def _with_password(session: Session, email: str) -> Account | None:
    wanted = select(Account).where(Account.email_key == mailbox(email), col(Account.status).in_(WITH_PASSWORD))
    return session.exec(wanted).first()


def _half_way(request: Request, session: Session) -> tuple[AccountSession, Account]:
    found = sessions.half_way(session, request)
    if found is None:
        raise SignedOut
    return found


def _held_half_way(request: Request, session: Session) -> tuple[AccountSession, Account]:
    found = sessions.hold_half_way(session, request)
    if found is None:
        raise SignedOut
    return found


def _setup(request: Request, half_way: AccountSession, account: Account, go_on: str, problems: Problems) -> Response:
    issuer = request.app.state.settings.authority.name(request.path_params["lang"])
    setup = factors.offer(request.app.state.vault, half_way, account, issuer)
    return render(
        request, "accounts/set_up.html", SetupContext(setup, go_on, problems), status=422 if problems else 200
    )


def _let_in(request: Request, session: Session, account: Account, go_on: str, how: SignedIn) -> Response:
    """Wholly in, which is an act for the record: the last thing that is written, for it holds the head of the chain."""
    token = sessions.begin(session, request, account, SessionStage.whole)
    record(session, _holder(account), how, service.reference_of(account.key))
    return _onwards(request, account, go_on, token, SessionStage.whole)


def _holder(account: Account) -> Actor:
    return Actor(str(service.reference_of(account.key)), "holder")


def _onwards(request: Request, account: Account, go_on: str, token: str, stage: SessionStage) -> Response:
    if stage is SessionStage.whole:
        place = go_on or _desk(request, account.language)
    else:
        place = _path(request, "code" if factors.is_set_up(account) else "set_up", next=go_on)
    response = RedirectResponse(place, 303)
    sessions.hand_out(response, request.app.state.settings, token)
    if stage is SessionStage.whole:
        known.hand_out(response, request, account)
    return response


def _desk(request: Request, language: str) -> str:
    return _in_own_language(request, "desk:show", language)


def _in_own_language(request: Request, name: str, language: str) -> str:
    """A page in the language that the person works in, where the portal has it."""
    languages = request.app.state.settings.languages
    lang = language if language in languages else languages[0]
    return str(request.app.state.urls.path(name, lang))


def _path(request: Request, name: str, /, *, next: str = "", **params: str) -> str:  # noqa: A002 - as in the address
    path = str(request.app.state.urls.path(f"accounts:{name}", request.path_params["lang"], **params))
    return f"{path}?next={next}" if next else path


routes = (
    PageRoute("/sign-in", page(ask, may=ANYBODY), "accounts:sign_in"),
    PageRoute("/sign-in", weighty_action(check, sign_in, may=ANYBODY), "accounts:check", ("POST",)),
    PageRoute("/sign-in/code", page(ask_code, may=ANYBODY), "accounts:code"),
    PageRoute("/sign-in/code", action(use_code, may=ANYBODY), "accounts:use_code", ("POST",)),
    PageRoute("/sign-in/authenticator", page(ask_to_set_up, may=ANYBODY, is_recorded=True), "accounts:set_up"),
    PageRoute("/sign-in/authenticator", action(set_up, may=ANYBODY), "accounts:finish_set_up", ("POST",)),
    PageRoute("/sign-out", page(signed_out, may=ANYBODY), "accounts:signed_out"),
    PageRoute("/sign-out", action(sign_out, may=ANYBODY), "accounts:sign_out", ("POST",)),
)
