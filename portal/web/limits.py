"""How often one caller may do one thing. Counted in the database, so that every process counts alike and a restart
forgets nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from sqlalchemy import Date, Engine, bindparam, text
from sqlmodel import Field, Session, SQLModel
from starlette.requests import Request

from portal import clock
from portal.db import on_commit

_SPEND = text(
    "INSERT INTO rate_count (bucket, window_start, count) VALUES (:bucket, :window, 1)"
    " ON CONFLICT (bucket, window_start) DO UPDATE SET count = rate_count.count + 1 RETURNING count"
)
_GIVE_BACK = text(
    "UPDATE rate_count SET count = count - 1 WHERE bucket = :bucket AND window_start = :window AND count > 0"
)
_SPENT = text("SELECT count FROM rate_count WHERE bucket = :bucket AND window_start = :window")
_SALT = text("SELECT salt FROM caller_salt WHERE day = :day").bindparams(bindparam("day", type_=Date))
_NEW_SALT = text("INSERT INTO caller_salt (day, salt) VALUES (:day, :salt) ON CONFLICT (day) DO NOTHING").bindparams(
    bindparam("day", type_=Date)
)
_KNOWN_SALTS: WeakKeyDictionary[Engine, tuple[dt.date, str]] = WeakKeyDictionary()
_FORGET_SALTS = text("DELETE FROM caller_salt WHERE day < :day").bindparams(bindparam("day", type_=Date))


class RateCount(SQLModel, table=True):
    """How often a caller (as a keyed hash that cannot be reversed once the day's salt is gone) did a thing in one
    window.
    """

    __tablename__ = "rate_count"

    bucket: str = Field(primary_key=True, max_length=120)
    window_start: int = Field(primary_key=True)
    count: int


class CallerSalt(SQLModel, table=True):
    """The day's secret for hashing addresses; deleted after two days, and the hashes mean nothing from then on. The day
    is one of UTC, as windows are: at London's midnight in summer a window goes on, and so does its count.
    """

    __tablename__ = "caller_salt"

    day: dt.date = Field(primary_key=True)
    salt: str = Field(max_length=64)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in any one window of `seconds`."""

    what: str
    times: int
    seconds: int


def spend(session: Session, limit: Limit, who: str) -> int:
    """Count one try. Returns 0 when it is within the limit, else in how many seconds the window ends."""
    now = clock.now()
    window, left = _window(limit, now)
    counted = {"bucket": _bucket(session, limit, who, now), "window": window}
    count = session.connection().execute(_SPEND, counted).scalar_one()
    return 0 if count <= limit.times else left


def give_back(session: Session, limit: Limit, who: str, spent_at: dt.datetime) -> None:
    """Take back one try that was counted at `spent_at`: as if it had not been made. It is taken from the window in
    which it was counted, so that nobody who waits for the next one has more tries in that.
    """
    spent = {"bucket": _bucket(session, limit, who, spent_at), "window": _window(limit, spent_at)[0]}
    session.connection().execute(_GIVE_BACK, spent)


def until_next(session: Session, limit: Limit, who: str) -> int:
    """The same of the next try, which is not counted: 0 while one is left, else in how many seconds the window ends."""
    now = clock.now()
    window, left = _window(limit, now)
    asked = {"bucket": _bucket(session, limit, who, now), "window": window}
    count = session.connection().execute(_SPENT, asked).scalar()
    return 0 if (count or 0) < limit.times else left


def caller(request: Request) -> str:
    """The caller's address, or network where one caller has many.

    A forwarded address is believed only from as many proxies as the settings trust.
    """
    trusted = request.app.state.settings.trusted_proxies
    direct = request.client.host if request.client else "unknown"
    hops = [hop.strip() for value in request.headers.getlist("x-forwarded-for") for hop in value.split(",")]
    return _household(hops[-trusted] if 0 < trusted <= len(hops) else direct)


def _household(address: str) -> str:
    """What one caller has of addresses: of IPv4 one, of IPv6 the whole /64 that each connection is given (RFC 6177)."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004 - the version of the protocol
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), 64), strict=False))


def forget_old(session: Session) -> int:
    """Delete counts and salts of more than two days ago. Returns how many counts went."""
    before = clock.now().date() - dt.timedelta(days=2)
    moment = int(clock.now().timestamp()) - 2 * 24 * 3600
    gone = session.connection().execute(text("DELETE FROM rate_count WHERE window_start < :moment"), {"moment": moment})
    session.connection().execute(_FORGET_SALTS, {"day": before})
    _KNOWN_SALTS.clear()
    return int(gone.rowcount)


def count_old(session: Session) -> int:
    """How many counts `forget_old` would delete now."""
    moment = int(clock.now().timestamp()) - 2 * 24 * 3600
    counted = text("SELECT count(*) FROM rate_count WHERE window_start < :moment")
    return int(session.connection().execute(counted, {"moment": moment}).scalar_one())


def _window(limit: Limit, at: dt.datetime) -> tuple[int, int]:
    """When the window of a moment began, as a Unix time, and in how many seconds from that moment it ends."""
    moment = int(at.timestamp())
    gone = moment % limit.seconds
    return moment - gone, limit.seconds - gone


def _bucket(session: Session, limit: Limit, who: str, at: dt.datetime) -> str:
    return f"{limit.what}:{_hashed(session, who, at)}"


def _hashed(session: Session, who: str, at: dt.datetime) -> str:
    return hmac.new(_salt_of(session, at.date()).encode(), who.encode(), hashlib.sha256).hexdigest()[:32]


def _salt_of(session: Session, day: dt.date) -> str:
    """The day's salt, made by whoever asks first. It never changes, so a process asks the database for it once."""
    connection = session.connection()
    engine = connection.engine
    known = _KNOWN_SALTS.get(engine)
    if known is not None and known[0] == day:
        return known[1]
    salt: str | None = connection.execute(_SALT, {"day": day}).scalar()
    if salt is None:
        connection.execute(_NEW_SALT, {"day": day, "salt": secrets.token_hex(32)})
        salt = str(connection.execute(_SALT, {"day": day}).scalar_one())
    on_commit(session, partial(_KNOWN_SALTS.__setitem__, engine, (day, salt)))
    return salt
