"""What the authority contributes: the settings screen."""

from portal.authority.permissions import MANAGE_SETTINGS
from portal.authority.routes import routes
from portal.web.manifest import Manifest, Permission

manifest = Manifest(noun="authority", routes=routes, permissions=(Permission(MANAGE_SETTINGS),))
