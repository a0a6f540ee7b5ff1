"""The innermost guard: posts from other sites are refused, and whatever rises becomes its page, inside the headers
that every answer carries.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.trouble import Trouble
from portal.web.bodies import limited
from portal.web.errors import faulty, troubled
from portal.web.security import refuse_other_sites


class Faults:
    """Middleware: nothing rises past it, so that the framework's own error page, without our headers, is never
    shown.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            refuse_other_sites(request)
            await self.app(scope, limited(scope, receive), watched)
        except ClientDisconnect:
            return
        except Exception as error:  # the one place where anything may rise
            if begun:
                raise
            respond = troubled if isinstance(error, Trouble | HTTPException) else faulty
            await respond(request, error)(scope, receive, send)
