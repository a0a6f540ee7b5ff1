"""What the build makes of static/, and how it is served."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.resources import ResourceMissing, resource_dir
from portal.web.assets import Assets, AssetsNotBuilt

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
BODY = b"body { color: black }\n" * 40


def integrity(body: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    file = tmp_path / "portal-0123456789ab.css"
    file.write_bytes(BODY)
    file.with_name(file.name + ".br").write_bytes(brotli.compress(BODY))
    file.with_name(file.name + ".gz").write_bytes(gzip.compress(BODY))
    manifest = {"portal.css": {"file": file.name, "integrity": integrity(BODY)}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


@pytest.fixture
def client(dist: Path) -> TestClient:
    return TestClient(Starlette(routes=[Assets.load(dist).route()]))


URL = "/assets/portal-0123456789ab.css"


@pytest.fixture(scope="module")
def built() -> Assets:
    return Assets.load(resource_dir("static/dist"))


@pytest.fixture(scope="module")
def css(built: Assets) -> str:
    return built.by_name["portal.css"].bodies["identity"].decode("utf-8")


def test_a_template_gets_the_hashed_address_and_the_digest(dist: Path) -> None:
    assets = Assets.load(dist)
    assert assets.url("portal.css") == URL
    assert assets.integrity("portal.css") == integrity(BODY)


def test_a_file_that_was_not_built_has_no_address(dist: Path) -> None:
    with pytest.raises(KeyError):
        Assets.load(dist).url("missing.css")


@pytest.mark.parametrize("fault", ["no folder", "no manifest", "broken manifest", "no brotli form"])
def test_what_is_not_built_is_refused_with_the_command_that_builds_it(dist: Path, fault: str) -> None:
    if fault == "no folder":
        shutil.rmtree(dist)
    elif fault == "no manifest":
        (dist / "manifest.json").unlink()
    elif fault == "broken manifest":
        (dist / "manifest.json").write_text("{")
    else:
        (dist / "portal-0123456789ab.css.br").unlink()
    with pytest.raises(AssetsNotBuilt, match=r"pip install -e \."):
        Assets.load(dist)


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("*;q=0.000, br;q=nan", "identity"),
        ("", "identity"),
        ("deflate", "identity"),
    ],
)
def test_a_browser_gets_the_smallest_form_it_can_read(client: TestClient, accept: str, encoding: str) -> None:
    answer = client.get(URL, headers={"Accept-Encoding": accept})
    assert answer.status_code == 200
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.content == BODY
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["vary"] == "accept-encoding"


def test_a_browser_may_keep_a_file_for_a_year_and_no_other_site_may_use_it(client: TestClient) -> None:
    headers = client.get(URL).headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


def test_head_says_what_get_would(client: TestClient) -> None:
    got, head = client.get(URL), client.head(URL)
    assert head.content == b""
    assert head.headers == got.headers


def test_what_the_browser_holds_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(URL, headers={"Accept-Encoding": "br"}).headers["etag"]
    for held in (etag, f'"other", W/{etag}', "*"):
        again = client.get(URL, headers={"Accept-Encoding": "br", "If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["vary"] == "accept-encoding"


def test_each_encoding_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = {client.get(URL, headers={"Accept-Encoding": name}).headers["etag"] for name in ("br", "gzip", "identity")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/assets/manifest.json",
        "/assets/portal.css",
        "/assets/portal-0123456789ab.css.br",
        "/assets/",
        "/assets/..%2fmanifest.json",
        "/assets/%2e%2e/%2e%2e/pyproject.toml",
        "/assets//etc/passwd",
    ],
)
def test_nothing_but_what_was_built_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_assets_are_only_read(client: TestClient) -> None:
    assert client.post(URL).status_code == 405


def test_every_form_of_every_file_is_the_same_file(built: Assets) -> None:
    for asset in built.by_name.values():
        body = asset.bodies["identity"]
        assert asset.integrity == integrity(body)
        assert brotli.decompress(asset.bodies["br"]) == body
        assert gzip.decompress(asset.bodies["gzip"]) == body
        assert hashlib.sha256(body).hexdigest()[:12] in asset.file


@pytest.mark.parametrize(
    ("name", "most_bytes"),
    [
        ("portal.css", 9_000),
        ("htmx.js", 12_500),
        ("portal.js", 1_000),
        ("error-summary.js", 2_000),
        ("button.js", 2_000),
        ("favicon.svg", 500),
    ],
)
def test_a_first_visit_stays_small(built: Assets, name: str, most_bytes: int) -> None:
    assert len(built.by_name[name].bodies["br"]) <= most_bytes


def test_the_stylesheet_fetches_nothing_and_takes_nothing_that_is_not_ours(css: str) -> None:
    for unwanted in ("data:", "url(", "@import", "@font-face", "GDS Transport", "__crown", "__copyright-logo"):
        assert unwanted not in css


def test_the_publishers_colour_can_be_replaced_by_a_later_stylesheet(css: str) -> None:
    assert re.search(r":root\{[^}]*--portal-brand:\s*#", css)
    assert re.search(r":root\{[^}]*--portal-brand-text:\s*#", css)
    assert re.search(r"\.govuk-generic-header\{[^}]*background:var\(--portal-brand\)", css)


def test_every_variable_of_the_stylesheet_is_defined_in_it(css: str) -> None:
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    assert used
    assert used <= set(re.findall(r"(--[\w-]+):", css))


def test_nothing_built_asks_for_eval_or_another_host(built: Assets) -> None:
    for name in ("portal.js", "error-summary.js", "button.js"):
        text = built.by_name[name].bodies["identity"].decode("utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|https?://", text)


def test_every_class_of_ours_and_every_override_in_a_template_has_a_style(css: str) -> None:
    known = set(re.findall(r"\.((?:portal-|govuk-!)[\w-]+)", css.replace("\\", "")))
    used = {
        name
        for template in resource_dir("templates").rglob("*.html")
        for attribute in re.findall(r"""class(?:es)?"?[=:] ?"([^"]*)""", template.read_text("utf-8"))
        for name in re.findall(r"(?:portal-|govuk-!)[\w-]+", attribute)
    }
    assert used
    assert used <= known


