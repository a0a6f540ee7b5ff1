"""The server and the worker as processes: what they say when they start, and how they end."""

import asyncio
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import select

from portal import serving
from portal.notifications.models import OutboxMessage
from portal.notifications.service import Mail, write
from portal.settings import Settings
from tests.serving import PORTAL, free_port, wait_until_ready


@pytest.fixture
def folder(sqlite_database):
    """The data folder of a portal with its tables and no row."""
    return sqlite_database, Path(sqlite_database.engine.url.database).parent


def started(folder, *words):
    """A portal whose address is the one at which it listens, where it listens."""
    if "--port" in words:
        (folder / "portal.toml").write_text(f'public_url = "http://127.0.0.1:{words[words.index("--port") + 1]}"\n')
    return subprocess.Popen([PORTAL, "--data", str(folder), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_said_plainly(folder, workers):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with started(folder[1], "serve", "--port", str(port), "--workers", workers) as process:
            _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.decode().split("\n")[0] == (
        f"Port {port} at 127.0.0.1 is taken by another program: end that one, or choose another with --port."
    )
    assert b"listens" not in said


def test_an_address_that_is_not_here_is_said_plainly():
    with pytest.raises(serving.CannotListen, match=r"Nothing can listen at 192\.0\.2\.1, port 8000: "):
        serving.listening("192.0.2.1", 8000)


def test_it_says_that_it_listens_once_it_does_and_never_what_it_is(folder):
    port = free_port()
    with started(folder[1], "serve", "--port", str(port)) as process:
        try:
            assert process.stderr.readline().decode() == f"The portal listens at http://127.0.0.1:{port}/\n"
            with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
                caller.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: caller.recv(4096), b"")).lower()
        finally:
            process.send_signal(signal.SIGTERM)
    assert answer.startswith(b"http/1.1 200")
    assert not re.search(rb"^server:|uvicorn", answer, re.MULTILINE)


@pytest.mark.parametrize(
    ("public_url", "said"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost", "http://localhost"),
        ("http://127.0.0.1:8131", None),
        ("https://safety.example.org", None),
    ],
)
def test_an_address_of_letters_that_leads_to_another_port_is_seen(public_url, said):
    assert serving.elsewhere(public_url, 8131) == said


def test_whoever_serves_at_another_port_than_letters_say_is_told(folder):
    command = [PORTAL, "--data", str(folder[1]), "serve", "--port", str(free_port())]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            assert "Links in letters lead to http://127.0.0.1:8000" in process.stderr.readline().decode()
        finally:
            process.send_signal(signal.SIGTERM)


def test_a_portal_that_ends_leaves_nothing_beside_its_database(folder):
    port = free_port()
    with started(folder[1], "serve", "--port", str(port)) as process:
        wait_until_ready(port, process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)
    folder[0].close()
    assert not list(folder[1].glob("portal.db-*"))


def test_several_processes_say_where_they_will_listen(folder):
    port = free_port()
    with started(folder[1], "serve", "--port", str(port), "--workers", "2") as process:
        try:
            said = process.stderr.readline().decode()
            wait_until_ready(port, process)
        finally:
            process.send_signal(signal.SIGTERM)
    assert said == f"2 processes start, to listen at http://127.0.0.1:{port}/\n"


class SlowPostman:
    """Takes its time over each letter."""

    def __init__(self):
        self.begun = threading.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.begun.set()
        await asyncio.sleep(1)
        return "250 OK"


def test_the_worker_finishes_the_letter_in_hand_when_it_is_told_to_end(folder):
    database, place = folder
    port, postman = free_port(), SlowPostman()
    (place / "portal.toml").write_text(f'smtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n')
    with database.unit_of_work() as session:
        write(session, Mail("a@example.org", "S", "B", language="en"), Settings())
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with started(place, "worker") as process:
            assert postman.begun.wait(30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) == 0
    finally:
        controller.stop()
    with database.reading() as session:
        assert session.exec(select(OutboxMessage)).one().sent_at is not None
