"""What the authority contributes: the settings screen."""

from portal.authority.permissions import MANAGE_SETTINGS
from portal.authority.routes import routes
from portal.authority.service import THING
from portal.web.language import N_
from portal.web.manifest import Manifest, Permission, ThingKind, all_on

manifest = Manifest(
    noun="authority",
    routes=routes,
    permissions=(Permission(MANAGE_SETTINGS),),
    acts={"authority-settings-changed": N_("Settings of the portal changed")},
    things=(ThingKind(THING.kind, N_("Settings of the portal"), all_on("authority:show")),),
)
