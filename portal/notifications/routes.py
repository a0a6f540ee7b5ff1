"""Following by e-mail: the form, the link that confirms, the private page, and the ways to leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.db import Database
from portal.notifications import following, forms
from portal.notifications.following import Wish
from portal.notifications.forms import Asked
from portal.notifications.models import Follower, Rhythm
from portal.notifications.topics import find_topic, get_public_topic
from portal.web import idempotency
from portal.web.forms import Problems, line
from portal.web.handlers import Endpoint, action, page
from portal.web.identity import ANYBODY
from portal.web.limits import Limit
from portal.web.manifest import PageRoute, PlainRoute, Topic, TopicKind
from portal.web.security import ONE_CLICK
from portal.web.templates import render

_LIMIT = Limit("follow", times=30, seconds=3600)
_GONE = Topic("", "", "hub:front")
"""In the place of a topic that is no more, so that it can still be left."""
_DONE = frozenset({"confirmed", "saved", "left"})


@dataclass(frozen=True, slots=True)
class Followable:
    """A topic, and how the form names it."""

    reference: str
    topic: Topic

    @property
    def kind(self) -> str:
        return self.reference.partition(":")[0]

    @property
    def key(self) -> str:
        return self.reference.partition(":")[2]


@dataclass(frozen=True, slots=True)
class FollowContext:
    """The form for one topic; without one what there is to follow."""

    chosen: Followable | None
    offered: tuple[Followable, ...]
    typed: Asked
    problems: Problems
    form_key: str


@dataclass(frozen=True, slots=True)
class NoContext:
    """The page says everything by itself."""


@dataclass(frozen=True, slots=True)
class ConfirmContext:
    """What would be followed, once the button is pressed; or is, since it was."""

    token: str
    topic: Topic
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class SettingsContext:
    """What one follower follows, and how they are told."""

    token: str
    email: str
    followed: tuple[Followable, ...]
    rhythm: Rhythm
    language: str
    done: str
    problems: Problems


def ask(request: Request, session: Session) -> Response:
    """The form for the topic that the address names, or the list of what can be followed."""
    topic = request.query_params.get("topic", "")
    return _form(request, session, Asked(topic, "", Rhythm.weekly), {})


def follow(request: Request, session: Session, form: FormData) -> Response:
    """Write to the address for its confirmation. Whoever asks sees the same page, whether it is known or not."""
    typed, problems = forms.asked(form)
    reference, topic = get_public_topic(_kinds(request), session, typed.topic)
    if problems:
        return _form(request, session, typed, problems)

    def make() -> str:
        lang = request.path_params["lang"]
        following.ask(session, request.app.state, Wish(typed.email, reference, typed.rhythm, lang), topic)
        return str(request.app.state.urls.path("notifications:sent", lang))

    return RedirectResponse(idempotency.once(session, form, make), 303)


def sent(request: Request, _session: Session) -> Response:
    """What to do next: look into the mailbox."""
    return render(request, "notifications/sent.html", NoContext())


def ask_to_confirm(request: Request, session: Session) -> Response:
    """The button behind the link of the letter: programs that open every link confirm nothing."""
    asked = following.find_request(session, request.path_params["token"])
    if asked is None or following.has_left(session, asked):
        return _over(request)
    topic = find_topic(_kinds(request), session, asked.topic) or _GONE
    context = ConfirmContext(request.path_params["token"], topic, is_confirmed=asked.confirmed_at is not None)
    return render(request, "notifications/confirm.html", context)


def confirm(request: Request, session: Session, _form: FormData) -> Response:
    """Follow, and show the private page."""
    asked = following.find_request(session, request.path_params["token"])
    token = following.confirm(session, request.app.state.vault, asked) if asked is not None else None
    if token is None:
        return _over(request)
    return _to_settings(request, token, "confirmed", request.path_params["lang"])


def settings(request: Request, session: Session) -> Response:
    """The private page of a follower; for who has left, that the link is over."""
    follower = following.find_follower(session, request.path_params["token"])
    if follower is None:
        return _over(request)
    done = request.query_params.get("done", "")
    return _settings(request, session, follower, {}, done if done in _DONE else "")


def change(request: Request, session: Session, form: FormData) -> Response:
    """Another rhythm or language."""
    follower = following.find_follower(session, request.path_params["token"])
    if follower is None:
        return _over(request)
    rhythm, language, problems = forms.chosen(form, request.app.state.settings.languages)
    if problems:
        return _settings(request, session, follower, problems, "")
    following.change(session, follower, rhythm, language)
    return _to_settings(request, request.path_params["token"], "saved", language)


def leave(request: Request, session: Session, form: FormData) -> Response:
    """One topic less; after the last one nothing is kept."""
    follower = following.find_follower(session, request.path_params["token"])
    if follower is not None and following.leave(session, follower, line(form, "topic")):
        return _to_settings(request, request.path_params["token"], "left", request.path_params["lang"])
    return _to_left(request)


def leave_all(request: Request, session: Session, _form: FormData) -> Response:
    """Forget the follower. Who has left already is told the same."""
    _forget(session, request.path_params["token"])
    return _to_left(request)


def left(request: Request, _session: Session) -> Response:
    """That nothing is kept any more."""
    return render(request, "notifications/left.html", NoContext())


async def one_click(request: Request) -> Response:
    """A mail program leaves for its reader (RFC 8058). It may send its form in any encoding, so the form is not read:
    the link says everything. Who has left already gets the same answer.
    """
    database: Database = request.app.state.database
    token = request.path_params["token"]
    await database.write(lambda session: _forget(session, token))
    return PlainTextResponse("ok\n")


def by_hand(request: Request, session: Session) -> Response:
    """Somebody who opens the same link in a browser, where nothing is done without a button."""
    follower = following.find_follower(session, request.path_params["token"])
    if follower is None:
        return RedirectResponse(_path(request, "notifications:left", request.app.state.settings.languages[0]), 303)
    language = request.app.state.letters.spoken_to(follower.language)
    return RedirectResponse(_path(request, "notifications:settings", language, token=request.path_params["token"]), 303)


def _form(request: Request, session: Session, typed: Asked, problems: Problems) -> Response:
    kinds = _kinds(request)
    chosen = Followable(typed.topic, get_public_topic(kinds, session, typed.topic)[1]) if typed.topic else None
    offered = () if chosen else tuple(_offered(kinds, session))
    context = FollowContext(chosen, offered, typed, problems, idempotency.new_key())
    return render(request, "notifications/follow.html", context, status=422 if problems else 200)


def _offered(kinds: Mapping[str, TopicKind], session: Session) -> list[Followable]:
    """The topics that are always there; the many others are followed from their own pages."""
    found = ((f"{kind.kind}:{key}", kind.find(session, key)) for kind in kinds.values() for key in kind.always)
    return [Followable(reference, topic) for reference, topic in found if topic is not None]


def _settings(request: Request, session: Session, follower: Follower, problems: Problems, done: str) -> Response:
    topics = ((one, find_topic(_kinds(request), session, one)) for one in following.topics_of(session, follower))
    context = SettingsContext(
        token=request.path_params["token"],
        email=follower.email,
        followed=tuple(Followable(reference, topic or _GONE) for reference, topic in topics),
        rhythm=follower.rhythm,
        language=follower.language,
        done=done,
        problems=problems,
    )
    return render(request, "notifications/settings.html", context, status=422 if problems else 200)


def _over(request: Request) -> Response:
    """The link of the letter is over: how to go on."""
    return render(request, "notifications/over.html", NoContext(), status=410)


def _forget(session: Session, token: str) -> None:
    follower = following.find_follower(session, token)
    if follower is not None:
        following.leave_all(session, follower)


def _kinds(request: Request) -> Mapping[str, TopicKind]:
    kinds: Mapping[str, TopicKind] = request.app.state.topics
    return kinds


def _path(request: Request, name: str, lang: str, **params: str) -> str:
    return str(request.app.state.urls.path(name, lang, **params))


def _to_settings(request: Request, token: str, done: str, lang: str) -> Response:
    return RedirectResponse(f"{_path(request, 'notifications:settings', lang, token=token)}?done={done}", 303)


def _to_left(request: Request) -> Response:
    return RedirectResponse(_path(request, "notifications:left", request.path_params["lang"]), 303)


_SETTINGS = "/follow/settings/{token:token}"

routes = (
    PageRoute("/follow", page(ask, may=ANYBODY), "notifications:follow"),
    PageRoute("/follow", action(follow, may=ANYBODY, limit=_LIMIT), "notifications:ask", ("POST",)),
    PageRoute("/follow/sent", page(sent, may=ANYBODY), "notifications:sent"),
    PageRoute("/follow/left", page(left, may=ANYBODY), "notifications:left"),
    PageRoute("/follow/confirm/{token:token}", page(ask_to_confirm, may=ANYBODY), "notifications:ask_to_confirm"),
    PageRoute("/follow/confirm/{token:token}", action(confirm, may=ANYBODY), "notifications:confirm", ("POST",)),
    PageRoute(_SETTINGS, page(settings, may=ANYBODY), "notifications:settings"),
    PageRoute(_SETTINGS, action(change, may=ANYBODY), "notifications:change", ("POST",)),
    PageRoute(f"{_SETTINGS}/leave", action(leave, may=ANYBODY), "notifications:leave", ("POST",)),
    PageRoute(f"{_SETTINGS}/leave-all", action(leave_all, may=ANYBODY), "notifications:leave_all", ("POST",)),
)

plain_routes = (
    PlainRoute(f"{ONE_CLICK}{{token:token}}", page(by_hand, may=ANYBODY), "notifications:by_hand"),
    PlainRoute(f"{ONE_CLICK}{{token:token}}", Endpoint(one_click, ANYBODY), "notifications:one_click", ("POST",)),
)
