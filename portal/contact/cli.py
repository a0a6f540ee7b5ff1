"""Commands on what people wrote: until there are screens, an operator reads and settles messages here."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlmodel import col, select

from portal.command import command
from portal.contact.models import Message
from portal.contact.service import mark_answered
from portal.lifecycle import OPERATOR
from portal.trouble import NotFound


def register(app: typer.Typer) -> None:
    """Add `portal messages` and `portal message-answered`."""
    app.command("messages")(messages)
    app.command("message-answered")(message_answered)


def messages(context: typer.Context) -> None:
    """List the messages that wait for an answer, oldest first."""
    here = command(context)
    table = Table("reference", "inbox", "language", "received", "answer to", "about", "text")
    with here.database.reading() as session:
        for one in session.exec(select(Message).where(col(Message.answered_at).is_(None)).order_by(col(Message.id))):
            received, answer_to = f"{one.received_at:%Y-%m-%d %H:%M}", Text(one.email or "nobody")
            table.add_row(one.reference, one.inbox, one.language, received, answer_to, one.about, Text(one.text))
    here.console.print(table)


def message_answered(context: typer.Context, reference: Annotated[str, typer.Argument()]) -> None:
    """Mark a message as answered, by its reference."""
    here = command(context)
    try:
        with here.database.unit_of_work() as session:
            mark_answered(session, OPERATOR, reference)
    except NotFound:
        here.refuse(f"There is no message {reference}; `portal messages` lists those that wait.")
    here.console.print(f"{reference} is marked as answered.")
