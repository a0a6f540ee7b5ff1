"""The cheap question whether the tables are current gives Alembic's own answer."""

from alembic.script import ScriptDirectory

from portal import migrating


def test_the_number_of_the_last_file_is_alembics_head():
    assert migrating.head() == ScriptDirectory.from_config(migrating.config(None)).get_current_head()
