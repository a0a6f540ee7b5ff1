"""the first tables."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("ward", "neighbourhood", "authority", "partnership", "force", name="areakind"),
            nullable=False,
        ),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_cy", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("slug_en", sqlmodel.sql.sqltypes.AutoString(length=140), nullable=False),
        sa.Column("slug_cy", sqlmodel.sql.sqltypes.AutoString(length=140), nullable=False),
        sa.Column("sort_key_cy", sqlmodel.sql.sqltypes.AutoString(length=140), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("served", sa.Boolean(), nullable=False),
        sa.Column("boundary", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="area_dates"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "code", "starts_on"),
        sa.UniqueConstraint("kind", "slug_cy"),
        sa.UniqueConstraint("kind", "slug_en"),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_code"), ["code"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("thing", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_thing"), ["thing"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "caller_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "contact_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("inbox", sa.Enum("figure", "accessibility", "general", name="inbox"), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_table(
        "crime_import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("force", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("fetched_on", sa.Date(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_set_aside", sa.Integer(), nullable=False),
        sa.Column("rows_without_place", sa.Integer(), nullable=False),
        sa.Column("rows_outside", sa.Integer(), nullable=False),
        sa.Column("rows_repeated", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("crime_import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crime_import_run_sha256"), ["sha256"], unique=False)

    op.create_table(
        "crime_snap_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Integer(), nullable=True),
        sa.Column("lsoa_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("location", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("ward_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("longitude", "latitude", "lsoa_code", "location"),
    )
    op.create_table(
        "form_key",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("led_to", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("report", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "lsoa",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("boundary", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code", "vintage"),
    )
    op.create_table(
        "lsoabridge",
        sa.Column("lsoa11_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("lsoa21_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("change", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=False),
        sa.PrimaryKeyConstraint("lsoa11_code", "lsoa21_code"),
    )
    with op.batch_alter_table("lsoabridge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lsoabridge_lsoa21_code"), ["lsoa21_code"], unique=False)

    op.create_table(
        "lsoaward",
        sa.Column("lsoa_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("ward_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.PrimaryKeyConstraint("lsoa_code", "ward_code"),
    )
    with op.batch_alter_table("lsoaward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lsoaward_ward_code"), ["ward_code"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("to_address", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("reply_to", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=True),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("not_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("refused", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_not_before"), ["not_before"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_sent_at"), ["sent_at"], unique=False)

    op.create_table(
        "placename",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("name_cy", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("key_en", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("key_cy", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("ward_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("placename", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placename_key_cy"), ["key_cy"], unique=False)
        batch_op.create_index(batch_op.f("ix_placename_key_en"), ["key_en"], unique=False)

    op.create_table(
        "postcode",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("lsoa_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.Column("ward_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.Column("authority_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "rate_count",
        sa.Column("bucket", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("window_start", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start"),
    )
    op.create_table(
        "revision",
        sa.Column("noun", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("noun"),
    )
    op.create_table(
        "areamember",
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("parent_id", "child_id", "starts_on"),
    )
    with op.batch_alter_table("areamember", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_areamember_child_id"), ["child_id"], unique=False)

    op.create_table(
        "areasuccessor",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["successor_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("area_id", "successor_id"),
    )
    with op.batch_alter_table("areasuccessor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_areasuccessor_successor_id"), ["successor_id"], unique=False)

    op.create_table(
        "audit_salt",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("salt", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"]),
        sa.PrimaryKeyConstraint("entry_id", "field"),
    )
    op.create_table(
        "crime_context_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("text_en", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("text_cy", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("crime_context_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crime_context_note_area_id"), ["area_id"], unique=False)

    op.create_table(
        "crime_force_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("force", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("imported", "released", "not_supplied", name="forcemonthstate"), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("fetched_on", sa.Date(), nullable=True),
        sa.Column("released_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason_en", sqlmodel.sql.sqltypes.AutoString(length=600), nullable=True),
        sa.Column("reason_cy", sqlmodel.sql.sqltypes.AutoString(length=600), nullable=True),
        sa.Column("rows_without_place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["crime_import_run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("force", "month"),
    )
    with op.batch_alter_table("crime_force_month", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crime_force_month_month"), ["month"], unique=False)

    op.create_table(
        "crime_revised",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("measure", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False),
        sa.Column("now", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["crime_import_run.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("crime_revised", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crime_revised_area_id"), ["area_id"], unique=False)

    op.create_table(
        "figure",
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("measure", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"]),
        sa.PrimaryKeyConstraint("month", "area_id", "measure"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "crime_cell",
        sa.Column("force_month_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("force_month_id", "point_id", "category", "outcome"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("crime_cell")
    op.drop_table("figure")
    with op.batch_alter_table("crime_revised", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crime_revised_area_id"))

    op.drop_table("crime_revised")
    with op.batch_alter_table("crime_force_month", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crime_force_month_month"))

    op.drop_table("crime_force_month")
    with op.batch_alter_table("crime_context_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crime_context_note_area_id"))

    op.drop_table("crime_context_note")
    op.drop_table("audit_salt")
    with op.batch_alter_table("areasuccessor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_areasuccessor_successor_id"))

    op.drop_table("areasuccessor")
    with op.batch_alter_table("areamember", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_areamember_child_id"))

    op.drop_table("areamember")
    op.drop_table("revision")
    op.drop_table("rate_count")
    op.drop_table("postcode")
    with op.batch_alter_table("placename", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placename_key_en"))
        batch_op.drop_index(batch_op.f("ix_placename_key_cy"))

    op.drop_table("placename")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_sent_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_not_before"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_about"))

    op.drop_table("outbox_message")
    with op.batch_alter_table("lsoaward", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lsoaward_ward_code"))

    op.drop_table("lsoaward")
    with op.batch_alter_table("lsoabridge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lsoabridge_lsoa21_code"))

    op.drop_table("lsoabridge")
    op.drop_table("lsoa")
    op.drop_table("job_run")
    op.drop_table("form_key")
    op.drop_table("crime_snap_point")
    with op.batch_alter_table("crime_import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crime_import_run_sha256"))

    op.drop_table("crime_import_run")
    op.drop_table("contact_message")
    op.drop_table("caller_salt")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_thing"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_code"))

    op.drop_table("area")
