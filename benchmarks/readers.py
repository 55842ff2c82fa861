"""Posts a second, MB a second and peak memory of reading an X archive into the log, on one core.

    python benchmarks/readers.py [POSTS] [--twarc PYTHON]

Writes a real-shaped, pretty-printed archive (about 1.7 KB a post: replies with copied names, reposts, quotes, media)
in one member and then in 10 and 100 members of a tenth and a hundredth of the posts each, and loads each through the
importer in a process of its own that may use one core. Start-up (imports) is left out of the time, not of the memory.
Best of three; `json.loads` over the same bytes, in turn in the same process, tells how fast the machine was.
With --twarc, the interpreter of an environment that has twarc-network, flat JSON lines of small posts are loaded too,
and twarc-network builds its graph from the same file.
Bars: 150,000 posts/s, 200 MB/s, 1.5 × the largest member + 300 MB; three times twarc-network's posts/s.
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
source = find().make(Source, sys.argv[3])
data = Path(sys.argv[4]).read_bytes()[:16 << 20]
if sys.argv[3] == "x_archive":
    items = [data[data.index(b"["):data.rindex(b"\\n  },") + 4] + b"]"]
else:
    items = data.splitlines()[:-1]
took, used, plain = [], [], []
for turn in range(3):
    workspace = Workspace(Path(sys.argv[2]) / str(turn))
    started, cpu = time.perf_counter(), time.process_time()
    manifest = load([Path(sys.argv[1])], workspace, [source]).loaded[0].manifest
    took.append(time.perf_counter() - started)
    used.append(time.process_time() - cpu)
    if not turn:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = time.process_time()
    count = sum(len(found) if isinstance(found := json.loads(item), list) else 1 for item in items)
    plain.append(count / (time.process_time() - cpu))
print(json.dumps({"seconds": min(took), "cpu": min(used), "plain": max(plain), "peak": peak}))
"""

TWARC = """
import sys, time
from twarc_network import get_graph
used = []
for _ in range(3):
    cpu = time.process_time()
    with open(sys.argv[1]) as file:
        get_graph(file, "users", ("retweet", "reply", "quote", "mention"), False)
    used.append(time.process_time() - cpu)
print(min(used))
"""


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return
    given = [each for each in sys.argv[1:] if each.isdecimal()]
    posts = int(given[0]) if given else 200_000
    print(
        f"{'members':>7} {'posts':>8} {'MB':>6} {'posts/s':>9} {'MB/s':>6} {'of CPU time':>16} {'json.loads':>10} "
        f"{'peak, MB':>9} {'bound':>6}"
    )
    for members in (1, 10, 100):
        with tempfile.TemporaryDirectory() as folder:
            # A child starts with the peak of its parent, so the writing is done in a process of its own.
            data = Path(folder) / "archive" / "data"
            subprocess.run([sys.executable, __file__, "--write", str(data), str(posts), str(members)], check=True)
            sizes = [file.stat().st_size for file in data.iterdir()]
            found = measure(Path(folder), "archive", "x_archive", "archive/data/tweets.js")
        megabytes = sum(sizes) / 1e6
        by_cpu = f"{posts / found['cpu']:,.0f} / {megabytes / found['cpu']:,.0f}"
        print(
            f"{members:>7} {posts:>8,} {megabytes:>6,.0f} {posts / found['seconds']:>9,.0f} "
            f"{megabytes / found['seconds']:>6,.0f} {by_cpu:>16} {found['plain']:>10,.0f} {found['peak']:>9,.0f} "
            f"{1.5 * max(sizes) / 1e6 + 300:>6,.0f}"
        )
    if "--twarc" in sys.argv:
        compare(posts, sys.argv[sys.argv.index("--twarc") + 1])


def compare(posts: int, python: str) -> None:
    """Load JSON lines, and have twarc-network build its graph from the same file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.jsonl"
        draw = random.Random(2)
        path.write_text("".join(json.dumps(line(draw, number, posts)) + "\n" for number in range(posts)))
        found = measure(Path(folder), path.name, "x_api", path.name)
        done = subprocess.run([python, "-c", TWARC, str(path)], capture_output=True, text=True, check=True)
        ours, theirs = posts / found["cpu"], posts / float(done.stdout)
        print(
            f"JSON lines, {path.stat().st_size / posts:,.0f} bytes a post, of CPU time: {ours:,.0f} posts/s into the log, "
            f"twarc-network {theirs:,.0f} posts/s into a graph ({ours / theirs:.1f} times), json.loads "
            f"{found['plain']:,.0f}; peak {found['peak']:,.0f} MB"
        )


def measure(folder: Path, name: str, source: str, sample: str) -> dict[str, float]:
    command = [sys.executable, "-c", CHILD, str(folder / name), str(folder / "workspace"), source, str(folder / sample)]
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


def line(draw: random.Random, number: int, posts: int) -> dict:
    """Make a flat post of version 2 without accounts; a twentieth of the posts gets all reposts and answers."""
    at = 1_600_000_000_000 + number * 1003
    one, other = (_person(draw.randrange(3000)) for _ in range(2))
    text = " ".join(draw.choices(WORDS, k=draw.randint(3, 20)))
    kind, parent = draw.random(), draw.randrange(posts // 20)
    author = _person(parent % 3000)
    found = {
        "id": str((at - EPOCH << 22) + number % 4096), "author_id": one[0], "lang": "en",
        "author": {"id": one[0], "username": one[1]},
        "created_at": f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "__twarc": {"url": "https://api.twitter.com/2/tweets/search/all?query=x", "retrieved_at": "2021-03-02T00:00:00Z"},
    }  # fmt: skip
    if kind > 0.65:
        return found | {"text": text}
    named = [author] if kind < 0.35 else [author, other]
    run = f"RT @{author[1]}: " if kind < 0.35 else f"@{author[1]} @{other[1]} "
    starts = [3] if kind < 0.35 else [0, len(author[1]) + 2]
    found["entities"] = {
        "mentions": [
            {"start": start, "end": start + len(each[1]) + 1, "username": each[1], "id": each[0]}
            for each, start in zip(named, starts, strict=True)
        ]
    }
    inner = {
        "id": str((1_599_000_000_000 + parent * 7001 - EPOCH << 22) + parent % 4096), "author_id": author[0],
        "author": {"id": author[0], "username": author[1]}, "text": "as it was", "created_at": "2020-09-01T12:00:00.000Z",
    }  # fmt: skip
    if kind < 0.35:
        return found | {"text": run + text, "referenced_tweets": [inner | {"type": "retweeted"}]}
    answer = {"in_reply_to_user_id": author[0], "referenced_tweets": [inner | {"type": "replied_to"}]}
    return found | {"text": run + text} | answer


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
