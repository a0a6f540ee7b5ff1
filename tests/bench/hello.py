"""The least that Starlette can answer, on the portal's own server settings: what pages are measured against.

Argument: a port.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from portal.serving import _SERVER


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello\n")


application = Starlette(routes=[Route("/", hello), Route("/readyz", hello)])

if __name__ == "__main__":
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[-1]), **_SERVER)
