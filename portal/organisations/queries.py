"""Who is in charge: organisations, posts and the people in them; and whose an e-mail address is. A query takes as many
statements for many rows as for one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from portal.notifications.rules import mailbox
from portal.organisations import rules
from portal.organisations.models import Councillor, Holder, Organisation, OrganisationKind, Post, Seat
from portal.organisations.rules import Incumbent, Missing, Place, Standing
from portal.places.models import Area


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, and who holds it."""

    post: Post
    holder: Holder | None
    standing: Standing
    missing: tuple[Missing, ...]
    vacant_since: dt.date | None


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation and its posts: the portfolio holder's first, then as they were entered."""

    organisation: Organisation
    posts: tuple[PostView, ...]
    missing: tuple[Missing, ...]


def organisations_in_charge(
    session: Session, today: dt.date, *, is_public: bool = True
) -> tuple[OrganisationView, ...]:
    """Organisations that go on, by kind and English name; `is_public`: those that the public sees, and their public
    posts.
    """
    posts = select(Post).where(col(Post.ends_on).is_(None)).order_by(col(Post.is_portfolio_holder).desc(), col(Post.id))
    if is_public:
        posts = posts.where(col(Post.is_public))
    current = or_(col(Holder.ends_on).is_(None), col(Holder.ends_on) > today)
    holders = {one.post_id: one for one in session.exec(select(Holder).where(current))}
    left = select(Holder.post_id, func.max(Holder.ends_on)).where(col(Holder.ends_on) <= today)
    since = dict(session.exec(left.group_by(col(Holder.post_id))).all())
    views: defaultdict[int, list[PostView]] = defaultdict(list)
    for post in session.exec(posts):
        views[post.organisation_id].append(_post(post, holders.get(post.key), since.get(post.key), today))
    rows = [one for one in organisations_that_go_on(session) if one.is_public or not is_public]
    return tuple(OrganisationView(one, tuple(views[one.key]), _missing(one, today)) for one in rows)


def organisations_that_go_on(session: Session) -> tuple[Organisation, ...]:
    """Those that have not ended, by kind and English name."""
    rows, order = session.exec(select(Organisation).where(col(Organisation.ends_on).is_(None))), list(OrganisationKind)
    return tuple(sorted(rows, key=lambda one: (order.index(one.kind), one.name_en.casefold(), one.key)))


def organisations_by_number(session: Session, numbers: Iterable[int | None]) -> dict[int, Organisation]:
    """Those of these numbers, whether they go on or have ended."""
    wanted = {one for one in numbers if one is not None}
    if not wanted:
        return {}
    return {one.key: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(wanted)))}


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat that is held: by whom, and the name of its ward."""

    councillor: str
    name_en: str
    name_cy: str


def seats_by_email(session: Session, emails: Iterable[str], today: dt.date) -> dict[str, tuple[HeldSeat, ...]]:
    """The seats that are held today by the councillors whose mailbox each of these addresses is; of most addresses
    none. Who is away holds theirs; whose term is over, and nobody has said who came after, does not.
    """
    keys = {email: mailbox(email) for email in emails}
    if not keys:
        return {}
    wanted = select(Councillor, Seat, Area.name_en, Area.name_cy).join(Seat, col(Seat.id) == Councillor.seat_id)
    wanted = wanted.join(Area, col(Area.id) == Seat.ward_id).order_by(col(Area.code), col(Seat.number))
    wanted = wanted.where(col(Councillor.email) != "")
    sits = or_(col(Councillor.ends_on).is_(None), col(Councillor.ends_on) > today)
    held: defaultdict[str, list[HeldSeat]] = defaultdict(list)
    for one, seat, name_en, name_cy in session.exec(wanted.where(sits)):
        place = Place(seat.number, Incumbent(one.key, term_ends_on=one.term_ends_on), seat.ends_on)
        if rules.standing(place, today) is Standing.present:
            held[mailbox(one.email)].append(HeldSeat(one.name, name_en, name_cy))
    return {email: tuple(held[key]) for email, key in keys.items()}


def organisations_by_email(session: Session, email: str) -> tuple[Organisation, ...]:
    """Those that go on and have this address: their own, a post's, or that of somebody in a post."""
    key = email.strip().lower()
    of_posts = select(Post.organisation_id).outerjoin(Holder, col(Holder.post_id) == Post.id)
    holds = (func.lower(Holder.email) == key) & col(Holder.ends_on).is_(None)
    of_posts = of_posts.where(col(Post.ends_on).is_(None), or_(func.lower(Post.email) == key, holds))
    wanted = select(Organisation).where(
        col(Organisation.ends_on).is_(None),
        or_(func.lower(Organisation.email) == key, col(Organisation.id).in_(of_posts)),
    )
    return tuple(session.exec(wanted.order_by(col(Organisation.id))))


def _post(post: Post, holder: Holder | None, since: dt.date | None, today: dt.date) -> PostView:
    has_contact = bool(post.email or post.telephone or (holder and (holder.email or holder.telephone)))
    incumbent = Incumbent(holder.key, has_contact, holder.term_ends_on) if holder else None
    place = Place(1, incumbent, post.ends_on)
    missing = rules.missing(place, {}, holder.checked_on if holder else None, today)
    return PostView(post, holder, rules.standing(place, today), missing, None if holder else since)


def _missing(one: Organisation, today: dt.date) -> tuple[Missing, ...]:
    found: Iterable[tuple[Missing, bool]] = (
        (Missing.no_contact, not (one.telephone or one.email or one.web_en or one.web_cy)),
        (Missing.unchecked, rules.is_unchecked(one.checked_on, today)),
    )
    return tuple(code for code, is_so in found if is_so)
