"""The settings in force: those of the start, with what was changed on screen. A process learns of a change from the
revisions, which it looks at twice a second anyway: no request asks the database for settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from sqlmodel import Session

from portal import revisions
from portal.db import Database
from portal.settings import Settings

AUTHORITY = "authority"
"""The noun whose revision says that settings were changed. Its name, colour and contacts stand on every page."""

LookUp = Callable[[Session, Settings], Settings]
Follow = Callable[[Settings], None]


class Effective:
    """What is in force in one process. `base` is what it started with."""

    def __init__(self, base: Settings, look_up: LookUp) -> None:
        self.base = self.settings = base
        self._look_up = look_up
        self._follow: Follow | None = None
        self._number = 0
        self._lock = threading.Lock()

    def follow(self, follow: Follow) -> None:
        """Say who takes over settings when they have changed."""
        self._follow = follow

    def keep_up(self, session: Session, known: Mapping[str, int]) -> None:
        """Take over what the session sees, where the number that it sees says that something changed.

        Whoever renders a page for a number calls this first, in the same snapshot: a page is never kept for a number
        with older settings. The other way about happens (another thread was quicker), and the page is dropped at once.
        """
        number = known.get(AUTHORITY, 0)
        if number <= self._number:
            return
        with self._lock:
            if number <= self._number:
                return
            self.settings = self._look_up(session, self.base)
            if self._follow is not None:
                self._follow(self.settings)
            self._number = number

    def now(self, database: Database) -> Settings:
        """The settings at this moment: for the worker, which renders no page."""
        with database.reading() as session:
            self.keep_up(session, revisions.current(session))
        return self.settings
