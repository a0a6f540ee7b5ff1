"""Settings: where they come from, which wins, and that every bad value has its sentence."""

import os
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal import publisher, settings
from portal.clock import Nation
from portal.settings import Authority, BadSettings, Settings

SECRETS = {"audit_key", "secret_keys", "smtp_password"}
"""They belong in files of their own."""


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder, text):
    (folder / "portal.toml").write_text(text, encoding="utf-8")


def test_without_a_file_and_without_an_environment_everything_has_its_default(folder):
    assert settings.load(folder, environ={}) == Settings(data_dir=folder)


def test_the_file_wins_over_the_defaults_and_the_environment_over_the_file(folder):
    write(folder, 'smtp_host = "mail.example.org"\nsmtp_port = 25\ndemo = true\n[authority]\nnation = "england"\n')
    loaded = settings.load(folder, environ={"PORTAL_SMTP_PORT": "2525", "PORTAL_DEMO": "False", "HOME": "/"})
    assert (loaded.smtp_host, loaded.smtp_port, loaded.demo) == ("mail.example.org", 2525, False)
    assert loaded.authority.nation is Nation.england


def test_the_data_folder_is_named_by_the_caller_or_by_the_environment(folder):
    write(folder, "welsh = false")
    assert settings.load(environ={"PORTAL_DATA_DIR": str(folder)}).languages == ("en",)
    assert settings.load(environ={}).data_dir == Path("portal-data")


