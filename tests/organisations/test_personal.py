"""What is held about people in office, what is given out, and what of it goes and when."""

import datetime as dt

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry, AuditSalt
from portal.audit.queries import verify_chain
from portal.lifecycle import Actor
from portal.organisations.manifest import manifest
from portal.organisations.models import Councillor, Holder
from portal.organisations.personal import erase, forget_former_contacts, former_contacts, held, named
from portal.organisations.queries import seats_by_email
from portal.organisations.service import TABLES, Kind, reference_of
from tests.factories import job_context

TODAY = dt.date(2026, 11, 20)
OFFICER = Actor("account:7", "data_protection")


def one(session, name, table=Councillor):
    return session.exec(select(table).where(table.name == name)).one()


def test_what_is_held_is_given_out_by_address(filled):
    with filled.reading() as session:
        (found,) = held(session, " ANN@example.org")
        (holder,) = held(session, "own@example.org")
        assert list(held(session, "nobody@example.org")) == []
    assert found.record == "councillor"
    assert found.fields["name"] == "Ann Example"
    assert found.fields["telephone"] == "01632 960001"
    assert (holder.record, holder.fields["starts_on"]) == ("holder", "2024-05-01")


@pytest.mark.parametrize("kind", [Kind.holder, Kind.councillor])
def test_all_that_is_kept_of_a_person_is_given_out(filled, kind):
    table = TABLES[kind]
    with filled.unit_of_work() as session:
        row = session.exec(select(table).where(table.name == "Ann Example")).one()
        for column in table.__table__.columns:
            if not column.primary_key and not column.foreign_keys and getattr(row, column.name) in {None, ""}:
                setattr(row, column.name, TODAY if column.name.endswith("_on") else "words")
        if kind is Kind.councillor:
            row.covered_by = one(session, "Bryn Ffug").key
        session.flush()
        (found,) = held(session, str(reference_of(kind, row.key)))
    kept = {column.name for column in table.__table__.columns} - {"id", "version", "seat_id", "post_id"}
    assert set(found.fields) == kept | {"place_en", "place_cy"}
    assert found.fields.get("covered_by", "Bryn Ffug") == "Bryn Ffug"
    assert (found.fields["place_en"], found.fields["shows_telephone"]) == (
        ("Portfolio holder", "yes") if kind is Kind.holder else ("Alder", "yes")
    )


def test_who_has_no_address_is_found_by_name_and_what_may_go_goes(filled):
    with filled.unit_of_work() as session:
        holder = one(session, "Ann Example", Holder)
        holder.email, key = "", f"holder:{holder.key}"
        session.flush()
        assert [whom for whom, _ in named(session, " ann  EXAMPLE ")] == [key, "ann@example.org"]
        assert [whom for whom, _ in named(session, "Councillor Ann Example")] == []
        assert [whom for whom, _ in named(session, "Cled Chwedl")] == ["cled@example.org"]
        holder.ends_on = TODAY
        session.flush()
        assert erase(session, OFFICER, key) == 1
        assert (holder.name, holder.telephone) == ("Ann Example", "")
        for nobody in ("holder:999", "seat:1", "holder:", "organisation:1"):
            assert list(held(session, nobody)) == []


def test_a_councillor_is_found_by_address_while_they_sit(filled):
    with filled.unit_of_work() as session:
        (seat,) = seats_by_email(session, ["Ann@Example.org"], TODAY)["Ann@Example.org"]
        assert seat.councillor == "Ann Example"
        one(session, "Ann Example").ends_on = TODAY
        session.flush()
        assert seats_by_email(session, ["ann@example.org"], TODAY) == {"ann@example.org": ()}


def test_of_who_holds_an_office_only_what_is_not_public_goes(filled):
    with filled.unit_of_work() as session:
        assert erase(session, OFFICER, "ann@example.org") == 0
        assert erase(session, OFFICER, "own@example.org") == 1
    with filled.reading() as session:
        ann, holder = one(session, "Ann Example"), one(session, "Ann Example", Holder)
        assert (ann.email, ann.telephone) == ("ann@example.org", "01632 960001")
        assert (holder.name, holder.email, holder.telephone) == ("Ann Example", "", "01632 960009")


def test_of_who_left_goes_how_to_reach_them_and_what_the_record_had_of_it(filled):
    with filled.unit_of_work() as session:
        one(session, "Ann Example").ends_on = TODAY
    with filled.unit_of_work() as session:
        assert erase(session, OFFICER, "ann@example.org") == 1
        ann = one(session, "Ann Example")
        entries = select(AuditEntry.id).where(AuditEntry.thing == f"councillor:{ann.key}")
        salts = session.exec(select(AuditSalt).where(AuditSalt.entry_id.in_(entries))).all()
    assert salts == []
    with filled.reading() as session:
        ann = one(session, "Ann Example")
        assert not verify_chain(session).code
        assert session.exec(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() == "councillor-erased"
    assert (ann.name, ann.email, ann.telephone, ann.surgery_en, ann.surgery_cy) == ("Ann Example", "", "", "", "")


@pytest.mark.parametrize(("today", "gone"), [("2027-05-19", 0), ("2027-05-20", 1), ("2027-06-01", 1)])
def test_contacts_of_who_left_go_after_the_months_of_the_setting(filled, settings, time_machine, today, gone):
    with filled.unit_of_work() as session:
        one(session, "Ann Example").ends_on = TODAY
    time_machine.move_to(f"{today}T12:00:00+00:00", tick=False)
    with filled.reading() as session:
        assert former_contacts(session, settings) == gone
    (job,) = [each for each in manifest.jobs if each.name == "forget-former-contacts"]
    assert job.run(job_context(filled, settings)) == ("1 people's contacts deleted" if gone else None)
    with filled.unit_of_work() as session:
        assert bool(one(session, "Ann Example").email) is not bool(gone)
        assert one(session, "Bryn Ffug").email
        assert forget_former_contacts(session, settings) == 0


def test_why_the_rest_is_kept_is_said():
    assert manifest.personal.kept_because == "public_office"
    assert [each.job for each in manifest.retention] == ["forget-former-contacts"]
