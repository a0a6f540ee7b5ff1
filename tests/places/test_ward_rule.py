"""The one rule for which ward."""

import pytest
from sqlmodel import delete, update

from portal.places.models import Area, Lsoa, LsoaWard
from portal.places.ward_rule import Reason, WardRule
from tests.places.land import lsoa_codes

ALDER, BIRCH, CEDAR = "W05000001", "W05000002", "W05000003"
WEST_ALDER, EAST_ALDER = lsoa_codes(1)
WEST_BIRCH = lsoa_codes(2)[0]
IN_ALDER, IN_EAST_ALDER, IN_BIRCH = (-2.995, 51.605), (-2.985, 51.605), (-2.975, 51.605)
IN_WEST_BIRCH = (-2.979, 51.605)
FAR = (-2.5, 51.605)
NOWHERE = (None, None)


def placed(database, rule, *points):
    with database.reading() as session:
        found = WardRule(session, rule).place([(*at, lsoa) for at, lsoa in points])
    return [(one.ward, one.reason) for one in found]


@pytest.mark.parametrize(
    ("at", "lsoa", "by_point", "by_lsoa"),
    [
        (IN_ALDER, WEST_ALDER, (ALDER, Reason.point), (ALDER, Reason.lsoa)),
        (IN_ALDER, WEST_BIRCH, (ALDER, Reason.point), (BIRCH, Reason.lsoa)),
        (FAR, WEST_ALDER, (ALDER, Reason.lsoa), (ALDER, Reason.lsoa)),
        (FAR, "W01009999", (None, Reason.outside), (None, Reason.outside)),
        (FAR, "E01000001", (None, Reason.outside), (None, Reason.outside)),
        (FAR, "", (None, Reason.outside), (None, Reason.outside)),
        (IN_ALDER, "", (ALDER, Reason.point), (ALDER, Reason.lsoa)),
        (NOWHERE, "", (None, Reason.no_place), (None, Reason.no_place)),
        (NOWHERE, WEST_BIRCH, (BIRCH, Reason.lsoa), (BIRCH, Reason.lsoa)),
        (NOWHERE, "W01000911", (ALDER, Reason.lsoa), (ALDER, Reason.lsoa)),
        (NOWHERE, "W01000930", (CEDAR, Reason.lsoa), (CEDAR, Reason.lsoa)),
        (NOWHERE, "W01000920", (None, Reason.split_lsoa), (None, Reason.split_lsoa)),
        (IN_EAST_ALDER, "W01000920", (ALDER, Reason.point), (ALDER, Reason.lsoa)),
        (IN_WEST_BIRCH, "W01000920", (BIRCH, Reason.point), (BIRCH, Reason.lsoa)),
        (IN_ALDER, "W01000920", (ALDER, Reason.point), (None, Reason.split_lsoa)),
        (FAR, "W01000920", (None, Reason.split_lsoa), (None, Reason.split_lsoa)),
    ],
)
def test_each_rule_places_a_point(loaded_sqlite, at, lsoa, by_point, by_lsoa):
    assert placed(loaded_sqlite, "point", (at, lsoa)) == [by_point]
    assert placed(loaded_sqlite, "lsoa", (at, lsoa)) == [by_lsoa]


def test_many_points_keep_their_order(loaded):
    with loaded.reading() as session:
        rule = WardRule(session, "point")
    points = [(*IN_BIRCH, ""), (*NOWHERE, ""), (*IN_ALDER, WEST_BIRCH), (*NOWHERE, "W01000920"), (*FAR, WEST_ALDER)]
    assert rule.wards_of(points) == [BIRCH, None, ALDER, None, ALDER]
    assert rule.wards_of([]) == []


def test_without_ward_boundaries_the_rule_by_point_goes_by_lsoa_and_says_so(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).values(boundary=None))
        assert WardRule(session, "point").describe() == "lsoa"
    assert placed(loaded_sqlite, "point", (IN_ALDER, WEST_BIRCH)) == [(BIRCH, Reason.lsoa)]
    assert placed(loaded_sqlite, "point", (IN_WEST_BIRCH, "")) == [(BIRCH, Reason.lsoa)]


def test_without_lsoa_boundaries_a_split_lsoa_stays_undecided(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Lsoa).values(boundary=None))
    assert placed(loaded_sqlite, "lsoa", (IN_WEST_BIRCH, "W01000920")) == [(None, Reason.split_lsoa)]
    assert placed(loaded_sqlite, "lsoa", (IN_WEST_BIRCH, "")) == [(None, Reason.outside)]


def test_a_lookup_of_2011_decides_a_split_lsoa_by_its_own_best_fit(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.add(LsoaWard(lsoa_code="W01000920", ward_code=BIRCH))
    assert placed(loaded_sqlite, "lsoa", (NOWHERE, "W01000920")) == [(BIRCH, Reason.lsoa)]
    assert placed(loaded_sqlite, "lsoa", (IN_EAST_ALDER, "W01000920")) == [(ALDER, Reason.lsoa)]


def test_the_rule_says_which_it_is(loaded_sqlite):
    with loaded_sqlite.reading() as session:
        assert WardRule(session, "point").describe() == "point"
        assert WardRule(session, "lsoa").describe() == "lsoa"
        with pytest.raises(ValueError, match="circle"):
            WardRule(session, "circle")


def test_wards_that_are_not_served_or_have_ended_hold_nothing(loaded_sqlite):
    with loaded_sqlite.unit_of_work() as session:
        session.exec(update(Area).where(Area.code == ALDER).values(served=False))
        session.exec(delete(LsoaWard).where(LsoaWard.lsoa_code == WEST_BIRCH))
    assert placed(loaded_sqlite, "point", (IN_ALDER, WEST_ALDER)) == [(None, Reason.outside)]
    assert placed(loaded_sqlite, "lsoa", (IN_BIRCH, WEST_BIRCH)) == [(None, Reason.outside)]
