"""What authors are told, in the language in which they wrote."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from portal.lifecycle import Reference
from portal.moderation.models import ModerationItem, ModerationStatus
from portal.notifications.service import Mail, write
from portal.settings import Settings
from portal.web.letters import Letters


@dataclass(frozen=True, slots=True)
class AuthorContext:
    """What a letter to an author says: which words, where, and why not. It never repeats the words."""

    reference: str
    place: str
    public_url: str
    reasons: tuple[str, ...]
    other_reason: str


_NAMES = {
    ModerationStatus.shown: "moderation_shown",
    ModerationStatus.refused: "moderation_refused",
    ModerationStatus.hidden: "moderation_hidden",
}


def tell_author(session: Session, letters: Letters, settings: Settings, item: ModerationItem, about: Reference) -> None:
    """Write to the author what was decided, where an address was given."""
    if item.author_email is None:
        return
    context = AuthorContext(item.reference, item.place, settings.public_url, item.reasons, item.other_reason)
    letter = letters.make(_NAMES[item.status], context, item.language)
    reply_to = settings.authority.contact_email
    mail = Mail(
        item.author_email, letter.subject, letter.body, language=letter.language, reply_to=reply_to, about=about
    )
    write(session, mail, settings)
