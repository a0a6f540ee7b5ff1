"""The figures of a page as files: the same rows, with source, licence and the day on which the data were fetched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from portal.crime.comparing import Row
from portal.crime.pages import AreaMonth
from portal.crime.rules import ALL_CRIME
from portal.figures.rates import Rate
from portal.web.templates import translate

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
SOURCE = "https://data.police.uk/"


def N_(message: str) -> str:  # noqa: N802 - the name by which gettext's extractor knows a message that is translated later
    """Mark a message for the catalogue."""
    return message


COLUMNS: tuple[tuple[str, str], ...] = (
    ("category", N_("Category")),
    ("name", N_("Name")),
    ("unit", N_("Counted in")),
    ("count", N_("This month")),
    ("last_12_months", N_("Last 12 months")),
    ("month_before", N_("Month before")),
    ("same_month_last_year", N_("Same month last year")),
    ("usual_low", N_("Usual range, from")),
    ("usual_high", N_("Usual range, to")),
    ("rate_per_1000", N_("Rate per 1,000 in the last 12 months")),
    ("rate_low", N_("Rate, lower limit (95%)")),
    ("rate_high", N_("Rate, upper limit (95%)")),
    ("rate_of", N_("Rate is per 1,000")),
    ("beside_rate_per_1000", N_("Rate of the area beside it")),
    ("beside_rate_low", N_("Rate of the area beside it, lower limit (95%)")),
    ("beside_rate_high", N_("Rate of the area beside it, upper limit (95%)")),
    ("first_published_as", N_("This month, as first published")),
    ("area", N_("Area")),
    ("beside_area", N_("Area beside it")),
    ("month", N_("Month")),
    ("supplied", N_("Data supplied")),
    ("months_supplied_of_12", N_("Months supplied, of the last 12")),
    ("residents", N_("Residents")),
    ("households", N_("Households")),
    ("note", N_("Note")),
    ("source", N_("Source")),
    ("licence", N_("Licence")),
    ("fetched_on", N_("Fetched on")),
)
"""Key in JSON, heading in CSV."""
_UNITS = {"crimes": N_("crimes"), "incidents": N_("incidents")}
_PER = {"residents": N_("residents"), "households": N_("households")}
_YES_NO = {True: N_("yes"), False: N_("no")}
_ALL_CRIMES = N_("All crimes")


def as_csv(request: Request, view: AreaMonth) -> Response:
    """One row a measure, headings and words in the page's language. UTF-8 with a mark, so that spreadsheets show ŵ
    and ŷ.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([translate(request, heading) for _, heading in COLUMNS])
    for record in records(request, view):
        writer.writerow([_cell(request, record[key]) for key, _ in COLUMNS])
    return _file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", view, request, "csv")


def as_json(request: Request, view: AreaMonth) -> Response:
    """The same rows, with keys that never change, and names in the page's language."""
    head = {
        "language": request.path_params["lang"],
        "area": records(request, view)[0]["area"],
        "month": str(view.month),
        "state": view.state,
        "supplied": view.is_supplied,
        "months_without_data": [str(gap) for gap in view.year_gaps],
        "source": SOURCE,
        "licence": LICENCE,
        "fetched_on": view.fetched_on.isoformat() if view.fetched_on else None,
        "revised": [
            {"measure": one.measure, "month": str(one.month), "was": one.was, "now": one.now} for one in view.revisions
        ],
    }
    body = json.dumps(head | {"rows": records(request, view)}, ensure_ascii=False, indent=1)
    return _file(body.encode(), "application/json", view, request, "json")


FORMS: Mapping[str, Callable[[Request, AreaMonth], Response]] = {"csv": as_csv, "json": as_json}


def records(request: Request, view: AreaMonth) -> list[dict[str, object]]:
    """Every row of the page: the thirteen crimes, their total, and apart from them anti-social behaviour."""
    return [_record(request, view, row) for row in (*view.rows, view.crimes, view.incidents)]


def _record(request: Request, view: AreaMonth, row: Row) -> dict[str, object]:
    is_welsh = request.path_params["lang"] == "cy"
    signal = row.signal
    return {
        "category": row.measure,
        "name": _measure_name(request, row.measure),
        "unit": translate(request, _UNITS["incidents" if row is view.incidents else "crimes"]),
        "count": row.count,
        "last_12_months": row.year,
        "month_before": row.month_before,
        "same_month_last_year": row.year_before,
        "usual_low": signal.usual_low,
        "usual_high": signal.usual_high,
        **_rate(row.rate, ("rate_per_1000", "rate_low", "rate_high")),
        "rate_of": translate(request, _PER["households" if row.per_household else "residents"]),
        **_rate(row.beside, ("beside_rate_per_1000", "beside_rate_low", "beside_rate_high")),
        "first_published_as": _first_published(view, row),
        "area": view.area.name_cy if is_welsh else view.area.name_en,
        "beside_area": (view.beside.name_cy if is_welsh else view.beside.name_en) if view.beside else None,
        "month": str(view.month),
        "supplied": view.is_supplied,
        "months_supplied_of_12": view.year_supplied,
        "residents": view.population.residents if view.population else None,
        "households": view.population.households if view.population else None,
        "note": _note(view, is_welsh=is_welsh),
        "source": SOURCE,
        "licence": LICENCE,
        "fetched_on": view.fetched_on.isoformat() if view.fetched_on else None,
    }


def _measure_name(request: Request, measure: str) -> str:
    if measure == ALL_CRIME:
        return translate(request, _ALL_CRIMES)
    return str(request.app.state.categories[measure].name(request.path_params["lang"]))


def _rate(rate: Rate | None, keys: tuple[str, str, str]) -> dict[str, object]:
    values = (round(rate.per_thousand, 2), round(rate.low, 2), round(rate.high, 2)) if rate else (None, None, None)
    return dict(zip(keys, values, strict=True))


def _first_published(view: AreaMonth, row: Row) -> int | None:
    """What this month's count was before later releases changed it; None where it never changed."""
    changed = (one.was for one in view.revisions if (one.measure, one.month) == (row.measure, view.month))
    return next(changed, None)


def _note(view: AreaMonth, *, is_welsh: bool) -> str | None:
    """What a person wrote about the month: why it is missing, and what a reader should know."""
    reasons = [view.standing] if view.standing and view.standing.reason_en else []
    said = [(one.reason_en, one.reason_cy) for one in reasons] + [(one.text_en, one.text_cy) for one in view.notes]
    return " ".join(text or "" for text in (pair[is_welsh] for pair in said)) or None


def _cell(request: Request, value: object) -> object:
    """A cell that no spreadsheet takes for a formula; nothing supplied is an empty cell, never 0."""
    if isinstance(value, bool):
        return translate(request, _YES_NO[value])
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value


def _file(body: bytes, media_type: str, view: AreaMonth, request: Request, form: str) -> Response:
    slug = request.path_params["slug"]
    disposition = f'attachment; filename="{slug}-{view.month}.{request.path_params["lang"]}.{form}"'
    return Response(body, media_type=media_type, headers={"content-disposition": disposition})
