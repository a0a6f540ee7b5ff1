"""How letters leave: over a line that is encrypted as the settings say, over one connection a run, or into a folder."""

import datetime as dt
import ipaddress
import ssl
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
import time_machine
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.lifecycle import Reference
from portal.notifications import service
from portal.notifications.models import OutboxMessage
from portal.notifications.senders import letter
from portal.notifications.service import EXPIRED, Mail, forget_about, tidy_folder, write
from portal.settings import Authority, Settings
from tests.notifications.test_outbox import NOON, PostOffice

FAR = "https://a-rather-long-name-of-a-council.example.org"


@pytest.fixture
def closed(sqlite_database, tmp_path):
    with time_machine.travel(NOON, tick=False) as clock:
        yield PostOffice(sqlite_database, clock, tmp_path / "data")


@pytest.fixture
def office(closed):
    with closed.opened():
        yield closed


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for 127.0.0.1 that this machine trusts, for the test's time."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "server.pem", tmp_path / "server.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


def signing_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == b"right", handled=False)


@pytest.mark.parametrize(("password", "arrives"), [("right", 1), ("wrong", 0)])
def test_with_starttls_letters_and_the_password_cross_encrypted(closed, certificate, password, arrives):
    server = {"tls_context": certificate, "require_starttls": True}
    with closed.opened(**server, authenticator=signing_in, auth_required=True):
        closed.put("a@example.org")
        closed.send(smtp_security="starttls", smtp_user="portal", smtp_password=password)
    assert len(closed.postman.taken) == arrives
    assert closed.rows()[0].refused is None


def test_with_tls_the_line_is_encrypted_from_the_first_byte(closed, certificate):
    closed.put("a@example.org")
    context = certificate
    with closed.opened(ssl_context=context):
        closed.send(smtp_security="tls")
    assert len(closed.postman.taken) == 1


def test_where_encryption_is_asked_for_and_not_offered_letters_wait(office):
    office.put("a@example.org")
    assert office.send(smtp_security="starttls") == "0 sent, 1 waiting or refused"
    assert (office.postman.taken, office.rows()[0].refused) == ([], None)


