"""What was announced of a topic, as an Atom feed in each language: for who would rather not give an address."""

from __future__ import annotations

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal import clock
from portal.notifications.announcing import announced
from portal.notifications.telling import find_line
from portal.notifications.topics import get_public_topic
from portal.web.feeds import ATOM_TYPE, Entry, Feed, atom
from portal.web.handlers import page
from portal.web.manifest import PageRoute


def feed(request: Request, session: Session) -> Response:
    """The newest first, at most fifty."""
    params, state = request.path_params, request.app.state
    lang, letters = params["lang"], state.letters
    reference, topic = get_public_topic(state.topics, session, f"{params['kind']}:{params['key']}")
    rows = [(one, find_line(letters, one, lang, is_feed=True)) for one in announced(session, reference)]
    made = Feed(
        title=f"{topic.name(lang)} – {state.settings.authority.name(lang)}",
        author=state.settings.authority.name(lang),
        language=lang,
        address=letters.address(lang, topic.route, topic.params.get(lang, {})),
        own_address=letters.address(lang, "notifications:feed", {"kind": reference.kind, "key": reference.key}),
        entries=tuple(Entry(one.key, line.said, line.address, one.at) for one, line in rows if line),
        updated_at=clock.now(),
    )
    return Response(atom(made), headers={"content-type": f"{ATOM_TYPE}; charset=utf-8"})


routes = (
    PageRoute("/feed/{kind:slug}/{key:slug}.atom", page(feed, shows=("notifications", "places")), "notifications:feed"),
)
