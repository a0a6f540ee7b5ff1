"""Values that must be read again but never lie open in the database, such as the secret of a second factor: sealed with
keys that are kept apart from it.

The first key seals, every key opens: to change keys, put a new one before the old one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from portal.settings import BadSettings, Settings

KEY_FILE = "secret.key"


class NotOurs(Exception):
    """A sealed value that none of the keys opens: the keys are not those with which it was sealed."""


class Vault:
    """Seals and opens short texts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: MultiFernet | None = None

    def seal(self, text: str) -> str:
        """The text as only a holder of the keys can read it."""
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text that was sealed. Raises NotOurs."""
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise NotOurs("the secret keys are not those with which this was sealed") from error

    def _fernet(self) -> MultiFernet:
        if self._keys is None:
            said = self._settings.secret_keys or own_key(self._settings.data_dir / KEY_FILE, Fernet.generate_key)
            try:
                self._keys = MultiFernet([Fernet(key) for key in said.split()])
            except ValueError as error:
                raise BadSettings("secret_keys: each is 32 bytes in URL-safe base64, one after the other") from error
        return self._keys


def own_key(path: Path, make: Callable[[], bytes]) -> str:
    """A key of this installation, made by whoever asks first and for its owner alone. Other processes wait for nothing:
    they read what is there.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    if not path.exists():
        made.touch(mode=0o600)
        made.write_bytes(make())
        try:
            os.link(made, path)  # takes the name whole, or finds that another process was quicker
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text(encoding="ascii").strip()
