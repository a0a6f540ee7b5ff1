"""Follow topics by e-mail: ask, confirm from the mailbox, change, leave. Whether an address is known is never told:
whoever asks gets the same answer, and the same letter goes to the address.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, DateTime, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from portal import clock
from portal.audit.service import record
from portal.lifecycle import Actor, Reference
from portal.notifications.models import FollowedTopic, Follower, FollowRequest, Rhythm, Telling
from portal.notifications.rules import digest, email_key, mailbox
from portal.notifications.service import Mail, forget_about, write
from portal.trouble import NotFound
from portal.vault import Vault
from portal.web import limits
from portal.web.letters import Office
from portal.web.limits import Limit
from portal.web.manifest import Held, Topic

UNCONFIRMED_DAYS = 7
_PER_MAILBOX = Limit("follow-mailbox", times=5, seconds=86_400)
"""However many addresses somebody makes up for it with a plus sign."""
_ADD = text(
    "INSERT INTO followed_topic (follower_id, topic, since_at) VALUES (:follower_id, :topic, :since_at)"
    " ON CONFLICT (follower_id, topic) DO NOTHING"
).bindparams(bindparam("since_at", type_=DateTime(timezone=True)))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: that this address be told of a topic."""

    email: str
    topic: Reference
    rhythm: Rhythm
    language: str


@dataclass(frozen=True, slots=True)
class ConfirmLetterContext:
    """What the letter says that asks whether it was they who asked."""

    topic: Topic
    token: str
    days: int


def reference_of(follower: Follower) -> Reference:
    """The name of a follower in the outbox and in the record."""
    return Reference("follower", str(follower.key))


def ask(session: Session, office: Office, wish: Wish, topic: Topic) -> None:
    """Keep what was asked for, and write to the address for the link that confirms it. A mailbox that was written to
    too often today is not written to again, and nobody learns that.
    """
    if limits.spend(session, _PER_MAILBOX, mailbox(wish.email)):
        return
    token = secrets.token_urlsafe(32)
    request = FollowRequest(
        email=wish.email,
        email_key=email_key(wish.email),
        topic=str(wish.topic),
        rhythm=str(wish.rhythm),
        language=wish.language,
        token_hash=digest(token),
        asked_at=clock.now(),
    )
    session.add(request)
    session.flush()
    letter = office.letters.make(
        "confirm-following", ConfirmLetterContext(topic, token, UNCONFIRMED_DAYS), wish.language
    )
    about = _about_request(request)
    mail = Mail(wish.email, letter.subject, letter.body, about=about, language=letter.language)
    write(session, mail, office.settings)


def find_request(session: Session, token: str) -> FollowRequest | None:
    """What the link of a letter asks to be confirmed; None where it is over."""
    before = clock.now() - dt.timedelta(days=UNCONFIRMED_DAYS)
    wanted = select(FollowRequest).where(
        FollowRequest.token_hash == digest(token), col(FollowRequest.asked_at) > before
    )
    return session.exec(wanted).first()


def has_left(session: Session, request: FollowRequest) -> bool:
    """Whether this was confirmed, and the person follows nothing any more."""
    return request.confirmed_at is not None and _by_email(session, request.email_key) is None


def confirm(session: Session, vault: Vault, request: FollowRequest) -> str | None:
    """Follow what was asked for; the token of the private link. Done twice it is done once. None for somebody who
    confirmed, left, and presses the old button again: that does not bring them back.
    """
    if request.confirmed_at is not None:
        known = _by_email(session, request.email_key)
        return vault.open(known.token_sealed) if known else None
    request.confirmed_at = clock.now()
    wish = Wish(request.email, Reference(*request.topic.split(":", 1)), Rhythm(request.rhythm), request.language)
    return follow(session, vault, wish)


def follow(session: Session, vault: Vault, wish: Wish) -> str:
    """Follow a topic, for an address that is known to be theirs; the token of the private link. Their latest word on
    rhythm and language holds for everything that they follow.
    """
    follower = _by_email(session, email_key(wish.email)) or _new(session, vault, wish)
    follower.rhythm, follower.language = wish.rhythm, wish.language
    session.flush()
    values = {"follower_id": follower.key, "topic": str(wish.topic), "since_at": clock.now()}
    session.connection().execute(_ADD, values)
    return vault.open(follower.token_sealed)


def find_follower(session: Session, token: str) -> Follower | None:
    """Whose private link this is."""
    return session.exec(select(Follower).where(Follower.token_hash == digest(token))).first()


def get_follower(session: Session, token: str) -> Follower:
    """The same. Raises NotFound."""
    follower = find_follower(session, token)
    if follower is None:
        raise NotFound("there is no such follower")
    return follower


