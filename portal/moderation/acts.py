"""The acts of moderators in words, for who reads the record, and where it finds what they were on."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from sqlmodel import Session, col, select

from portal.moderation.models import ModerationItem
from portal.moderation.notices.models import ComplaintNotice
from portal.moderation.reports.models import ContentReport
from portal.web.language import N_
from portal.web.manifest import Found, FoundThing, ThingKind

_ITEMS = {
    "moderation-claimed": N_("Moderator took on what somebody wrote"),
    "moderation-released": N_("Moderator let go of what somebody wrote"),
    "moderation-handed-over": N_("What somebody wrote handed to another moderator"),
    "moderation-put-back": N_("What somebody wrote taken from a moderator and left to whoever comes first"),
    "moderation-read": N_("What somebody wrote read by a moderator"),
    "moderation-translated": N_("Translation for moderators saved"),
    "moderation-show": N_("Decided: show what somebody wrote"),
    "moderation-show-redacted": N_("Decided: show what somebody wrote without what was removed"),
    "moderation-refuse": N_("Decided: do not show what somebody wrote"),
    "moderation-ask-second": N_("Second pair of eyes asked for"),
    "moderation-ask-translation": N_("Translation asked for"),
    "moderation-hide": N_("What somebody wrote hidden again"),
    "moderation-reopen": N_("What somebody wrote put back into the queue"),
    "moderation-erased": N_("What somebody wrote erased at their request"),
}
_REPORTS = {
    "report-read": N_("Report about what is shown read"),
    "report-settled": N_("Report about what is shown settled"),
    "report-erased": N_("Address of who sent a report erased at their request"),
}
_NOTICES = {
    "complaint-read": N_("Notice of complaint read"),
    "complaint-linked": N_("Notice of complaint tied to what it is about"),
    "complaint-tell-defective": N_("Complainant told that a notice is not complete"),
    "complaint-contact-poster": N_("Author told of a notice of complaint"),
    "complaint-reply-agrees": N_("Author agreed to removal"),
    "complaint-reply-objects": N_("Author objected to removal"),
    "complaint-reply-is-defective": N_("Author’s answer to a notice found not complete"),
    "complaint-tell-objection": N_("Complainant told that the author objects"),
    "complaint-remove": N_("What a notice of complaint is about removed"),
    "complaint-remove-unanswered": N_("What a notice of complaint is about removed, as the author did not answer"),
    "complaint-withdraw": N_("Notice of complaint withdrawn"),
}
ACTS = _ITEMS | _REPORTS | _NOTICES

_Table = type[ModerationItem] | type[ContentReport] | type[ComplaintNotice]


def _kept(session: Session, keys: Collection[str], *, table: _Table, route: str) -> Found:
    rows = session.exec(select(table.reference, table.id).where(col(table.reference).in_(keys)))
    return {reference: FoundThing(route, {"id": key}) for reference, key in rows}


THINGS = (
    ThingKind("moderation", N_("What somebody wrote"), partial(_kept, table=ModerationItem, route="moderation:item")),
    ThingKind("report", N_("Report"), partial(_kept, table=ContentReport, route="moderation:show_report")),
    ThingKind(
        "complaint", N_("Notice of complaint"), partial(_kept, table=ComplaintNotice, route="moderation:show_notice")
    ),
)
