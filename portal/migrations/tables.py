"""Every module that declares tables: what migrations are compared with."""

import portal.accounts.models
import portal.audit.models
import portal.authority.models
import portal.contact.models
import portal.crime.models
import portal.figures.models
import portal.moderation.models
import portal.moderation.notices.models
import portal.moderation.reports.models
import portal.notifications.models
import portal.organisations.models
import portal.places.models
import portal.revisions
import portal.rights.models
import portal.web.idempotency
import portal.web.limits
import portal.worker  # noqa: F401
