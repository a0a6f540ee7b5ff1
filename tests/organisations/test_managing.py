"""Staff keep organisations, posts, holders and councillors: what they see, what is kept and recorded, and what when two
write at once.
"""

import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import select

from portal.app import create_app
from portal.audit.models import AuditEntry
from portal.audit.queries import verify_chain
from portal.organisations import service
from portal.organisations.models import Councillor, Holder, Organisation, Post, Seat
from portal.places.models import Area
from tests.browse import MARKED, Browse, _value
from tests.checks import every, words
from tests.factories import known_of
from tests.people import somebody

TODAY = dt.date(2026, 11, 20)


def kept(database, table, **where):
    with database.reading() as session:
        wanted = select(table)
        for name, value in where.items():
            wanted = wanted.where(getattr(table, name) == value)
        return session.exec(wanted.order_by(table.id)).all()


def acts(database):
    with database.reading() as session:
        assert not verify_chain(session).code
        return [one.act for one in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def test_the_list_says_first_what_is_missing(staff):
    page = staff.open("/en/organisations")
    assert page.heading == "Organisations and councillors"
    rows = [words(one) for one in every(every(page.main, "ul")[0], "li")]
    assert rows == [
        "Here Police no contact to be checked",
        "Inspector, Here Police vacant",
        "Not Yet to be checked",
        "Cled Chwedl, Birch to be checked",
        "Birch vacant",
        "Dot Sample, Cedar term over no contact",
    ]


def test_the_desk_says_how_many_things_wait(staff):
    page = staff.open("/en/desk")
    assert "Organisations, posts and councillors to check: 6" in page.said
    assert page.follow("Organisations, posts and councillors to check: 6").heading == "Organisations and councillors"


def test_an_organisation_is_changed_and_the_public_page_says_so_at_once(staff, filled):
    public = Browse(staff.app)
    assert "Here Police" in public.open("/en/who-is-in-charge").said
    page = staff.open("/en/organisations").follow("Here Police")
    page.fill("Name in English", "Our Police").fill("Telephone", "01632 960101")
    assert "It is saved." in page.press("Save").said
    (row,) = kept(filled, Organisation, code="police")
    assert (row.name_en, row.telephone, row.version) == ("Our Police", "01632 960101", 2)
    said = public.open("/en/who-is-in-charge").said
    assert "Our Police" in said
    assert "Here Police" not in said
    assert acts(filled)[-1] == "organisation-changed"


def test_the_same_values_again_are_no_act(staff, filled):
    page = staff.open("/en/organisations").follow("Here Police")
    before = acts(filled)
    page.press("Save")
    assert acts(filled) == before
    assert kept(filled, Organisation, code="police")[0].version == 1


WRONG = {
    "Name in English": ("", "Write the name in English"),
    "Name in Welsh": (" ", "Write the name in Welsh"),
    "Short name in English": ("x" * 41, "Make the text shorter"),
    "What it does, in Welsh": ("x" * 601, "Make the text shorter"),
    "Telephone": ("ring me", "Write the telephone number with digits, like 01632 960123"),
    "E-mail address": ("somebody@", "Write the e-mail address in full, like name@example.org"),
    "Website in English": ("http://example.org", "Write the whole address, which must begin with: https://"),
    "Website in Welsh": ("javascript:alert(1)", "Write the whole address, which must begin with: https://"),
    "What it is": ("emperor", "Choose one of the list"),
}


@pytest.mark.parametrize("label", WRONG)
def test_what_is_wrong_is_said_and_everything_typed_stays(staff, filled, label):
    text, problem = WRONG[label]
    page = staff.open("/en/organisations").follow("Here Police").fill("Short name in Welsh", "HY").fill(label, text)
    again = page.press("Save")
    assert again.status == 422
    assert again.problems() == [problem]
    assert again.value("Short name in Welsh") == "HY"
    assert kept(filled, Organisation, code="police")[0].version == 1


DAYS = {
    ("First day (optional)", "soon"): "Write the day like 2026-05-07 or 07/05/2026",
    ("Last day of the term (optional)", "2022-05-01"): "The last day of the term must not be before the first",
    ("First day away (optional)", "31/02/2026"): "Write the day like 2026-05-07 or 07/05/2026",
    ("Last day away, if it is known", "2026-10-01"): "The last day away must not be before the first",
    ("Who stands in", "99999"): "Choose one of the list",
    ("Name", ""): "Write the name",
}


@pytest.mark.parametrize(("label", "text"), DAYS)
def test_days_and_who_stands_in_are_checked(staff, filled, label, text):
    page = staff.open(f"/en/organisations/councillors/{councillor(filled, 'Bryn Ffug').id}").fill(label, text)
    again = page.press("Save")
    assert again.status == 422
    assert again.problems() == [DAYS[label, text]]


def test_nobody_stands_in_for_themselves_or_when_they_have_left(staff, filled):
    own = councillor(filled, "Bryn Ffug")
    page = staff.open(f"/en/organisations/councillors/{own.id}")
    choices = [words(one) for one in every(page.field("Who stands in"), "option")]
    assert choices == ["Nobody", "Ann Example", "Cled Chwedl", "Dot Sample"]
    assert page.fill("Who stands in", str(own.id)).press("Save").problems() == ["Choose one of the list"]


def councillor(database, name):
    (one,) = kept(database, Councillor, name=name)
    return one


def test_the_second_of_two_editors_is_told_and_loses_nothing(staff, filled):
    first = staff.open("/en/organisations").follow("Here Police")
    second = Browse(staff.app)
    second.client.cookies = staff.client.cookies
    theirs = second.open(first.path.partition("?")[0])
    first.fill("Telephone", "01632 960101").press("Save")
    theirs.fill("Telephone", "01632 960199").fill("Short name in English", "HP")
    told = second.send(theirs.path, values_of(theirs), status=409)
    assert "Somebody else saved this while you were writing" in told.said
    assert told.value("Telephone") == "01632 960199"
    assert told.value("Short name in English") == "HP"
    now = every(told.main, "dl")[0]
    told_now = [words(one) for one in now.iter() if one.tag in {"dt", "dd"}]
    assert told_now == ["Short name in English", "empty", "Telephone", "01632 960101"]
    assert kept(filled, Organisation, code="police")[0].telephone == "01632 960101"
    told.press("Save")
    row = kept(filled, Organisation, code="police")[0]
    assert (row.telephone, row.short_en, row.version) == ("01632 960199", "HP", 3)


def values_of(page):
    """What the page's form would send."""
    fields = [one for one in page.root.iter() if one.tag in {"input", "select", "textarea"} and one.get("name")]
    boxes = {"checkbox", "radio"}
    values = {one.get("name"): _value(one) for one in fields if one.get("type") not in boxes or "checked" in one.attrib}
    return values | page.typed


def test_an_organisation_with_a_post_and_its_holder_is_added_step_by_step(staff, filled):
    page = staff.open("/en/organisations").follow("Add an organisation")
    page.fill("What it is", "council_service").fill("Name in English", "Street care").fill(
        "Name in Welsh", "Gofal stryd"
    )
    added = page.press("Save")
    assert "It is added." in added.said
    post = (
        added.follow("Add a post").fill("Title in English", "Manager").fill("Title in Welsh", "Rheolwr").press("Save")
    )
    (row,) = kept(filled, Post, title_en="Manager")
    assert row.code == "manager"
    assert post.heading == "Edit a post"
    whose = added.browse.open(added.path.partition("?")[0]).follow("Add who holds it: Manager")
    whose.fill("Name", "Sam Sample").fill("E-mail address", "sam@example.org").press("Save")
    (holder,) = kept(filled, Holder, name="Sam Sample")
    assert (holder.checked_on, holder.shows_email, holder.post_id) == (TODAY, False, row.id)
    said = Browse(staff.app).open("/en/who-is-in-charge").said
    assert "Sam Sample" in said
    assert "sam@example.org" not in said
    assert acts(filled)[-3:] == ["organisation-added", "post-added", "holder-added"]


def test_a_form_that_comes_twice_makes_one(staff, filled):
    page = staff.open("/en/organisations/add")
    page.fill("What it is", "other").fill("Name in English", "Twice").fill("Name in Welsh", "Dwywaith")
    assert page.press("Save").path == page.press("Save").path
    assert len(kept(filled, Organisation, name_en="Twice")) == 1


def test_two_organisations_of_one_name_have_codes_of_their_own(staff, filled):
    for _ in range(2):
        page = staff.open("/en/organisations/add")
        page.fill("What it is", "other").fill("Name in English", "Same").fill("Name in Welsh", "Yr un").press("Save")
    assert [one.code for one in kept(filled, Organisation, name_en="Same")] == ["same", "same-2"]


FIGURE = "This is the portfolio holder, who answers for community safety"
THERE_IS_ONE = "There can be one portfolio holder. It is now: Portfolio holder, Hereshire Council"


@pytest.mark.parametrize("code", ["council", "police"])
def test_the_portal_has_one_portfolio_holder(staff, filled, code):
    (body,) = kept(filled, Organisation, code=code)
    page = staff.open(f"/en/organisations/{body.id}/add").fill("Title in English", "B").fill("Title in Welsh", "B")
    again = page.tick(FIGURE).press("Save")
    assert again.problems() == [THERE_IS_ONE]
    assert kept(filled, Post, title_en="B") == []
    again.tick("Move it here from there").press("Save")
    assert [one.title_en for one in kept(filled, Post, is_portfolio_holder=True)] == ["B"]
    assert acts(filled)[-2:] == ["post-changed", "post-added"]


def test_a_post_that_is_there_meets_the_portfolio_holder_and_takes_its_place_when_that_is_said(staff, filled):
    (post,) = kept(filled, Post, code="inspector")
    page = staff.open(f"/en/organisations/posts/{post.id}").fill("Telephone", "01632 960042").tick(FIGURE)
    again = page.press("Save")
    assert (again.status, again.problems()) == (422, [THERE_IS_ONE])
    assert again.value("Telephone") == "01632 960042"
    assert kept(filled, Post, code="inspector")[0].version == 1
    assert "It is saved." in again.tick("Move it here from there").press("Save").said
    assert [one.code for one in kept(filled, Post, is_portfolio_holder=True)] == ["inspector"]
    assert acts(filled)[-2:] == ["post-changed", "post-changed"]
    figure, *_ = every(Browse(staff.app).open("/en/who-is-in-charge").main, "h2")
    assert words(figure) == "Here Police"


def test_where_somebody_else_was_quicker_the_portfolio_holder_stays(staff, filled):
    (post,) = kept(filled, Post, code="inspector")
    page = staff.open(f"/en/organisations/posts/{post.id}")
    mine = values_of(page) | {"is_portfolio_holder": "yes", "takes_over": "yes"}
    page.fill("Telephone", "01632 960042").press("Save")
    staff.send(page.path, mine, status=409)
    assert [one.code for one in kept(filled, Post, is_portfolio_holder=True)] == ["figure"]


def test_two_who_add_one_name_at_one_instant_are_told(staff, filled, monkeypatch):
    monkeypatch.setattr(service, "_free_code", lambda *_: "police")
    page = staff.open("/en/organisations/add").fill("What it is", "other")
    again = page.fill("Name in English", "Police").fill("Name in Welsh", "Heddlu").press("Save")
    assert again.problems() == ["Somebody else saved something of this name at the same moment. Save again"]


def test_a_post_is_held_by_one_person(staff, filled):
    (post,) = kept(filled, Post, code="figure")
    page = staff.open(f"/en/organisations/posts/{post.id}/add").fill("Name", "Somebody Else")
    assert page.press("Save").problems() == ["Somebody else has this place already. End their time first"]


def test_a_councillor_ends_after_a_question_and_the_seat_is_vacant_from_today(staff, filled):
    one = councillor(filled, "Ann Example")
    page = staff.open(f"/en/organisations/councillors/{one.id}").follow("End this from today")
    assert "from today that the seat is vacant" in page.said
    assert kept(filled, Councillor, id=one.id)[0].ends_on is None
    done = page.press("End it today")
    assert done.path == "/en/organisations?done=ended"
    assert kept(filled, Councillor, id=one.id)[0].ends_on == TODAY
    said = Browse(staff.app).open("/en/councillors/alder").said
    assert "Nobody has sat in this seat since 20 November 2026." in said
    assert "Ann Example" not in said
    assert "Nobody stands in at present." in said
    assert staff.client.get(page.path).status_code == 404
    assert acts(filled)[-1] == "councillor-ended"


def test_an_organisation_ends_with_its_posts_and_who_holds_them(staff, filled):
    (council,) = kept(filled, Organisation, code="council")
    staff.open(f"/en/organisations/{council.id}/end").press("End it today")
    assert kept(filled, Organisation, code="council")[0].ends_on == TODAY
    assert [one.ends_on for one in kept(filled, Post, organisation_id=council.id)] == [TODAY]
    assert [one.ends_on for one in kept(filled, Holder, name="Ann Example")] == [TODAY]
    assert acts(filled)[-3:] == ["holder-ended", "post-ended", "organisation-ended"]
    assert "Hereshire Council" not in Browse(staff.app).open("/en/who-is-in-charge").said


def test_what_changed_since_it_was_opened_does_not_end(staff, filled):
    one = councillor(filled, "Ann Example")
    asked = staff.open(f"/en/organisations/councillors/{one.id}/end")
    staff.open(f"/en/organisations/councillors/{one.id}").fill("Telephone", "01632 960055").press("Save")
    told = staff.send(asked.path, values_of(asked), status=409)
    assert "Something changed in the meantime" in told.said
    assert kept(filled, Councillor, id=one.id)[0].ends_on is None
    assert told.press("End it today").path == "/en/organisations?done=ended"
    assert kept(filled, Councillor, id=one.id)[0].ends_on == TODAY


@pytest.mark.parametrize("kind", ["organisation", "post", "holder", "councillor"])
def test_a_form_that_is_saved_twice_leads_where_it_led_first(staff, filled, kind):
    (row, *_) = (one for one in kept(filled, service.TABLES[kind]) if one.ends_on is None)
    page = staff.open(paths_of(kind, row.id)).fill("Telephone", "01632 960101")
    first = page.press("Save")
    before = acts(filled)
    second = page.press("Save")
    assert (second.path, second.status, "It is saved." in second.said) == (first.path, 200, True)
    assert acts(filled) == before


@pytest.mark.parametrize("kind", ["organisation", "post", "holder", "councillor"])
def test_what_is_ended_twice_leads_where_it_led_first(staff, filled, kind):
    (row, *_) = (one for one in kept(filled, service.TABLES[kind]) if one.ends_on is None)
    page = staff.open(f"{paths_of(kind, row.id)}/end")
    first = page.press("End it today")
    before = acts(filled)
    second = page.press("End it today")
    assert (second.path, second.status) == (first.path, 200)
    assert acts(filled) == before


def paths_of(kind, key):
    """Where one of a kind is edited."""
    return f"/en/organisations/{'' if kind == 'organisation' else kind + 's/'}{key}"


def test_checking_marks_today_and_takes_it_off_the_list(staff, filled):
    page = staff.open("/en/organisations").follow("Cled Chwedl")
    assert "It is marked as checked today." in page.press("Mark as checked today").said
    assert councillor(filled, "Cled Chwedl").checked_on == TODAY
    assert "Cled Chwedl, Birch" not in staff.open("/en/organisations").said


def test_an_organisation_is_checked_with_who_holds_its_posts(staff, filled):
    (council,) = kept(filled, Organisation, code="council")
    staff.open(f"/en/organisations/{council.id}").press("Mark as checked today")
    assert kept(filled, Organisation, code="council")[0].checked_on == TODAY
    assert kept(filled, Holder, name="Ann Example")[0].checked_on == TODAY


def test_a_ward_is_checked_at_once(staff, filled):
    (ward,) = kept(filled, Area, slug_en="alder", kind="ward")
    page = staff.open(f"/en/organisations/wards/{ward.id}").press("Mark all as checked today")
    assert "Everybody who sits for this ward is marked as checked today." in page.said
    assert {one.checked_on for one in kept(filled, Councillor) if one.name in {"Ann Example", "Bryn Ffug"}} == {TODAY}


def test_the_seats_of_a_ward_grow_and_shrink_but_not_under_who_sits(staff, filled):
    (ward,) = kept(filled, Area, slug_en="birch", kind="ward")
    page = staff.open(f"/en/organisations/wards/{ward.id}")
    assert page.value("Number of seats") == "2"
    page = page.fill("Number of seats", "3").press("Save the number of seats")
    assert len([one for one in kept(filled, Seat, ward_id=ward.id) if one.ends_on is None]) == 3
    page = page.fill("Number of seats", "1").press("Save the number of seats")
    (left,) = [one for one in kept(filled, Seat, ward_id=ward.id) if one.ends_on is None]
    assert left.id == councillor(filled, "Cled Chwedl").seat_id
    (alder,) = kept(filled, Area, slug_en="alder", kind="ward")
    page = staff.open(f"/en/organisations/wards/{alder.id}").fill("Number of seats", "1")
    assert page.press("Save the number of seats").problems() == [
        "More councillors sit for this ward. End their time first"
    ]


@pytest.mark.parametrize("text", ["", "0", "13", "two", "-1", "²"])
def test_the_number_of_seats_is_a_number(staff, filled, text):
    (ward,) = kept(filled, Area, slug_en="birch", kind="ward")
    page = staff.open(f"/en/organisations/wards/{ward.id}").fill("Number of seats", text)
    assert page.press("Save the number of seats").problems() == ["Write a whole number from 1 to 12"]


def test_a_councillor_is_added_to_a_vacant_seat(staff, filled):
    (ward,) = kept(filled, Area, slug_en="birch", kind="ward")
    page = staff.open(f"/en/organisations/wards/{ward.id}").follow("Add a councillor to the vacant seat: 2")
    page.fill("Name", "New Person").fill("E-mail address", "new@example.org").press("Save")
    assert "new@example.org" in Browse(staff.app).open("/en/councillors/birch").said
    again = page.fill("Name", "Too Late").press("Save")
    assert again.problems() == ["Somebody else has this place already. End their time first"]


def test_names_and_addresses_of_people_stand_in_the_record_as_what_can_be_erased(staff, filled):
    one = councillor(filled, "Ann Example")
    staff.open(f"/en/organisations/councillors/{one.id}").fill("Telephone", "01632 960077").press("Save")
    with filled.reading() as session:
        told = " ".join(str((each.before, each.after)) for each in session.exec(select(AuditEntry)))
    assert "01632 960077" not in told
    assert "Ann Example" not in told
    assert "commitment" in told


@pytest.mark.parametrize("role", ["analyst", "councillor", "partner", "moderator"])
def test_other_roles_find_nothing_there(app, role):
    with somebody(app, role) as other:
        for path in ("/en/organisations", "/en/organisations/1", "/en/organisations/wards/1", "/en/organisations/add"):
            assert other.client.get(path).status_code == 404
        assert "Organisations" not in [text for text, _ in other.open("/en/desk").links()]


def test_what_is_not_there_or_has_ended_is_not_found(staff, filled):
    for path in ("999", "posts/999", "holders/999", "councillors/999", "wards/999", "posts/999/end"):
        assert staff.client.get(f"/en/organisations/{path}").status_code == 404
    origin = {"origin": staff.settings.public_url, "sec-fetch-site": "same-origin"}
    form = {"name": "Somebody", "title_en": "A", "title_cy": "A"}
    for path in ("999/add", "posts/999/add", "seats/999/add"):
        assert staff.client.post(f"/en/organisations/{path}", data=form, headers=origin).status_code == 404


def test_a_portal_in_english_asks_for_no_welsh(filled, settings):
    app = create_app(replace(settings, welsh=False), database=filled)
    with somebody(app, "administrator") as staff:
        page = staff.open("/en/organisations/add")
        assert "Name in Welsh" not in page.said
        page.fill("What it is", "other").fill("Name in English", "Only English").press("Save")
    assert kept(filled, Organisation, name_en="Only English")[0].name_cy == "Only English"


def test_every_page_of_staff_is_whole_in_welsh_and_translated(filled, settings):
    app = create_app(settings, database=filled, catalogues=MARKED)
    (ward,) = kept(filled, Area, slug_en="alder", kind="ward")
    paths = [
        "sefydliadau",
        "sefydliadau/1",
        "sefydliadau/1/gorffen",
        "sefydliadau/1/ychwanegu",
        "sefydliadau/ychwanegu",
    ]
    paths += ["sefydliadau/swyddi/1", "sefydliadau/swyddi/1/gorffen", "sefydliadau/deiliaid/1", "desg"]
    paths += ["sefydliadau/swyddi/2/ychwanegu", "sefydliadau/cynghorwyr/1", f"sefydliadau/wardiau/{ward.id}"]
    with somebody(app, "administrator", name="Cymraeg") as staff:
        staff.known, staff.is_marked = known_of(app), True
        for path in paths:
            assert staff.open(f"/cy/{path}").status == 200
