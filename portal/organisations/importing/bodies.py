"""Organisations, posts and holders brought in. What is in no file stays as it is: a list of some is no list of all."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, col, select

from portal.organisations.importing.bringing import Hand
from portal.organisations.importing.found import FoundPost, Gathered
from portal.organisations.models import Holder, Organisation, Post
from portal.organisations.service import Kind
from portal.places.importing.files import FileRefused, FilesRefused
from portal.places.names import fold


def bring_organisations(hand: Hand, gathered: Gathered, *, only_new: bool = False) -> None:
    """Check everything first, then write. `only_new` leaves what stands already as it is. Raises FilesRefused."""
    standing = {one.code: one for one in hand.session.exec(select(Organisation))}
    _refuse_doubles(gathered)
    _refuse_ended(gathered, standing)
    known = set(standing) | {one.code for one in gathered.organisations}
    for post in gathered.posts:
        if post.organisation not in known:
            gathered.fault(post.at, f"there is no organisation {post.organisation!r} in the files or in the portal")
    _refuse_two_figures(hand.session, gathered)
    gathered.refuse_if_faulty()
    for found in gathered.organisations:
        row, name = standing.get(found.code), str(found.fields["name_en"])
        if row is None:
            added = hand.add(Kind.organisation, {"code": found.code, **found.fields}, name)
            standing[found.code] = added  # type: ignore[assignment]
        elif not only_new:
            hand.change(Kind.organisation, row, dict(found.fields), name)
    for post in sorted(gathered.posts, key=_is_figure):  # who is it no more makes room for who is it now
        _bring_post(hand, standing[post.organisation], post)


def _is_figure(one: FoundPost) -> bool:
    return bool(one.fields.get("is_portfolio_holder"))


def _refuse_doubles(gathered: Gathered) -> None:
    seen: dict[tuple[str, str], str] = {}
    rows = [(("", one.code), one.at) for one in gathered.organisations]
    rows += [((one.organisation, one.code), one.at) for one in gathered.posts]
    for key, at in rows:
        before = seen.setdefault(key, str(at))
        if before != str(at):
            gathered.fault(at, f"{key[1]!r} stands in the list twice, first at {before}")


def _refuse_ended(gathered: Gathered, standing: Mapping[str, Organisation]) -> None:
    for one in gathered.organisations:
        row = standing.get(one.code)
        if row is not None and row.ends_on is not None:
            gathered.fault(one.at, f"{one.code!r} ended on {row.ends_on}; what took its place needs a code of its own")


def _refuse_two_figures(session: Session, gathered: Gathered) -> None:
    """There is one portfolio holder for community safety."""
    figures = [one for one in gathered.posts if _is_figure(one)]
    told = {(one.organisation, one.code) for one in gathered.posts if "is_portfolio_holder" in one.fields}
    wanted = select(Organisation.code, Post.code).join(Post, col(Post.organisation_id) == Organisation.id)
    wanted = wanted.where(col(Post.is_portfolio_holder), col(Post.ends_on).is_(None))
    standing = [key for key in session.exec(wanted) if tuple(key) not in told]
    keys = [*standing, *((one.organisation, one.code) for one in figures)]
    for one in figures:
        if (one.organisation, one.code) != tuple(keys[0]):
            organisation, post = keys[0]
            gathered.fault(one.at, f"{post!r} of {organisation!r} is the portfolio holder already; there is one")


def _bring_post(hand: Hand, organisation: Organisation, found: FoundPost) -> None:
    wanted = select(Post).where(Post.organisation_id == organisation.key, Post.code == found.code)
    post = hand.session.exec(wanted).first()
    title, where = str(found.fields["title_en"]), organisation.name_en
    if post is None:
        values = {"organisation_id": organisation.key, "code": found.code, **found.fields}
        post = hand.add(Kind.post, values, title, where)  # type: ignore[assignment]
    elif post.ends_on is not None:
        raise FilesRefused([FileRefused(found.at.file, found.at.where, f"{found.code!r} ended on {post.ends_on}")])
    else:
        hand.change(Kind.post, post, dict(found.fields), title, where)
    if found.name is not None and post is not None:
        _bring_holder(hand, post, found)


def _bring_holder(hand: Hand, post: Post, found: FoundPost) -> None:
    """Somebody else in the file follows who held it; nobody in the file leaves it vacant."""
    wanted = select(Holder).where(Holder.post_id == post.key, col(Holder.ends_on).is_(None))
    holder, where = hand.session.exec(wanted).first(), str(found.fields["title_en"])
    if holder is not None and fold(holder.name) != fold(found.name or ""):
        hand.end(Kind.holder, holder, holder.name, where)
        holder = None
    if not found.name:
        return
    if holder is None:
        hand.add(Kind.holder, {"post_id": post.key, "name": found.name, **found.holder}, found.name, where)
    else:
        hand.change(Kind.holder, holder, {"name": found.name, **found.holder}, found.name, where)