def topics_of(session: Session, follower: Follower) -> list[str]:
    """What somebody follows, as texts of references, in the order in which they began."""
    wanted = select(FollowedTopic.topic).where(FollowedTopic.follower_id == follower.key)
    return list(session.exec(wanted.order_by(col(FollowedTopic.since_at), FollowedTopic.topic)))


def change(session: Session, follower: Follower, rhythm: Rhythm, language: str) -> None:
    """Another rhythm, another language."""
    follower.rhythm, follower.language = rhythm, language
    session.add(follower)


def leave(session: Session, follower: Follower, topic: str) -> bool:
    """Follow a topic no more, and be told no more of what was announced of it. Who follows nothing else has left
    altogether: nothing is kept of them. Returns whether they still follow something.
    """
    these = (col(FollowedTopic.follower_id) == follower.key, col(FollowedTopic.topic) == topic)
    session.exec(delete(FollowedTopic).where(*these))
    session.exec(delete(Telling).where(col(Telling.follower_id) == follower.key, col(Telling.topic) == topic))
    if topics_of(session, follower):
        return True
    leave_all(session, follower)
    return False


def leave_all(session: Session, follower: Follower) -> None:
    """Forget somebody: the address, what they follow, what they were to be told, and the mail to them. The follower
    goes first, so that whoever writes to them at this instant ends before the mail is looked for.
    """
    requests = session.exec(select(FollowRequest).where(FollowRequest.email_key == follower.email_key)).all()
    session.exec(delete(FollowedTopic).where(col(FollowedTopic.follower_id) == follower.key))
    session.exec(delete(Follower).where(col(Follower.id) == follower.key))
    session.exec(delete(Telling).where(col(Telling.follower_id) == follower.key))
    forget_about(session, [reference_of(follower), *map(_about_request, requests)])
    session.exec(delete(FollowRequest).where(col(FollowRequest.email_key) == follower.email_key))


def forget_unconfirmed(session: Session) -> int:
    """Delete what was asked for more than seven days ago, with its letters. Who confirmed is a follower by now."""
    return _forget(session, session.exec(select(FollowRequest).where(_is_over())).all())


def count_unconfirmed(session: Session) -> int:
    """How many `forget_unconfirmed` would delete now."""
    return session.exec(select(func.count()).select_from(FollowRequest).where(_is_over())).one()


def _is_over() -> ColumnElement[bool]:
    return col(FollowRequest.asked_at) < clock.now() - dt.timedelta(days=UNCONFIRMED_DAYS)


def held(session: Session, email: str) -> Iterator[Held]:
    """What is held about whoever has this address."""
    follower = _by_email(session, email_key(email))
    if follower is not None:
        fields = {"email": follower.email, "language": follower.language, "rhythm": str(follower.rhythm)}
        fields |= {"since": follower.began_at.isoformat(), "topics": ", ".join(topics_of(session, follower))}
        yield Held("follower", fields)
    for one in session.exec(select(FollowRequest).where(FollowRequest.email_key == email_key(email))):
        yield Held("follow-request", {"email": one.email, "topic": one.topic, "asked": one.asked_at.isoformat()})


def erase(session: Session, actor: Actor, email: str) -> int:
    """Forget whoever has this address. Returns how many records went."""
    requests = session.exec(select(FollowRequest).where(FollowRequest.email_key == email_key(email))).all()
    follower = _by_email(session, email_key(email))
    if follower is not None:
        record(session, actor, "follower-erased", reference_of(follower))
        leave_all(session, follower)
        return 1 + len(requests)
    return _forget(session, requests)


def _about_request(request: FollowRequest) -> Reference:
    return Reference("follow-request", str(request.id))


def _forget(session: Session, requests: Sequence[FollowRequest]) -> int:
    forget_about(session, map(_about_request, requests))
    for one in requests:
        session.delete(one)
    return len(requests)


def _by_email(session: Session, key: str) -> Follower | None:
    return session.exec(select(Follower).where(Follower.email_key == key)).first()


def _new(session: Session, vault: Vault, wish: Wish) -> Follower:
    """A follower; of two who confirm at one instant one is made, and both have it."""
    token = secrets.token_urlsafe(32)
    follower = Follower(
        email=wish.email,
        email_key=email_key(wish.email),
        language=wish.language,
        rhythm=wish.rhythm,
        token_hash=digest(token),
        token_sealed=vault.seal(token),
        began_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(follower)
            session.flush()
    except IntegrityError:
        return session.exec(select(Follower).where(Follower.email_key == follower.email_key)).one()
    return follower
