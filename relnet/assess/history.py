"""The dated acts of a network as every backtest takes them: cleaned once, then seen from any moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from relnet.errors import InputError
from relnet.facts.records import KIND_CLASSES
from relnet.network.engine import columns
from relnet.network.view import NetworkView, quoted
from relnet.plugin import Keys
from relnet.store import log
from relnet.store.log import SCHEMAS, Manifest, PartImport

_NAME: Final = "prepared"


class History(msgspec.Struct, frozen=True):
    """Acts of a network, prepared: what was seen at a moment, and what followed.

    Attributes
    ----------
    folder, imports
        A log of one import that holds the acts.
    first, last
        Moments of the first and the last act, ms UTC.
    """

    folder: Path
    imports: dict[str, Manifest]
    first: int
    last: int

    def at(self, as_of: int, horizon_days: float) -> NetworkView:
        """Return the network as it was seen at a moment, ms UTC; nothing later is in it."""
        return NetworkView(self.folder, self.imports, as_of, horizon_days=horizon_days)

    def quantile(self, cut: float) -> int:
        """Return the moment, ms UTC, by which a share of the acts had happened."""
        acts = self.at(self.last, 1.0).connection.execute('SELECT "at" FROM acts WHERE is_act').fetchnumpy()["at"]
        return int(np.quantile(acts, cut))

    def followed(self, a: Keys, b: Keys, after: int, until: int) -> NDArray[np.bool_]:
        """Return bool[n, 2]: whether a acted towards b, and b towards a, in (after, until] (ms UTC)."""
        view = self.at(until, 1.0)
        view.connection.register("_asked", {"a": a, "b": b, "row": np.arange(len(a))})
        found = columns(
            view.connection.sql(
                "SELECT row, bool_or(forward) AS there, bool_or(NOT forward) AS back "
                f'FROM acts JOIN _asked USING (a, b) WHERE is_act AND "at" > {int(after)} GROUP BY row'
            )
        )
        acted = np.zeros((len(a), 2), dtype=np.bool_)
        acted[found["row"]] = np.stack([found["there"], found["back"]], axis=1)
        return acted


@contextmanager
def prepared(view: NetworkView) -> Iterator[History]:
    """Prepare the acts of a view, in a temporary folder that goes away at the end.

    Left out: acts towards oneself, repeated rows of a source without ids (two acts of one kind, between the same two,
    at the same moment), and a mention that shares pair and second with a reply.

    Raises
    ------
    InputError
        There is no dated act.
    """
    with TemporaryDirectory(prefix="relnet-") as folder:
        part = PartImport(Path(folder))
        names = ", ".join(f'"{name}"' for name in SCHEMAS["interactions"])
        path = part.folder / "interactions-00000.parquet"
        view.connection.execute(
            f"""
            COPY (
                SELECT {names} FROM acts i WHERE is_act
                AND NOT (kind = 'mention' AND EXISTS (
                    FROM acts r WHERE r.kind = 'reply' AND r.source = i.source AND r.target = i.target
                    AND r."at" // 1000 = i."at" // 1000))
                QUALIFY event_id IS NOT NULL OR row_number() OVER (
                    PARTITION BY source, target, kind, "at", event_id, audience, thread, parent, directness, flags) = 1
            ) TO {quoted(str(path))} (FORMAT parquet)
            """
        )
        [(first, last, count)] = view.connection.execute(
            f"""SELECT min("at"), max("at"), count(*) FROM {quoted(str(path))}"""
        ).fetchall()
        if not count:
            raise InputError("There is no dated act to judge by.", "Load a record that has times.")
        manifest = _manifest(view, first, last, log.met([str(path)]), count)
        part.commit(manifest)
        yield History(Path(folder), {_NAME: manifest}, first, last)


def _manifest(view: NetworkView, first: int, last: int, met: list[tuple[str, str, int | None]], count: int) -> Manifest:
    return Manifest(
        import_id=_NAME, source=_NAME, source_version="1", network="", path=_NAME, digest=_NAME, files=[],
        members=[], options={}, owners=[(key, "", "") for key in sorted(view.me)], coverage=view.coverage,
        rows={"interactions": count}, read={}, skips={}, notes=[], unknown_files=[], new_kinds=[],
        kinds={kind: "act" for _, kind, _ in met if KIND_CLASSES.get(kind, "act") != "act"},
        first_at=first, last_at=last, seen_at=first, met=met, finished=1,
    )  # fmt: skip
