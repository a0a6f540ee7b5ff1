"""The one figure who answers for community safety: whose post it is now, and how it moves to another."""

from __future__ import annotations

from sqlmodel import Session, col, select

from portal.lifecycle import Actor
from portal.organisations.models import Organisation, Post
from portal.organisations.service import Kind, change, get_row


def figure_beside(session: Session, key: int) -> tuple[Post, Organisation] | None:
    """The portfolio holder's post and its organisation, where it is another than the post `key`."""
    wanted = select(Post, Organisation).join(Organisation, col(Organisation.id) == Post.organisation_id)
    wanted = wanted.where(col(Post.is_portfolio_holder), col(Post.ends_on).is_(None), Post.id != key)
    return session.exec(wanted).first()


def make_room(session: Session, actor: Actor, key: int) -> None:
    """Have the post that is the portfolio holder's be so no more, for the post `key` is to be: 0 for one that is not
    there yet. Both are held, in the order in which everybody holds posts. Raises NotFound.
    """
    found = figure_beside(session, key)
    if found is None:
        return
    for one in sorted({found[0].key, key} - {0}):
        get_row(session, Kind.post, one, is_held=True)
    change(session, actor, Kind.post, found[0].key, {"is_portfolio_holder": False})
