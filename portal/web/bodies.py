"""How much may be sent. What is more is refused before it is read, with the same page as every other trouble."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MOST_BYTES = 256 * 1024


def limited(scope: Scope, receive: Receive) -> Receive:
    """`receive`, which raises 413 as soon as more has come than may be sent. Raises 413 at once where the length that
    was announced is too much.
    """
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > MOST_BYTES:
        raise HTTPException(413)
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MOST_BYTES:
            raise HTTPException(413)
        return message

    return counted
