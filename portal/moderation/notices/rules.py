"""The clock and the contents of a notice of complaint: pure. Source: the Defamation (Operators of Websites) Regulations
2013 (SI 2013/3028), as made; whether they were amended since nobody has confirmed.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from portal import clock
from portal.clock import Nation
from portal.moderation.rules import end_of

HOURS = dt.timedelta(hours=48)
_POSTER_DAYS = 5
_EARLIER_REMOVALS = 2


class Contents(Protocol):
    """What a notice says."""

    @property
    def name(self) -> str:
        """Who complains."""

    @property
    def about(self) -> str:
        """Where the statement stands."""

    @property
    def words(self) -> str:
        """The statement."""

    @property
    def meaning(self) -> str:
        """What they take it to mean, and why that is defamatory of them."""

    @property
    def wrong(self) -> str:
        """Which facts are wrong, or which opinions no fact supports."""

    @property
    def lacks_details(self) -> bool:
        """That they know too little of the poster to bring proceedings."""

    @property
    def may_name(self) -> bool | None:
        """Whether the poster may have their name."""

    @property
    def may_give_email(self) -> bool | None:
        """Whether the poster may have their address."""


def missing(notice: Contents) -> tuple[str, ...]:
    """What a notice lacks of its prescribed contents, by the names of its fields, in the order of the form. Source:
    section 5(6)(a) to (c) of the Act, regulation 2. The e-mail address is never missing: without it no notice is taken.
    """
    texts = ("name", "about", "words", "meaning", "wrong")
    found = [one for one in texts if not getattr(notice, one).strip()]
    found += [] if notice.lacks_details else ["lacks_details"]
    found += [one for one in ("may_name", "may_give_email") if getattr(notice, one) is None]
    return tuple(found)


def within_48_hours(start: dt.datetime) -> dt.datetime:
    """48 hours after a moment, where time on a Saturday, a Sunday, Good Friday, Christmas Day or a bank holiday is
    disregarded. Source: regulation 1(3). Days are days in London; both changes of the clocks fall on Sundays.

    The regulation knows one list, of England and Wales. Were the two ever to differ, only what is a holiday in both is
    disregarded here: nobody is late who goes by that.
    """
    at, left = start.astimezone(dt.UTC), HOURS
    while True:
        day = clock.london_day(at)
        midnight = end_of(day)
        if any(clock.is_working_day(day, nation) for nation in Nation):
            if midnight - at >= left:
                return at + left
            left -= midnight - at
        at = midnight


def last_day(contacted_at: dt.datetime) -> dt.date:
    """The day at whose end the poster's time to answer is over: the 5th after the day on which they were written to,
    whatever day that is. Source: Schedule, paragraph 2(1)(b)(i).
    """
    return clock.london_day(contacted_at) + dt.timedelta(days=_POSTER_DAYS)


def poster_deadline(contacted_at: dt.datetime) -> dt.datetime:
    """Midnight at the end of that day."""
    return end_of(last_day(contacted_at))


def due_at(
    status: str,
    received_at: dt.datetime,
    contacted_at: dt.datetime | None,
    replied_at: dt.datetime | None,
) -> dt.datetime | None:
    """Until when the next step must be taken; None where there is none. Source: regulation 4(2)(b) and the Schedule,
    paragraphs 2 to 9. Reckoned anew whenever it is asked for, so that a new bank holiday moves every open notice.
    """
    if status == "received":
        return within_48_hours(received_at)
    if status == "poster_contacted" and contacted_at is not None:
        return within_48_hours(poster_deadline(contacted_at))
    if status in {"poster_agreed", "poster_objected", "reply_defective"} and replied_at is not None:
        return within_48_hours(replied_at)
    return None


def is_third(*, says_repeated: bool, removed_before: int) -> bool:
    """Whether the statement must simply be removed: who complains has said that they complained about it twice before
    or more, and each time it was removed. Source: Schedule, paragraph 9. That it is the same statement by the same
    person somebody must judge.
    """
    return says_repeated and removed_before >= _EARLIER_REMOVALS
