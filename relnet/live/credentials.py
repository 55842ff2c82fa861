"""Secrets: read from the environment or the system's keyring, and written nowhere else."""

from __future__ import annotations

import os
from typing import Any, Final

BLUESKY: Final = "RELNET_BLUESKY_PASSWORD"
MASTODON: Final = "RELNET_MASTODON_TOKEN"
_SERVICE: Final = "relnet"
_SESSIONS: Final = "relnet session"


def secret(variable: str, *names: str) -> str | None:
    """Return the secret of an account: from the environment, else from the keyring under one of its names."""
    said = os.environ.get(variable)
    if said:
        return said
    return next((found for name in names if (found := _get(_SERVICE, name))), None)


def saved_session(name: str) -> str | None:
    """Return the refresh token of an earlier session."""
    return _get(_SESSIONS, name)


def save_session(name: str, token: str) -> None:
    """Keep a refresh token in the keyring, so that the next run needs no new session; without a keyring, nowhere."""
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.set_password(_SESSIONS, name, token)
        except Exception:  # a keyring that is locked or has no backend costs a new session, not the run
            return


def _get(service: str, name: str) -> str | None:
    keyring = _keyring()
    try:
        found = None if keyring is None else keyring.get_password(service, name)
    except Exception:  # a keyring that is locked or has no backend holds nothing for us
        return None
    return str(found) if found else None


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        return None
    return keyring