def test_a_server_with_somebody_elses_certificate_gets_nothing(closed, certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    closed.put("a@example.org")
    with closed.opened(tls_context=certificate):
        closed.send(smtp_security="starttls")
    assert (closed.postman.taken, closed.rows()[0].refused) == ([], None)


def test_a_run_keeps_one_connection_whatever_is_refused_in_it(office):
    greeted = []
    original = office.postman.handle_DATA

    async def taking(smtp, session, envelope):
        greeted.append(session.peer)
        return await original(smtp, session, envelope)

    office.postman.handle_DATA = taking
    office.postman.to_recipient["bad@example.org"] = "550 No such user"
    office.put("a@example.org", "bad@example.org", "b@example.org", "c@example.org")
    assert office.send() == "3 sent, 1 waiting or refused"
    assert len(greeted) == 3
    assert len(set(greeted)) == 1


def test_a_server_that_ends_the_line_in_the_middle_of_a_run_is_called_again(office):
    office.postman.to_recipient["busy@example.org"] = "421 Come back later"
    office.put("a@example.org", "busy@example.org", "b@example.org")
    assert office.send() == "2 sent, 1 waiting or refused"


def test_what_somebody_waits_for_goes_before_what_is_one_of_many(office):
    with office.database.unit_of_work() as session:
        write(session, Mail("many@example.org", "S", "B", is_bulk=True, language="en"), office.settings)
        write(session, Mail("waits@example.org", "S", "B", language="en"), office.settings)
    office.send()
    assert [one["To"] for one in office.postman.taken] == ["waits@example.org", "many@example.org"]


def test_a_letter_that_is_put_off_for_five_days_is_given_up_and_a_server_that_is_away_is_waited_for(office):
    office.postman.to_recipient["busy@example.org"] = "450 Mailbox busy"
    office.put("busy@example.org")
    waits = []
    while office.rows()[0].refused is None:
        before = dt.datetime.now(dt.UTC)
        office.send()
        wait = office.rows()[0].not_before - before
        waits.append(int(wait.total_seconds()))
        office.clock.shift(wait)
    assert waits[:5] == [2, 2, 4, 8, 16]
    assert max(waits) == 3600
    assert len(waits) < 150
    assert office.rows()[0].refused == EXPIRED
    assert dt.datetime.now(dt.UTC) - NOON >= dt.timedelta(days=service.PUT_OFF_DAYS)


@pytest.fixture
def folder(closed):
    """The same outbox without a mail server."""
    closed.settings = replace(closed.settings, smtp_host="")
    return closed


def test_without_a_mail_server_each_letter_is_a_file_that_mail_programs_read(folder):
    body = "Annwyl ŵ,\n.\n" + "x" * 2000 + "\n"
    folder.put("a@example.org", subject="Ffigurau ŵ ŷ", body=body)
    assert folder.send() == "1 sent, 0 waiting or refused"
    (path,) = folder.settings.mail_folder.iterdir()
    (row,) = folder.rows()
    assert row.message_id == f"<{path.stem}@elwern.example.org>"
    assert (path.suffix, path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (".eml", 0o600, 0o700)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == ("Ffigurau ŵ ŷ", "a@example.org", row.message_id)
    assert mail.get_content().replace("\r\n", "\n") == body
    assert max(map(len, path.read_bytes().splitlines())) <= 998
    assert not mail.defects


def test_a_letter_written_to_the_folder_again_takes_its_own_place(folder):
    folder.put("a@example.org")
    folder.send()
    with folder.database.unit_of_work() as session:
        session.get_one(OutboxMessage, folder.rows()[0].id).sent_at = None
    folder.send()
    assert len(list(folder.settings.mail_folder.iterdir())) == 1


def test_what_cannot_be_written_is_put_aside_and_the_next_goes_into_the_folder(folder):
    folder.put("broken\naddress@example.org", "a@example.org")
    assert folder.send() == "1 sent, 1 waiting or refused"
    assert [one.refused for one in folder.rows()] == ["unwritable", None]


def test_a_folder_that_cannot_be_written_to_is_waited_for(folder):
    folder.settings.data_dir.mkdir(exist_ok=True)
    folder.settings.mail_folder.write_text("in the way")
    folder.put("a@example.org", "b@example.org")
    assert folder.send() == "0 sent, 2 waiting or refused"
    assert [one.tries for one in folder.rows()] == [1, 0]
    folder.settings.mail_folder.unlink()
    folder.clock.shift(60)
    assert folder.send() == "2 sent, 0 waiting or refused"


def test_a_file_ends_with_its_message(folder):
    about = Reference("message", "k7mn-p2qr")
    with folder.database.unit_of_work() as session:
        write(session, Mail("a@example.org", "S", "B", about=about, language="en"), folder.settings)
        write(session, Mail("b@example.org", "S", "B", language="en"), folder.settings)
    folder.send()
    with folder.database.unit_of_work() as session:
        forget_about(session, [about])
    assert tidy_folder(folder.database, folder.settings) == "1 deleted"
    (path,) = folder.settings.mail_folder.iterdir()
    assert path.stem in folder.rows()[0].message_id


WELSH = Authority(name_en="Vale", name_cy="Cyngor Dŵr Tŷ")


@pytest.mark.parametrize(
    ("language", "sender", "said"),
    [
        ("cy", "Cyngor Dŵr Tŷ", "cy"),
        ("en", "Vale", "en"),
        ("en, cy", "Vale / Cyngor Dŵr Tŷ", "en, cy"),
        (None, "Vale", None),
    ],
)
def test_every_header_is_in_the_readers_language_and_whole(language, sender, said):
    one = row(language=language, headers={"List-Id": "Cyngor Dŵr Tŷ <follow.example.org>"})
    data = letter(one, Settings(authority=WELSH))
    mail = message_from_bytes(data, policy=policy.default)
    assert data.isascii()
    assert mail["From"].addresses[0].display_name == sender
    assert mail["Subject"] == "Ŵŵ Ŷŷ"
    assert mail["List-Id"] == "Cyngor Dŵr Tŷ <follow.example.org>"
    assert mail["Content-Language"] == said
    assert not any(value.defects for value in mail.values())


def names(length):
    """Names so long: without ŵ, with it at the beginning, in the middle, at the end, and among commas and brackets."""
    plain = ("Cyngor Newydd a'r Fro " * 10)[:length].rstrip()
    yield plain
    for at in {0, len(plain) // 2, len(plain) - 1}:
        yield plain[:at] + "ŵ" + plain[at + 1 :]
    yield f"{plain[: max(length - 7, 1)].rstrip()}, (Dŵr)"


def read_by_every_policy(data, name):
    """What readers of today, of yesterday and of wire format find in a header."""
    yield str(message_from_bytes(data, policy=policy.default)[name])
    yield str(message_from_bytes(data, policy=policy.SMTP)[name])
    yield of_old(message_from_bytes(data, policy=policy.compat32)[name])


def of_old(text):
    """The text of a header as the old policy leaves it to its reader: on several lines, and encoded."""
    return str(make_header(decode_header("".join(text.splitlines()))))


@pytest.mark.parametrize("length", range(1, 201))
def test_a_name_with_accents_anywhere_arrives_letter_by_letter(length):
    for name in names(length):
        subject, list_id = f"Newyddion: {name}"[:200].rstrip(), f"{name} <follow.example.org>"
        one = row(subject, language="en", headers={"List-Id": list_id})
        data = letter(one, Settings(authority=Authority(name_en=name)))
        head = data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
        assert all(len(one) <= 998 for one in head)
        assert set(read_by_every_policy(data, "Subject")) == {subject}
        assert set(read_by_every_policy(data, "List-Id")) == {list_id}
        for kind in (policy.default, policy.SMTP):
            (sender,) = message_from_bytes(data, policy=kind)["From"].addresses
            assert (sender.display_name, sender.addr_spec) == (name, Settings().mail_from)
        said, address = parseaddr(message_from_bytes(data, policy=policy.compat32)["From"])
        assert (of_old(said), address) == (name, Settings().mail_from)


@pytest.mark.parametrize("subject", ["", "ŵ" * 200, "ŵ ŷ " * 49 + "ŵ", "🏛" * 50, "a" * 200])
def test_odd_subjects_arrive_too(subject):
    data = letter(row(subject), Settings())
    assert set(read_by_every_policy(data, "Subject")) == {subject}


def test_a_long_name_of_accents_alone_is_whole_to_who_reads_by_the_standard():
    """Some versions of Python find spaces between the encoded words of a name; there are none."""
    name = "ŵ" * 100
    sender = message_from_bytes(letter(row(), Settings(authority=Authority(name_en=name))), policy=policy.compat32)
    assert of_old(parseaddr(sender["From"])[0]) == name


def test_lines_of_encoded_words_are_as_short_as_the_standard_asks():
    name = "Cyngor Newydd Ŵy a'r Fro " * 6
    one = row(name.strip(), language="en", headers={"List-Id": f"{name.strip()} <follow.example.org>"})
    head = letter(one, Settings(authority=Authority(name_en=name.strip()))).partition(b"\r\n\r\n")[0]
    assert [line for line in head.split(b"\r\n") if len(line) > 76] == []


def test_the_address_of_the_way_out_is_never_written_as_an_encoded_word():
    address = f"<{FAR}/unsubscribe/{'A' * 43}>"
    data = letter(row(headers={"List-Unsubscribe": address}), Settings())
    assert f"List-Unsubscribe: {address}\r\n".encode() in data


def row(subject="Ŵŵ Ŷŷ", **changes):
    values = {"message_id": "<1@example.org>", "to_address": "a@example.org", "subject": subject, "body": "B"}
    return OutboxMessage(**values, written_at=NOON, not_before=NOON, **changes)
