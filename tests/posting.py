"""People who send a form and do not give up: each is sent until it is answered. Prints what came of it.

Run as a script with a plan in JSON: port, path, seconds, clients, seed; field: the one that tells one form from
another, and words: what is written in it, with {} for a number; others: the other fields. SIGTERM ends it sooner.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
from typing import Any
from urllib.parse import urlencode

_PATIENCE_SECONDS = 60
_TYPE = "application/x-www-form-urlencoded"


class People:
    """Everybody who writes, and what they were told: the words of a form to the address that it led to."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.answered: dict[str, str] = {}
        self.took: list[float] = []
        self.tries = 0
        self.until = time.monotonic() + plan["seconds"]

    def stop(self) -> None:
        self.until = time.monotonic()

    async def write(self) -> dict[str, Any]:
        """All of them at once, and what came of it."""
        began = time.monotonic()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)
        await asyncio.gather(*(self._person(number) for number in range(self.plan["clients"])))
        rate, slow = len(self.took) / (time.monotonic() - began), sorted(self.took)[int(0.99 * len(self.took))]
        return {"answered": self.answered, "tries": self.tries, "rate": rate, "p99": 1000 * slow}

    async def _person(self, number: int) -> None:
        """One form after another until the time is over; the last one, too, is sent until it is answered."""
        seed, count, line = self.plan["seed"], 0, Line(self.plan["port"], self.plan["path"])
        while time.monotonic() < self.until:
            count += 1
            words = self.plan["words"].format(f"{seed}-{number}-{count}")
            key = f"{seed:04d}-{number:04d}-{count:08d}-aaaaaaaaaaaa"
            fields = self.plan["others"] | {"form_key": key, self.plan["field"]: words}
            address = f"10.{number}.{count // 5000}.{count // 20 % 250}"  # nobody sends more than twenty
            self.answered[words] = await self._until_answered(line, urlencode(fields), address)
        line.hang_up()

    async def _until_answered(self, line: Line, body: str, address: str) -> str:
        while True:
            began = time.monotonic()
            self.tries += 1
            try:
                led = await line.post(body, address)
            except (OSError, asyncio.IncompleteReadError):
                line.hang_up()
                if time.monotonic() > self.until + _PATIENCE_SECONDS:
                    raise
                await asyncio.sleep(0.01)
            else:
                self.took.append(time.monotonic() - began)
                return led


class Line:
    """One connection, made anew when it broke."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: str, address: str) -> str:
        """Send one form; where it led. Raises OSError or IncompleteReadError when nobody answers to the end."""
        self._ends = self._ends or await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._ends
        writer.write(
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: {_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nX-Forwarded-For: {address}\r\n\r\n{body}".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if length := re.search(rb"(?i)\r\ncontent-length: (\d+)", head):
            await reader.readexactly(int(length[1]))
        if head.startswith(b"HTTP/1.1 5"):
            raise ConnectionError("no answer that counts")
        led = re.search(rb"(?i)\r\nlocation: (\S+)", head)
        assert led, head.decode("latin-1")
        return led[1].decode()

    def hang_up(self) -> None:
        if self._ends:
            self._ends[1].close()
        self._ends = None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(People(json.loads(sys.argv[1])).write())))
