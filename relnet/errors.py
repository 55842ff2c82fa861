"""Every error that relnet raises on purpose: what happened, where, and what to do next."""

from __future__ import annotations

from typing import ClassVar


class RelnetError(Exception):
    """Base of relnet's errors.

    Parameters
    ----------
    message
        What happened, one sentence for a person.
    hint
        What to do next; empty where nothing helps.
    where
        File and record, setting or plugin concerned.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint, self.where)


class SettingsError(RelnetError):
    """A setting, an option or an argument is wrong."""

    exit_code = 2


class InputError(RelnetError):
    """An input cannot be read at all."""

    exit_code = 3


class UnknownFormat(InputError):
    """No source recognises the input."""


class UnreadableInput(InputError):
    """The input is of a known format but damaged."""


class UnsafeInput(InputError):
    """The input would exceed a safety limit (size, nesting, path outside the archive)."""


class NetworkError(InputError):
    """A server cannot be reached, or answers in a way that does not help."""


class Refused(NetworkError):
    """A server refused a request for good; `status` and `name` are its own words for why."""

    def __init__(self, message: str, hint: str = "", where: str = "", status: int = 0, name: str = "") -> None:
        super().__init__(message, hint, where)
        self.status, self.name = status, name

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.hint, self.where, self.status, self.name)


class Paused(NetworkError):
    """Fetching stopped at a limit; what was fetched is kept, and the same command goes on."""


class TooManySkipped(RelnetError):
    """The import is done, but more records were skipped than the user allows."""

    exit_code = 4


class PluginError(RelnetError):
    """A plugin is at fault."""

    exit_code = 5


class PluginLoadError(PluginError):
    """A plugin cannot be found, imported or built."""


class ContractError(PluginError):
    """A plugin returned something other than its contract says."""


class PluginTimeout(PluginError):
    """A plugin took longer than its time limit."""


class GateFailed(RelnetError):
    """A figure is beyond the limit that the user set for a scheduled run."""

    exit_code = 6


class WorkspaceError(RelnetError):
    """The workspace cannot be used as it is."""


class WorkspaceBusy(WorkspaceError):
    """Another relnet process is importing into this workspace."""


class WorkspaceTooNew(WorkspaceError):
    """The workspace was written by a newer relnet."""


class KeyCollision(WorkspaceError):
    """Two native ids fall on the same key; nothing was written."""


class Cancelled(RelnetError):
    """The user cancelled; the workspace is as it was."""

    exit_code = 130
