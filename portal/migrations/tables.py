"""Every module that declares tables: what migrations are compared with."""

import portal.audit.models
import portal.contact.models
import portal.crime.models
import portal.figures.models
import portal.notifications.models
import portal.places.models
import portal.revisions
import portal.web.idempotency
import portal.web.limits
import portal.worker  # noqa: F401
