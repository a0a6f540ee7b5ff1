"""The queue, for moderators; and for everybody the rules by which it is worked, and how quickly in each language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.moderation import queries
from portal.moderation.permissions import MODERATE
from portal.moderation.queries import SPEED_DAYS, Queued
from portal.moderation.rules import Speed
from portal.web.handlers import page
from portal.web.identity import ANYBODY, holding, person_of
from portal.web.manifest import PageRoute
from portal.web.templates import render


@dataclass(frozen=True, slots=True)
class QueueContext:
    """What waits, or what was decided, as it was asked for."""

    items: tuple[Queued, ...]
    language: str
    whose: str
    speeds: tuple[Speed, ...]
    days: int


@dataclass(frozen=True, slots=True)
class RulesContext:
    """The rules in plain words, and the speed."""

    speeds: tuple[Speed, ...]
    days: int
    working_days: int
    months: int


def queue(request: Request, session: Session) -> Response:
    """The queue: of one language, one's own, or what was decided last."""
    settings, query = request.app.state.settings, request.query_params
    language = query.get("language", "")
    language = language if language in settings.languages else ""
    whose = query.get("whose", "")
    if whose == "decided":
        items = queries.decided(session, settings)
    else:
        whose = "mine" if whose == "mine" else ""
        items = queries.queue(session, settings, language, person_of(request).account_id if whose else None)
    context = QueueContext(items, language, whose, queries.speeds(session, settings), SPEED_DAYS)
    return render(request, "moderation/queue.html", context)


def rules(request: Request, session: Session) -> Response:
    """What is not shown, who decides, how soon, and whether both languages are decided equally soon."""
    settings = request.app.state.settings
    speeds = queries.speeds(session, settings)
    context = RulesContext(speeds, SPEED_DAYS, settings.moderation_days, settings.moderation_months)
    return render(request, "moderation/rules.html", context)


routes = (
    PageRoute("/moderation", page(rules, may=ANYBODY), "moderation:rules"),
    PageRoute("/moderation/queue", page(queue, may=holding(MODERATE)), "moderation:queue"),
)
