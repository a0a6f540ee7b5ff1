"""How a letter leaves: to a mail server, or as a file in a folder. A sender says of each letter what became of it, and
never raises: one letter must not stand in the way of the next.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import aiosmtplib

from portal.notifications.headers import POLICY
from portal.notifications.models import OutboxMessage
from portal.settings import Settings

_PERMANENT = 500
_COMES_BACK_LATER = 421


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. With nothing set the letter itself was put off, and is to be tried again."""

    sent: bool = False
    refused: str | None = None
    server_away: bool = False
    """It was not about this message: the next one would fare no better."""
    broke_off: bool = False
    """The server let us in, and then gave no answer to this very letter: it is put off, and the next may be taken."""


class Sender(Protocol):
    """Takes letters one after the other, for as long as it is held open."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, message: OutboxMessage) -> Outcome:
        """One try at one letter."""


def sender_of(settings: Settings, longest_try: float) -> Sender:
    """The sender that the settings name; no try takes longer than so many seconds."""
    return SmtpSender(settings, longest_try) if settings.smtp_host else FolderSender(settings)


class FolderSender:
    """Each letter as a file of its own, whole or not at all, for the owner alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def send(self, message: OutboxMessage) -> Outcome:
        """Written beside, then renamed; sent again it takes its own place."""
        try:
            data = letter(message, self._settings)
        except Exception:  # noqa: BLE001 - what cannot be written can never be sent, and must hold nobody else up
            return Outcome(refused="unwritable")
        path = file_of(self._settings.mail_folder, message.message_id)
        building = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            building.touch(mode=0o600)
            building.write_bytes(data)
            building.rename(path)
        except OSError:
            return Outcome(server_away=True)
        return Outcome(sent=True)


def file_of(folder: Path, message_id: str) -> Path:
    """The file of a letter: the part of its Message-ID that is its own."""
    return folder / f"{message_id.strip('<>').partition('@')[0]}.eml"


class SmtpSender:
    """One connection for a whole run, made anew after anything that may have broken it."""

    def __init__(self, settings: Settings, longest_try: float) -> None:
        self._settings = settings
        self._longest_try = longest_try
        self._runner = asyncio.Runner()
        self._client: aiosmtplib.SMTP | None = None
        self._is_in = False

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._hang_up())
        self._runner.__exit__(kind, error, trace)

    def send(self, message: OutboxMessage) -> Outcome:
        return self._runner.run(self._try(message))

    async def _try(self, message: OutboxMessage) -> Outcome:
        """Only what the server says of this recipient or this text can be a refusal for good: a wrong password or a
        server that is away says nothing about the message, which waits. A server that lets us in and is silent then
        says it of this message: the mailbox may be slow, or the text may be what it falls over.
        """
        try:
            data = letter(message, self._settings)
        except Exception:  # noqa: BLE001 - see `FolderSender.send`
            return Outcome(refused="unwritable")
        try:
            async with asyncio.timeout(self._longest_try):  # all of it: aiosmtplib's own is for each answer
                await self._give(message.to_address, data)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return await self._refusal(error.recipients[0].code)
        except aiosmtplib.SMTPDataError as error:
            return await self._refusal(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:  # before ValueError, which a wrong certificate is too
            is_about_us = not self._is_in or isinstance(error, aiosmtplib.SMTPResponseException)
            await self._hang_up()
            return Outcome(server_away=is_about_us, broke_off=not is_about_us)
        except ValueError:  # an address that cannot stand in the protocol
            return Outcome(refused="unwritable")
        return Outcome(sent=True)

    async def _give(self, address: str, data: bytes) -> None:
        """A line that took other letters may be ended by now, as many servers do after so many: then on a new one."""
        is_new = self._client is None
        try:
            await (await self._connected()).sendmail(self._settings.mail_from, [address], data)
        except aiosmtplib.SMTPServerDisconnected:
            if is_new:
                raise
            await self._hang_up()
            await (await self._connected()).sendmail(self._settings.mail_from, [address], data)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            settings, self._is_in = self._settings, False
            self._client = aiosmtplib.SMTP(
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password or None,
                use_tls=settings.smtp_security == "tls",
                start_tls=settings.smtp_security == "starttls",
                timeout=self._longest_try,
            )
            await self._client.connect()
            self._is_in = True
        return self._client

    async def _refusal(self, code: int) -> Outcome:
        if code == _COMES_BACK_LATER:  # with it the server ends the connection
            await self._hang_up()
        return Outcome(refused=str(code) if code >= _PERMANENT else None)

    async def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        try:
            async with asyncio.timeout(1):
                await client.quit()
        except (aiosmtplib.SMTPException, OSError):
            client.close()


def letter(message: OutboxMessage, settings: Settings) -> bytes:
    """The message as it goes over the wire. Raises for what no message can hold."""
    mail = EmailMessage(policy=POLICY)
    names = [settings.authority.name(lang) for lang in (message.language or "").split(", ")]
    mail["From"] = Address(" / ".join(dict.fromkeys(names)), addr_spec=settings.mail_from)
    mail["To"], mail["Subject"] = message.to_address, message.subject
    mail["Message-ID"] = message.message_id
    mail["Date"] = message.written_at
    mail["Auto-Submitted"] = "auto-generated"
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    for name, value in (message.headers or {}).items():
        mail[name] = value
    mail.set_content(message.body, cte="quoted-printable")
    if message.language:
        mail["Content-Language"] = message.language
    return mail.as_bytes()
