"""`python -m portal.migrations "what changed"`: write the migration that brings the tables from the last one to the
models.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from portal import migrating
from portal.db import Database

if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the message
    sys.exit(__doc__)
with tempfile.TemporaryDirectory() as folder:
    database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
    migrating.upgrade(database)
    with database.engine.begin() as connection:
        number = f"{int(migrating.head()) + 1:04d}"
        command.revision(migrating.config(connection), message=sys.argv[1], autogenerate=True, rev_id=number)
    database.close()
