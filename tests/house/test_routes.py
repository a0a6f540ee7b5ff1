"""The map of the site is the one that was agreed, and everybody may do what the table of permissions says."""

import shutil

import pytest
from sqlmodel import col, func, select

from portal import clock
from portal.accounts import sessions
from portal.accounts.models import Account
from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.clock import Month
from portal.crime.models import ForceMonth
from portal.db import Database
from portal.places.models import Area, AreaKind
from portal.settings import Settings
from tests.browse import Browse
from tests.house.agreed import PERMISSIONS, ROUTES, allowed, kept, listed, permissions
from tests.house.examples import example
from tests.people import account, signed_in


def test_the_map_is_the_one_that_was_agreed(reader):
    assert listed(reader.app) == kept(ROUTES)


def test_who_may_use_each_route_is_as_it_was_agreed(reader):
    assert allowed(reader.app) == kept(PERMISSIONS)


TOKEN = {"token": "a" * 43}
RECEIPT = {"reference": "zzzz-zzzz"}
NEEDED = {
    "accounts:invitation": TOKEN,
    "accounts:password": TOKEN,
    "accounts:use_invitation": TOKEN,
    "accounts:use_password": TOKEN,
    "contact:receipt": RECEIPT,
    "moderation:notice_receipt": RECEIPT,
    "moderation:report_receipt": RECEIPT,
    "notifications:ask_to_confirm": TOKEN,
    "notifications:by_hand": TOKEN,
    "notifications:change": TOKEN,
    "notifications:confirm": TOKEN,
    "notifications:feed": {"kind": "figures", "key": "new"},
    "notifications:leave": TOKEN,
    "notifications:leave_all": TOKEN,
    "notifications:one_click": TOKEN,
    "notifications:settings": TOKEN,
}
"""What a path is made with. A secret that nobody was given, a receipt that nobody has: what is there is for few."""


@pytest.fixture(scope="module")
def examples(demo):
    """Parameters of a page that is there, for every route of the public that has some."""
    with demo.app.state.database.reading() as session:
        newest = session.exec(select(func.max(ForceMonth.month)).where(ForceMonth.state == "released")).one()
        acts = {
            "audit:act": {"number": session.exec(select(func.min(AuditEntry.id)).where(_is_public(demo.app))).one()}
        }
        acted = Month.of(clock.london_day(session.get_one(AuditEntry, acts["audit:act"]["number"]).at))
        slugs = {kind: _slug(session, kind) for kind in AreaKind}
    acts |= {name: {"month": acted} for name in ("audit:month", "audit:month_csv", "audit:month_json")}
    forms = {"": {}, "_month": {"month": Month.from_index(newest)}}
    forms |= dict.fromkeys(("_csv", "_json"), forms["_month"])
    areas = {f"crime:{kind}{form}": {"slug": slugs[kind], **more} for kind in slugs for form, more in forms.items()}
    return NEEDED | acts | areas | {"organisations:ward": {"slug": slugs[AreaKind.ward]}}


def _is_public(app):
    return col(AuditEntry.act).in_(app.state.public_acts)


def _slug(session, kind):
    wanted = select(Area.slug_en).where(Area.kind == kind, col(Area.served), col(Area.ends_on).is_(None))
    return session.exec(wanted.order_by(Area.id).limit(1)).one()


def open_to_anybody(what):
    return sorted(name for name, line in permissions().items() if line == (what, "anybody"))


def path_of(app, route, params):
    """The path of a route in English, or of one that lies outside the languages."""
    if route in {name for name, _, _ in app.state.urls.declared()}:
        return app.state.urls.path(route, "en", **params)
    (plain,) = [one for one in app.router.routes if getattr(one, "name", "") == route]
    asset = app.state.templates.environments["en"].globals["asset"]("portal.css").rpartition("/")[2]
    path = plain.path.replace("{lang:lang}", "en").replace("{file}", asset)
    return path.replace("{token:token}", params.get("token", ""))


LEADING_ON = {
    "web:door": 302,
    "web:front_slash": 301,
    "accounts:code": 303,
    "accounts:set_up": 303,
    "accounts:invitation": 410,
    "accounts:password": 410,
    "contact:receipt": 404,
    "moderation:notice_receipt": 404,
    "moderation:report_receipt": 404,
    "notifications:ask_to_confirm": 410,
    "notifications:by_hand": 303,
    "notifications:settings": 410,
}
"""What a stranger gets of routes that need something of them: on to signing in, or that it is not there."""