def test_the_process_own_environment_is_read_when_none_is_given(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_SMTP_HOST", "mail.example.org")
    assert settings.load(folder).smtp_host == "mail.example.org"


def test_processes_that_are_started_find_the_same_folder(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA_DIR", "elsewhere")
    settings.hand_on(Settings(data_dir=folder))
    assert settings.load(environ=os.environ).data_dir == folder


def test_a_secret_comes_from_a_file_without_its_line_end(folder):
    (folder / "secret").write_text("päss word\n", encoding="utf-8")
    loaded = settings.load(folder, environ={"PORTAL_SMTP_PASSWORD_FILE": str(folder / "secret")})
    assert loaded.smtp_password == "päss word"


def test_a_secret_is_never_shown(folder):
    loaded = settings.load(folder, environ={"PORTAL_SMTP_PASSWORD": "hunter2"})
    assert "hunter2" not in repr(loaded)
    shown = settings.described(loaded)
    assert not [row for row in shown if "hunter2" in " ".join(row)]
    assert ("smtp_password", "(secret)") in [row[:2] for row in shown]
    assert "smtp_password" not in settings.explained()


BAD_FILES = {
    "smtp_hots = 'x'": "no such setting: smtp_hots",
    "[authority]\nname = 'x'\nnam = 'y'": r"no such setting: authority.nam, authority.name\Z",
    "authority = 3": r"authority: it is a table, \[authority\], with a line for each of its settings",
    "data_dir = 'x'": "data_dir: portal.toml lies in that folder; name it with --data or PORTAL_DATA_DIR",
    "smtp_port = 'twenty'": "smtp_port: 'twenty' is not a whole number",
    "smtp_port = 587.5": "smtp_port: 587.5 is not a whole number",
    "smtp_port = true": "smtp_port: True is not a whole number",
    "smtp_port = 0": "smtp_port: 0 is not between 1 and 65535",
    "smtp_port = 65536": "smtp_port: 65536 is not between 1 and 65535",
    "smtp_security = 'ssl'": "smtp_security: 'ssl' is none of starttls, tls and none",
    "trusted_proxies = -1": "trusted_proxies: -1 is not between 0 and 10",
    "feedback_months = 0": "feedback_months: 0 is not between 1 and 120",
    "welsh = 'perhaps'": "welsh: 'perhaps' is not true or false",
    "welsh = 1": "welsh: 1 is not true or false",
    "smtp_host = ['a', 'b']": r"smtp_host: \['a', 'b'\] is not a text in quotation marks",
    "smtp_host = 5": "smtp_host: 5 is not a text in quotation marks",
    "mail_from = 'portal'": "mail_from: 'portal' is not an e-mail address",
    "ward_rule = 'nearest'": "ward_rule: 'nearest' is neither point nor lsoa",
    "public_url = 'portal.example.org'": "public_url: 'portal.example.org' must begin with http:// or https://",
    "public_url = 'https://portal.example.org/'": "public_url: .* and not end with a slash",
    "database_url = 'mysql://secret@host/x'": "database_url: it must begin with sqlite:/// or postgresql",
    "[authority]\nnation = 'scotland'": "authority.nation: 'scotland' is not wales or england",
    "[authority]\nbrand_colour = 'navy'": "authority.brand_colour: 'navy' is not #rrggbb",
    "[authority]\nbrand_colour = '#1f3c5a;'": "authority.brand_colour: .* is not #rrggbb",
    "[authority]\nbrand_colour = '#ff8800'": r"brand_colour: white on #ff8800 has 2.4:1; choose a darker colour",
    "[authority]\naccessibility_prepared_on = '1 March'": "accessibility_prepared_on: '1 March' is not YYYY-MM-DD",
    "[authority]\nreviewed_on = ''": "authority.reviewed_on: '' is not YYYY-MM-DD",
    "[authority]\ncontact_email = 'nobody'": "authority.contact_email: 'nobody' is not an e-mail address",
    "[authority]\nfigures_email = 'a b@example.org'": "authority.figures_email: .* is not an e-mail address",
    "[authority]\naccessibility_email = '<a@example.org>'": "accessibility_email: .* is not an e-mail address",
    "[authority]\ndata_protection_email = ''": "authority.data_protection_email: '' is not an e-mail address",
    "[authority]\nreviewed_on = '20260301'": "authority.reviewed_on: '20260301' is not YYYY-MM-DD",
    "[authority]\nname_cy = ' '": "authority.name_cy: it is empty",
    f"[authority]\ntelephone = '{'1' * 41}'": "authority.telephone: it is longer than 40 characters",
    "[authority]\nbsl_url = 'http://example.org/'": "authority.bsl_url: 'http://example.org/' must begin with https://",
    "smtp_port = ": "portal.toml cannot be read: ",
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.items(), ids=list(BAD_FILES))
def test_every_bad_value_has_its_sentence(folder, text, sentence):
    write(folder, text)
    with pytest.raises(BadSettings, match=sentence) as refused:
        settings.load(folder, environ={})
    assert "secret@" not in str(refused.value), "an address of a database may hold a password"


def test_a_file_that_is_no_text_has_its_sentence_too(folder):
    (folder / "portal.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match=r"portal\.toml cannot be read"):
        settings.load(folder, environ={})


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe", "it is not UTF-8")])
def test_a_secret_file_that_cannot_be_read_is_named_by_its_variable(folder, content, why):
    if content is not None:
        (folder / "secret").write_bytes(content)
    with pytest.raises(BadSettings, match=rf"PORTAL_SMTP_PASSWORD_FILE: the file cannot be read \({why}") as refused:
        settings.load(folder, environ={"PORTAL_SMTP_PASSWORD_FILE": str(folder / "secret")})
    assert str(folder) not in str(refused.value)


def test_what_differs_by_language_follows_the_language():
    authority = Authority(name_en="Elwern", name_cy="Elwern (Cymraeg)", contact_name_en="Team", contact_name_cy="Tîm")
    assert (authority.name("en"), authority.name("cy")) == ("Elwern", "Elwern (Cymraeg)")
    assert (authority.contact_name("en"), authority.contact_name("cy")) == ("Team", "Tîm")


def test_the_database_is_a_file_in_the_data_folder_unless_an_address_is_given(folder):
    assert Settings(data_dir=folder).url == f"sqlite:///{folder}/portal.db"
    assert Settings(database_url="postgresql+psycopg://h/d").url == "postgresql+psycopg://h/d"


@pytest.mark.parametrize(("url", "secure"), [("https://a.example.org", True), ("http://a.example.org", False)])
def test_https_is_known_by_the_public_address(url, secure):
    assert replace(Settings(), public_url=url).secure is secure


def test_every_setting_has_its_help_and_is_listed():
    every = [one for one in fields(Settings) if one.name != "authority"] + list(fields(Authority))
    assert all(len(one.metadata["help"]) > 10 for one in every)
    assert len(settings.described(Settings())) == len(every)


def test_it_is_told_where_each_setting_was_said(folder):
    write(folder, 'smtp_host = "mail.example.org"\nsmtp_port = 25\n[authority]\nname_en = "Elwern"\n')
    environ = {"PORTAL_SMTP_PORT": "2525", "PORTAL_SMTP_PASSWORD_FILE": "/run/secret"}
    assert settings.origins(Settings(data_dir=folder), environ) == {
        "smtp_host": "portal.toml",
        "smtp_port": "environment",
        "smtp_password": "environment",
        "authority.name_en": "portal.toml",
    }


def test_the_explained_file_holds_every_setting_with_its_default(folder):
    comments = settings.explained()
    written = "\n".join(line.removeprefix("#") for line in comments.splitlines() if not line.startswith("# "))
    table = tomllib.loads(written)
    assert set(table["authority"]) == {one.name for one in fields(Authority)}
    assert set(table) == {one.name for one in fields(Settings)} - {"data_dir"} - SECRETS
    write(folder, written)
    assert settings.load(folder, environ={}) == Settings(data_dir=folder)
    write(folder, comments)
    assert settings.load(folder, environ={}) == Settings(data_dir=folder)


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [
        ("#000000", 21.0),
        ("#ffffff", 1.0),
        ("#767676", 4.54),
        ("#777777", 4.48),
        ("#FF0000", 4.0),
        ("#0000fF", 8.59),
        ("#00ff00", 1.37),
    ],
)
def test_contrast_is_that_of_the_accessibility_guidelines(colour, ratio):
    assert publisher.contrast_with_white(colour) == pytest.approx(ratio, abs=0.005)


@given(some.binary(max_size=200))
def test_no_file_at_all_makes_anything_but_settings_or_a_sentence(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "portal.toml").write_bytes(content)
    try:
        made = settings.load(folder, environ={}).data_dir
    except BadSettings as refused:
        made = str(refused)
    assert made
