"""What the authority contributes: the settings screen, and what in the settings should not stay as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from portal.authority.permissions import MANAGE_SETTINGS
from portal.authority.routes import routes
from portal.authority.service import THING
from portal.doubts import Doubt, doubts
from portal.settings import Settings
from portal.web.language import N_
from portal.web.manifest import FirstStep, Manifest, Permission, ThingKind, all_on

_ON_SCREEN = "authority:show"


@dataclass(frozen=True, slots=True)
class DoubtContext:
    """A setting that should not stay as it is."""

    doubt: Doubt


def _first_steps(_session: Session, settings: Settings) -> Iterator[FirstStep]:
    for doubt in doubts(settings):
        yield FirstStep(
            "authority/desk_step.html", DoubtContext(doubt), MANAGE_SETTINGS, _ON_SCREEN if doubt.settings else ""
        )


manifest = Manifest(
    noun="authority",
    routes=routes,
    permissions=(Permission(MANAGE_SETTINGS),),
    acts={"authority-settings-changed": N_("Settings of the portal changed")},
    things=(ThingKind(THING.kind, N_("Settings of the portal"), all_on("authority:show")),),
    first_steps=_first_steps,
)
