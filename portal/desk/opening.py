"""What a portal still needs before it serves anybody well, gathered from every noun."""

from __future__ import annotations

from sqlmodel import Session
from starlette.datastructures import State

from portal.web.manifest import FirstStep
from portal.web.templates import plain_sentence


def first_steps(state: State, session: Session) -> tuple[FirstStep, ...]:
    """Every step that is left, in the order of the nouns. A demonstration is never opened: it has none."""
    if state.settings.demo:
        return ()
    return tuple(step for noun in state.first_steps for step in noun(session, state.settings))


def sentence(state: State, lang: str, step: FirstStep) -> str:
    """The step as plain text."""
    return plain_sentence(state.templates, lang, step.template, it=step.context)
