"""The troubles that a person can meet and a page can name, each mapped to one HTTP status in one table, in
`portal.web.errors`; and how a fault of ours is told to the log.
"""

from __future__ import annotations

import traceback


class Trouble(Exception):
    """Something that cannot be granted: true, expected, and said plainly to the person who asked."""


class NotFound(Trouble):
    """There is no such thing, or it is not this person's to see."""


class NotAllowed(Trouble):
    """The person is known and may not do this."""


class SignedOut(Trouble):
    """The page is for people who are signed in, and this person is not, or no longer."""


class Conflict(Trouble):
    """The thing changed while the person was working on it, or the act has been done already."""


class Gone(Trouble):
    """It was here and has been withdrawn for good."""


class TooOften(Trouble):
    """More tries than the limit allows; `retry_after` says in how many seconds to come back."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class Unavailable(Trouble):
    """The database or the disk does not answer at this moment; nothing was kept, and nothing was lost."""


def where_it_rose(error: BaseException) -> str:
    """A fault for the log: the kinds of exception and the lines of code, from the outermost call to the innermost.

    Never their messages, which may quote what somebody typed: a database names the value that it refused.
    """
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        told.append("\n".join([type(seen).__qualname__, *lines]))
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\ncaused by ".join(told)
