"""What hundreds of applications that tests make have in common: made once."""

from __future__ import annotations

import functools

import pytest
from jinja2 import BytecodeCache

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


@pytest.fixture(scope="session", autouse=True)
def made_once():
    """Hundreds of applications are made here: their pages of content are rendered, their catalogues read and their
    templates compiled once.
    """
    compiled, environment = Compiled(), templates._environment

    def with_what_is_compiled(*given):
        made = environment(*given)
        made.bytecode_cache = compiled
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "from_markdown", functools.cache(content.from_markdown))
        patch.setattr(catalogue, "load", functools.cache(catalogue.load))
        patch.setattr(templates, "_environment", with_what_is_compiled)
        yield
