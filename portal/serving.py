"""The web server: it says that it listens once it does, and plainly when it cannot."""

from __future__ import annotations

import errno
import socket
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from rich.console import Console
from starlette.applications import Starlette

_BACKLOG = 2048
_SERVER: dict[str, Any] = {
    "access_log": False,
    "log_level": "warning",
    "server_header": False,
    "date_header": True,
    "loop": "auto",
    "http": "auto",
    "lifespan": "on",
    "timeout_keep_alive": 20,
    "timeout_graceful_shutdown": 10,
    "proxy_headers": False,
}


class CannotListen(Exception):
    """The address or the port is not to be had; the text says why and what to do."""


class _Server(uvicorn.Server):
    """Says where it listens, as soon as it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _say(f"The portal listens at {_address(self.config.host, self.config.port)}")


def serve(application: Starlette, host: str, port: int) -> None:
    """Serve in this process until it is told to end. Raises CannotListen."""
    with listening(host, port) as bound:
        _Server(uvicorn.Config(application, host=host, port=port, **_SERVER)).run(sockets=[bound])


def serve_in_many(factory: str, host: str, port: int, workers: int) -> None:
    """Serve in several processes, each of which makes its application by itself. Raises CannotListen."""
    listening(host, port).close()  # asked before the processes are started, each of which would say it in its own way
    _say(f"{workers} processes start, to listen at {_address(host, port)}")
    uvicorn.run(factory, factory=True, host=host, port=port, workers=workers, **_SERVER)


def elsewhere(public_url: str, port: int) -> str | None:
    """The address that letters name, where it is this machine but another port: whoever follows it does not arrive."""
    named = urlsplit(public_url)
    is_here = named.hostname in {"127.0.0.1", "::1", "localhost"}
    return public_url if is_here and (named.port or 80) != port else None


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections at this address. Raises CannotListen."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            said = f"Port {port} at {host} is taken by another program: end that one, or choose another with --port."
        else:
            said = f"Nothing can listen at {host}, port {port}: {error.strerror or error}."
        raise CannotListen(said) from error
    return bound


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _say(said: str) -> None:
    Console(stderr=True).print(said, highlight=False, soft_wrap=True)
