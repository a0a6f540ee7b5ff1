"""The file of roles: what it must say, and what it may not."""

import pytest

from portal.accounts import roles
from portal.accounts.roles import BadRoles, load, permissions_of
from portal.app import MANIFESTS
from portal.web.manifest import Permission

WHOLE = """
[administrator]
name_en = "Administrator"
name_cy = "Gweinyddwr"
does_en = "Everything."
does_cy = "Popeth."
permissions = ["manage_accounts"]

[reader]
name_en = "Reader"
name_cy = "Darllenydd"
does_en = "Reads."
does_cy = "Yn darllen."
permissions = ["read"]
"""
KNOWN = (Permission("manage_accounts"), Permission("read", needs_second_factor=False))


@pytest.fixture
def written(tmp_path, monkeypatch):
    def writing(text):
        (tmp_path / "roles.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(roles, "resource_dir", lambda _name: tmp_path)

    return writing


def test_roles_are_read_in_the_order_of_the_file(written):
    written(WHOLE)
    found = load(KNOWN)
    assert list(found) == ["administrator", "reader"]
    assert [one.needs_second_factor for one in found.values()] == [True, False]
    assert found["reader"].does("cy") == "Yn darllen."
    assert permissions_of(found, ["administrator", "reader", "gone"]) == {"manage_accounts", "read"}
    assert permissions_of(found, ["gone"]) == frozenset()


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('["read"]', '["fly"]', "reader has permissions that no part of the portal knows: fly"),
        ('"manage_accounts"', "", "must have the permission manage_accounts"),
        ("[administrator]", "[boss]", "must have the permission manage_accounts"),
        ('name_cy = "Darllenydd"', "", "reader has no name_cy"),
        ('does_en = "Reads."', 'does_en = " "', "reader has no does_en"),
        ("[reader]", "[reader", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(written, was, becomes, complaint):
    written(WHOLE.replace(was, becomes))
    with pytest.raises(BadRoles, match=complaint.replace("[", r"\\[")):
        load(KNOWN)


def test_every_permission_is_held_by_some_role_and_declared_once():
    declared = [one.code for noun in MANIFESTS for one in noun.permissions]
    assert len(declared) == len(set(declared))
    held = {
        one for role in load(one for noun in MANIFESTS for one in noun.permissions).values() for one in role.permissions
    }
    assert held == set(declared)
