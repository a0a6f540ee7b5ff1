"""What is sealed opens with the keys and with nothing else."""

import stat
import threading

import pytest
from cryptography.fernet import Fernet

from portal.settings import BadSettings, Settings
from portal.vault import NotOurs, Vault


def test_what_is_sealed_opens_again_and_shows_nothing(tmp_path):
    vault = Vault(Settings(data_dir=tmp_path))
    sealed = vault.seal("Siôn Ŵyn")
    assert "Siôn" not in sealed
    assert "Ŵyn" not in sealed
    assert Vault(Settings(data_dir=tmp_path)).open(sealed) == "Siôn Ŵyn"
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_other_keys_do_not_open_it(tmp_path):
    sealed = Vault(Settings(data_dir=tmp_path / "one")).seal("x")
    with pytest.raises(NotOurs):
        Vault(Settings(data_dir=tmp_path / "other")).open(sealed)
    with pytest.raises(NotOurs):
        Vault(Settings(data_dir=tmp_path / "one")).open(sealed[:-4] + "AAAA")


def test_keys_are_changed_by_putting_a_new_one_first():
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    before = Vault(Settings(secret_keys=old)).seal("x")
    both = Vault(Settings(secret_keys=f"{new}\n{old}\n"))
    assert both.open(before) == "x"
    after = both.seal("y")
    assert Vault(Settings(secret_keys=new)).open(after) == "y"
    with pytest.raises(NotOurs):
        Vault(Settings(secret_keys=old)).open(after)


@pytest.mark.parametrize("keys", ["short", "A" * 43, "A" * 44 + " x"])
def test_keys_that_are_none_are_refused_with_a_word_on_what_would_be_right(keys):
    with pytest.raises(BadSettings, match="URL-safe base64"):
        Vault(Settings(secret_keys=keys)).seal("x")


def test_many_who_ask_at_once_for_the_first_time_get_one_key(tmp_path):
    vaults = [Vault(Settings(data_dir=tmp_path)) for _ in range(8)]
    sealed, gate = [], threading.Barrier(8)

    def ask(vault):
        gate.wait()
        sealed.append(vault.seal("x"))

    threads = [threading.Thread(target=ask, args=(vault,)) for vault in vaults]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [vaults[0].open(one) for one in sealed] == ["x"] * 8
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
