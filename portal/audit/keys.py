"""The keys that sign checkpoints. The first signs, every key is known when signatures are checked: to change keys, put
a new one before the old one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from portal.audit.rules import key_id
from portal.settings import BadSettings, Settings
from portal.vault import own_key

KEY_FILE = "audit-key.pem"
_BLOCK = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Keys by their id."""


class NoKeys(Exception):
    """What was given as public keys holds none; the text says why."""


def signing_keys(settings: Settings) -> tuple[Ed25519PrivateKey, ...]:
    """The keys of this installation, newest first; its own is made on first use. Raises BadSettings."""
    said = settings.audit_key or own_key(settings.data_dir / KEY_FILE, _new_key)
    try:
        keys = [load_pem_private_key(block.encode(), None) for block in _BLOCK.findall(said)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadSettings("audit_key: a key cannot be read; each is an Ed25519 private key in PEM") from error
    ours = tuple(key for key in keys if isinstance(key, Ed25519PrivateKey))
    if not ours or len(ours) < len(keys):
        raise BadSettings("audit_key: each key is an Ed25519 private key in PEM, one after the other")
    return ours


def public_pem(keys: Sequence[Ed25519PrivateKey]) -> str:
    """The public halves, to be given to anybody, newest first."""
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return "".join(key.public_key().public_bytes(*form).decode() for key in keys)


def public_keys(pem: str) -> PublicKeys:
    """The keys in a text such as `public_pem` makes. Raises NoKeys."""
    try:
        keys = [load_pem_public_key(block.encode()) for block in _BLOCK.findall(pem)]
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoKeys("a key cannot be read") from error
    ours = {id_of(key): key for key in keys if isinstance(key, Ed25519PublicKey)}
    if not ours:
        raise NoKeys("there is no Ed25519 public key in it")
    return ours


def id_of(key: Ed25519PublicKey) -> str:
    """By what a key is named beside its signatures."""
    return key_id(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def is_signed(key: Ed25519PublicKey, signature: str, text: bytes) -> bool:
    """Whether the holder of the key signed this text. What is no signature at all is none."""
    try:
        key.verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
