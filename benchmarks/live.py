"""A check of 100,000 followers: requests, time of this side, and memory, on pages of an invented network.

    python -m benchmarks.live

The pages come from a transport in the same process, so that what is measured is relnet and not a server: the time it
takes is what would be added to the servers' own. Memory is the growth of the peak while fetching.
"""

import json
import subprocess
import sys
import time

PEOPLE = 100_000
PAGE = 100
CHILD = """
import json, resource, sys, tempfile, time
from pathlib import Path
import duckdb, httpx, polars
from benchmarks.live import Network
from relnet import registry
from relnet.ingest.importer import load
from relnet.live.client import Client
from relnet.live.job import fetched
from relnet.live.jobs import check_job
from relnet.plugin import Source
from relnet.settings import Live
from relnet.store.workspace import Workspace

people, limit = int(sys.argv[1]), json.loads(sys.argv[2])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
live = Live(requests=1_000_000)
with tempfile.TemporaryDirectory() as folder:
    workspace = Workspace(Path(folder) / "workspace")
    before = peak()
    network = Network(people)
    with Client(live, transport=httpx.MockTransport(network)) as client:
        job = check_job("bluesky", "ego.test", client, live, limit, 0)
        started = time.process_time()
        with fetched(job, workspace.path / "sync", time.time(), lambda *_: None) as whole:
            fetching, grown = time.process_time() - started - network.seconds, peak() - before
            source = registry.find().make(Source, job.source)
            started = time.process_time()
            load([whole.folder], workspace, [source], named=source)
            reading = time.process_time() - started
        print(json.dumps({"requests": client.sent, "fetching": fetching, "grown": grown, "reading": reading, "peak": peak()}))
"""


class Network:
    """Answers what a check asks; its own time is counted apart."""

    def __init__(self, people: int) -> None:
        self.people, self.seconds = people, 0.0

    def __call__(self, request):
        started = time.process_time()
        try:
            return self._answer(request)
        finally:
            self.seconds += time.process_time() - started

    def _answer(self, request):
        import httpx

        method, params = request.url.path.rpartition(".")[2], request.url.params
        if method == "resolveHandle":
            return httpx.Response(200, json={"did": "did:plc:ego"})
        if request.url.path.startswith("/did:"):
            home = {"id": "#atproto_pds", "serviceEndpoint": "https://pds.test"}
            return httpx.Response(200, json={"id": "did:plc:ego", "alsoKnownAs": ["at://ego.test"], "service": [home]})
        if method == "getProfile":
            return httpx.Response(200, json=profile("did:plc:ego") | {"followersCount": self.people})
        if method == "getFollowers":
            at = int(params.get("cursor") or 0)
            found = [view(f"did:plc:{i:0>24}") for i in range(at, min(at + PAGE, self.people))]
            more = {"cursor": str(at + PAGE)} if at + PAGE < self.people else {}
            return httpx.Response(200, json={"followers": found, **more})
        if method == "getProfiles":
            return httpx.Response(200, json={"profiles": [profile(did) for did in params.get_list("actors")]})
        item = {
            "post": {"uri": "at://x/app.bsky.feed.post/1", "author": {"did": "x"}, "indexedAt": "2026-01-01T00:00:00Z"}
        }
        return httpx.Response(200, json={"feed": [item]})


def view(did: str) -> dict:
    return {
        "did": did, "handle": f"{did[-6:]}.test", "displayName": "Somebody of some length", "avatar": "https://x/a.jpg",
        "description": "A few words about oneself, as people write them. " * 3, "indexedAt": "2026-01-01T00:00:00Z",
        "labels": [],
    }  # fmt: skip


def profile(did: str) -> dict:
    return view(did) | {
        "followersCount": 120,
        "followsCount": 340,
        "postsCount": 560,
        "createdAt": "2024-01-01T00:00:00Z",
    }


def main() -> None:
    print(
        f"{'followers':>9} {'judged':>8} {'requests':>9} {'fetching, s':>11} {'ms each':>8} {'grown, MB':>9} {'reading, s':>10} {'peak, MB':>8}"
    )
    for people, limit in ((10_000, None), (PEOPLE, None), (PEOPLE, 10_000)):
        runs = [_run(people, limit) for _ in range(3)]
        best = min(runs, key=lambda run: run["fetching"])
        judged = "±5 points" if limit is None else f"{limit:,}"
        print(
            f"{people:>9,} {judged:>8} {best['requests']:>9,} {best['fetching']:>11.2f} "
            f"{1000 * best['fetching'] / best['requests']:>8.2f} {max(run['grown'] for run in runs):>9.0f} "
            f"{best['reading']:>10.2f} {best['peak']:>8.0f}"
        )


def _run(people: int, limit: int | None) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, str(people), json.dumps(limit)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
