"""Posts a second, MB a second and peak memory of reading an X archive into the log, on one core.

    python benchmarks/readers.py [POSTS]

Writes a real-shaped, pretty-printed archive (about 1.7 KB a post: replies with copied names, reposts, quotes, media)
in one member and then in 10 and 100 members of a tenth and a hundredth of the posts each, and loads each through the
importer in a process of its own that may use one core. Start-up (imports) is left out of the time, not of the memory.
Bars: 150,000 posts/s, 200 MB/s, 1.5 × the largest member + 300 MB.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

EPOCH = 1_288_834_974_657
WORDS = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur"]
CHILD = """
import json, os, resource, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from pathlib import Path
from relnet.ingest.importer import load
from relnet.plugin import Source
from relnet.registry import find
from relnet.store.workspace import Workspace
import duckdb, polars
source = find().make(Source, "x_archive")
workspace = Workspace(Path(sys.argv[2]))
started, cpu = time.perf_counter(), time.process_time()
manifest = load([Path(sys.argv[1])], workspace, [source]).loaded[0].manifest
print(json.dumps({
    "seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu,
    "rows": manifest.rows["interactions"], "posts": manifest.rows["posts"],
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    print(
        f"{'members':>7} {'posts':>8} {'MB':>6} {'posts/s':>9} {'MB/s':>6} {'of CPU time':>16} {'peak, MB':>9} {'bound':>6}"
    )
    for members in (1, 10, 100):
        with tempfile.TemporaryDirectory() as folder:
            # A child starts with the peak of its parent, so the writing is done in a process of its own.
            data = Path(folder) / "archive" / "data"
            subprocess.run([sys.executable, __file__, "--write", str(data), str(posts), str(members)], check=True)
            sizes = [file.stat().st_size for file in data.iterdir()]
            found = measure(Path(folder))
        megabytes = sum(sizes) / 1e6
        by_cpu = f"{posts / found['cpu']:,.0f} / {megabytes / found['cpu']:,.0f}"
        print(
            f"{members:>7} {posts:>8,} {megabytes:>6,.0f} {posts / found['seconds']:>9,.0f} "
            f"{megabytes / found['seconds']:>6,.0f} {by_cpu:>16} {found['peak']:>9,.0f} {1.5 * max(sizes) / 1e6 + 300:>6,.0f}"
        )


def measure(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, str(folder / "archive"), str(folder / "workspace")]
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(done.stdout)


def write(folder: Path, posts: int, members: int) -> None:
    """Write the archive."""
    folder.mkdir(parents=True)
    draw = random.Random(1)
    for part in range(members):
        count = posts // members
        body = json.dumps([post(draw, part * count + i) for i in range(count)], indent=2, separators=(",", " : "))
        name = "tweets.js" if part == 0 else f"tweets-part{part}.js"
        (folder / name).write_text(f"window.YTD.tweets.part{part} = {body}")


def post(draw: random.Random, number: int) -> dict:
    at = 1_500_000_000_000 + number * 400_003
    post_id = str((at - EPOCH << 22) + number % 4096)
    text = " ".join(draw.choices(WORDS, k=draw.randint(5, 25)))
    people = [_person(draw.randrange(3000)) for _ in range(1 + (draw.random() < 0.3) * draw.randint(1, 3))]
    kind, mentions, reply, urls = draw.random(), [], {}, []
    if kind < 0.3:
        mentions = [_mention(people[0], 3)]
        text = f"RT @{people[0][1]}: {text}"
    elif kind < 0.7:
        run = ""
        for person in people:
            mentions.append(_mention(person, len(run)))
            run += f"@{person[1]} "
        text = run + text
        parent = str((at - 3_600_000 - EPOCH << 22) + 7)
        reply = {
            "in_reply_to_status_id_str": parent, "in_reply_to_status_id": parent,
            "in_reply_to_user_id_str": people[0][0], "in_reply_to_user_id": people[0][0],
            "in_reply_to_screen_name": people[0][1],
        }  # fmt: skip
    if 0.6 < kind < 0.7 or kind > 0.95:
        link = f"https://twitter.com/{people[0][1]}/status/{int(post_id) - 10**13}"
        urls = [
            {"url": "https://t.co/AbCdEfGhIj", "expanded_url": link, "display_url": link[8:], "indices": ["20", "43"]}
        ]
    media = [_media(post_id)] if draw.random() < 0.12 else []
    entities = {"hashtags": [], "symbols": [], "user_mentions": mentions, "urls": urls}
    when = datetime.fromtimestamp(at / 1000, UTC)
    edits = {"editTweetIds": [post_id], "editableUntil": "2023-05-16T01:21:51.000Z", "editsRemaining": "5",
             "isEditEligible": False}  # fmt: skip
    tweet = {
        "edit_info": {"initial": edits},
        "retweeted": False,
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": entities | ({"media": media} if media else {}),
        "display_text_range": ["0", str(len(text))],
        "favorite_count": "1",
        "id_str": post_id,
        "truncated": False,
        "retweet_count": "0",
        "id": post_id,
        "created_at": f"{when:%a %b %d %H:%M:%S} +0000 {when.year}",
        "favorited": False,
        "full_text": text,
        "lang": "en",
        **reply,
    }
    return {"tweet": tweet | ({"extended_entities": {"media": media}} if media else {})}


def _person(number: int) -> tuple[str, str, str]:
    return str((1_350_000_000_000 + number * 10**6 - EPOCH << 22) + number), f"person_{number:05d}", f"Person {number}"


def _mention(person: tuple[str, str, str], start: int) -> dict:
    indices = [str(start), str(start + 1 + len(person[1]))]
    return {"name": person[2], "screen_name": person[1], "indices": indices, "id_str": person[0], "id": person[0]}


def _media(post_id: str) -> dict:
    sizes = {size: {"w": "680", "h": "453", "resize": "fit"} for size in ("small", "thumb", "medium", "large")}
    return {
        "expanded_url": f"https://twitter.com/owner/status/{post_id}/photo/1", "indices": ["20", "43"],
        "url": "https://t.co/AbCdEfGhIk", "media_url": "http://media.example/AbCdEfGhIjKlMn.jpg", "id_str": post_id,
        "id": post_id, "media_url_https": "https://media.example/AbCdEfGhIjKlMn.jpg", "sizes": sizes, "type": "photo",
        "display_url": "pic.example/AbCdEfGhIk",
    }  # fmt: skip


if __name__ == "__main__":
    main()
