"""The acts on personal data in words, for who reads the record, and where it finds a request."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from portal.rights.models import RightsRequest
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind, all_on

ACTS = {
    "person-looked-up": N_("What is held about a person looked up"),
    "person-data-given-out": N_("What is held about a person given out"),
    "person-erased": N_("What is held about a person erased"),
    "rights-request-received": N_("Request about personal data received"),
    "rights-request-extended": N_("Time to answer a request about personal data extended"),
    "rights-request-answered": N_("Request about personal data answered"),
    "rights-request-acknowledged": N_("Complaint about data protection acknowledged"),
    "retention-run": N_("Records deleted whose time was over"),
}


def _requests(session: Session, keys: Collection[str]) -> Found:
    rows = session.exec(select(RightsRequest.reference).where(col(RightsRequest.reference).in_(keys)))
    return {key: FoundThing("rights:request", {"reference": key}) for key in rows}


THINGS = (
    ThingKind("rights-request", N_("Request about personal data"), _requests),
    ThingKind("job", N_("Job of the portal"), all_on("rights:retention")),
    ThingKind("person", N_("A person’s data"), all_on("rights:index")),
)
