"""Who follows whom, as declared: states with a date, not acts."""

from __future__ import annotations

import numpy as np

from relnet.network.view import NetworkView
from relnet.plugin import Keys


def followers(view: NetworkView, account: int, import_id: str = "") -> Keys:
    """Return int64[n], sorted: the accounts seen to follow one, by any list that was imported, or by one import's."""
    rows = view.connection.execute(
        "SELECT DISTINCT source FROM declared WHERE kind = 'follow' AND target = ? AND contains(filename, ?) "
        "ORDER BY source",
        [account, import_id],
    ).fetchnumpy()
    return np.asarray(rows["source"], dtype=np.int64)