def test_the_lock_pins_by_hash_and_names_no_place_to_fetch_from() -> None:
    text = (STATIC / "package-lock.json").read_text("utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


@pytest.fixture
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_hook", STATIC / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sources(tmp_path: Path, dist: Path, hook: ModuleType) -> Path:
    """A folder like static/, with a dist that was built from it."""
    static = tmp_path / "static"
    for name in ("css/portal.scss", "js/portal.js", "img/favicon.svg", "package-lock.json", "build.mjs"):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text(name)
    shutil.copytree(dist, static / "dist", ignore=shutil.ignore_patterns("static"))
    (static / "dist" / "sources.sha256").write_text(hook.sources_digest(static))
    return static


def test_what_is_up_to_date_is_not_built_again(hook: ModuleType, sources: Path) -> None:
    assert hook.is_fresh(sources)


@pytest.mark.parametrize("name", ["css/portal.scss", "css/_new.scss", "js/portal.js", "package-lock.json", "build.mjs"])
def test_a_changed_source_is_built_anew(hook: ModuleType, sources: Path, name: str) -> None:
    (sources / name).write_text("changed")
    assert not hook.is_fresh(sources)


@pytest.mark.parametrize("name", ["manifest.json", "sources.sha256", "portal-0123456789ab.css.gz"])
def test_a_torn_build_is_built_anew(hook: ModuleType, sources: Path, name: str) -> None:
    (sources / "dist" / name).unlink()
    assert not hook.is_fresh(sources)


def test_a_folder_of_resources_has_a_known_name() -> None:
    with pytest.raises(ResourceMissing):
        resource_dir("secrets")