@pytest.mark.parametrize("route", open_to_anybody("reads"))
def test_a_member_of_the_public_may_read_what_the_table_says(demo, examples, route):
    """Asked without any cookie. What is not for the public will be "not found" to them, never "forbidden"."""
    path = path_of(demo.app, route, examples.get(route, {}))
    assert demo.client.get(path).status_code == LEADING_ON.get(route, 200)


def test_the_folder_of_mail_is_for_the_demonstration_alone(demo, reader):
    """There it shows letters to everybody, and nobody's."""
    path = path_of(demo.app, "notifications:folder", {})
    assert (demo.client.get(path).status_code, reader.client.get(path).status_code) == (200, 404)


SENT = {
    "accounts:sign_out": 303,
    "accounts:use_code": 401,
    "accounts:finish_set_up": 401,
    "accounts:use_invitation": 410,
    "accounts:use_password": 410,
    "notifications:ask": 404,
    "notifications:change": 410,
    "notifications:confirm": 410,
    "notifications:leave": 303,
    "notifications:leave_all": 303,
    "notifications:one_click": 200,
}
"""What a stranger gets who sends nothing: else the form again, with what is missing. To leave what nobody follows is
to have left, so that a link tells nothing of who follows.
"""


@pytest.mark.parametrize("route", open_to_anybody("sends"))
def test_a_member_of_the_public_may_send_what_the_table_says(browse, route):
    path = path_of(browse.app, route, NEEDED.get(route, {}))
    assert browse.client.post(path, data={}).status_code == SENT.get(route, 422)


def test_a_page_is_read_and_a_form_is_sent_and_never_both(reader):
    """So that no link and no picture can do anything."""
    for name, methods, _ in reader.app.state.urls.declared():
        assert (methods == "POST") == (permissions()[name][0] == "sends"), name


def guarded():
    return sorted(name for name, (_, who) in permissions().items() if who != "anybody")


class Roles:
    """Somebody of each role, somebody of none, and nobody, at one portal. Each time they are signed in anew: what a
    route did to who asked before changes nothing.
    """

    def __init__(self, app):
        self.app = app
        self.held = {code: role.permissions for code, role in app.state.roles.items()} | {"": frozenset()}
        with app.state.database.unit_of_work() as session:
            self._accounts = {role: account(session, *([role] if role else [])).key for role in self.held}

    def ask(self, browse, route, does, role):
        """The status of what somebody of a role gets, of a thing that is there each time."""
        browse.client.cookies.clear()
        with self.app.state.database.unit_of_work() as session:
            path = self.app.state.urls.path(route, "en", **example(route, session))
            if role is not None:
                token = signed_in(session, session.get_one(Account, self._accounts[role]))
                browse.client.cookies.set(sessions.cookie_name(self.app.state.settings), token)
        answer = browse.client.post(path, data={}) if does == "sends" else browse.client.get(path)
        return answer.status_code


@pytest.fixture(scope="module")
def roles(empty_file, tmp_path_factory):
    """One portal for the whole table: a walk for each route is long enough."""
    folder = tmp_path_factory.mktemp("roles")
    shutil.copyfile(empty_file, folder / "portal.db")
    database = Database(f"sqlite:///{folder / 'portal.db'}")
    with Browse(create_app(Settings(data_dir=folder), database=database)) as browse:
        yield browse, Roles(browse.app)
    database.close()


@pytest.mark.parametrize("route", guarded())
def test_each_role_may_do_what_the_table_says_and_nothing_else(roles, route):
    """Every route by every role and by nobody, with a thing that is there each time: what is not theirs is not."""
    browse, people = roles
    does, who = permissions()[route]
    for role, held in people.held.items():
        status = people.ask(browse, route, does, role)
        if who == "signed_in" or who in held:
            assert status in {200, 303, 409, 422}, f"{role} is kept out of {route}: {status}"
        else:
            assert status == 404, f"{role} is not kept out of {route}: {status}"
    assert people.ask(browse, route, does, None) == (401 if does == "sends" else 303)
