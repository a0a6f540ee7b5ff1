"""What the desk contributes: its page."""

from portal.desk.routes import routes
from portal.web.manifest import Manifest

manifest = Manifest(noun="desk", routes=routes)
