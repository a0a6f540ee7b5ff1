"""What hundreds of applications that tests make have in common: made once."""

from __future__ import annotations

import functools

import pytest
from jinja2 import BytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from starlette import routing

from portal import db
from portal.publishing import content
from portal.web import catalogue, templates


class Compiled(BytecodeCache):
    """Compiled templates, in memory."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


def that_shares(statements, make):
    """Makes engines that share the statements any of them compiled."""
    return lambda *given, **options: make(*given, **options).execution_options(compiled_cache=statements)


@pytest.fixture(scope="session", autouse=True)
def made_once():
    """Hundreds of applications are made here: their pages of content are rendered, their catalogues read, and their
    templates, paths and statements compiled once.
    """
    compiled, environment = Compiled(), templates._environment

    def with_what_is_compiled(*given):
        made = environment(*given)
        made.bytecode_cache = compiled
        return made

    with pytest.MonkeyPatch.context() as patch:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):  # what is compiled is kept by its dialect
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        for name in ("_sqlite_engine", "_postgres_engine"):
            patch.setattr(db, name, that_shares({}, getattr(db, name)))
        patch.setattr(routing, "compile_path", functools.cache(routing.compile_path))
        patch.setattr(content, "from_markdown", functools.cache(content.from_markdown))
        patch.setattr(catalogue, "load", functools.cache(catalogue.load))
        patch.setattr(templates, "_environment", with_what_is_compiled)
        yield
