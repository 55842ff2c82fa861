"""The figures behind the eight scorers in tuned networkx code: ``python benchmarks/engine_networkx.py WORKSPACE``.

What a practised user would write: Polars reads, filters and sorts; one pass of plain Python over the columns, pair by
pair, fills the edges of a networkx graph; shared neighbours and Adamic–Adar intersect adjacency views of existing
edges; scores are one more loop over the edges. Left out, in its favour: unknown values, duplicates, the rhythm that
engagement fits, and the account labels.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import networkx as nx
import polars as pl

DAY = 86_400_000
DUE = 3 * DAY
HORIZON = 90 * DAY


def rows(place: Path) -> tuple[zip, int]:
    frame = pl.read_parquet(
        sorted(place.glob("log/*/interactions-*.parquet")),
        columns=["source", "target", "kind", "at", "audience", "directness", "event", "parent"],
    ).filter(~pl.col("kind").is_in(["like", "repost"]) & pl.col("directness").is_in(["target", "deliberate"]))
    frame = frame.select(
        pl.min_horizontal("source", "target").alias("a"),
        pl.max_horizontal("source", "target").alias("b"),
        "at",
        (pl.col("source") < pl.col("target")).alias("forward"),
        "audience",
        "event",
        "parent",
    ).sort("a", "b", "at")
    return zip(*(frame[name].to_list() for name in frame.columns), strict=True), int(frame["at"].max())


def figures(acts: list[tuple], now: int) -> dict[str, object]:
    """The statistics of one pair, its acts in the order of time."""
    count, words, asked, answered, logs = [0, 0], [0.0, 0.0], [0, 0], [0, 0], [0.0, 0.0]
    third, half, one, personal, last = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [math.inf, math.inf]
    days, weeks, gaps, squares, log_gap, day_before = 0, 0, 0.0, 0.0, 0.0, -1
    talks, turns, before, speaker = 0, 0, -math.inf, None
    place = {act[5]: i for i, act in enumerate(acts)}
    reply = [math.inf] * len(acts)
    soonest = [math.inf, math.inf]
    for i in range(len(acts) - 1, -1, -1):
        _, _, at, forward, _, _, parent = acts[i]
        reply[i] = min(reply[i], soonest[forward] - at)
        if parent is None:
            soonest[not forward] = at
        else:
            asking = place.get(parent)
            if asking is not None and acts[asking][3] != forward:
                reply[asking] = min(reply[asking], at - acts[asking][2])
    spans: dict[int, int] = {}
    for i, (_, _, at, forward, crowd, _, _) in enumerate(acts):
        count[forward] += 1
        words[forward] += 1 / crowd
        age = (now - at) / HORIZON
        weight = 2.0**-age
        third[forward] += weight**3
        half[forward] += weight**2
        one[forward] += weight
        personal[forward] += weight / crowd
        last[forward] = age
        spans[int(age * 28)] = spans.get(int(age * 28), 0) | 1 << forward
        day = at // DAY
        if day != day_before:
            days += 1
            weeks += day // 7 != day_before // 7
            if day_before >= 0:
                gap = day - day_before
                gaps, squares, log_gap = gaps + gap, squares + gap * gap, log_gap + math.log(gap)
            day_before = day
        if at - before > DUE:
            talks += 1
        elif speaker != forward:
            turns += 1
        before, speaker = at, forward
        if now - at >= DUE:
            asked[forward] += 1
            if reply[i] <= DUE:
                answered[forward] += 1
                logs[forward] += math.log(max(reply[i], 1))
    return {
        "count": count, "words": words, "asked": asked, "answered": answered, "logs": logs, "third": third,
        "half": half, "one": one, "personal": personal, "last": last, "days": days, "weeks": weeks, "gaps": gaps,
        "squares": squares, "log_gap": log_gap, "talks": talks, "turns": turns,
        "first": (now - acts[0][2]) / DAY, "newest": (now - acts[-1][2]) / DAY,
        "both": sum(2.0 ** (-span / 28) for span, sides in spans.items() if sides == 3), "spans": len(spans),
    }  # fmt: skip


def scores(graph: nx.Graph) -> list[tuple[float, int, int]]:
    adjacency = graph.adj
    keys = {node: set(near) for node, near in adjacency.items()}
    weight = {node: 1 / math.log(max(len(near), 2)) for node, near in keys.items()}
    spoken = dict.fromkeys(graph, 0.0)
    awake = dict.fromkeys(graph, math.inf)
    asked, answered = dict.fromkeys(graph, 0), dict.fromkeys(graph, 0)
    for a, b, each in graph.edges(data=True):
        for me, other, way in ((a, b, 1), (b, a, 0)):
            spoken[me] += each["words"][way]
            awake[me] = min(awake[me], each["last"][way])
            asked[other] += each["asked"][way]
            answered[other] += each["answered"][way]
    found = []
    for a, b, each in graph.edges(data=True):
        shared = keys[a] & keys[b]
        each["shared"], each["adamic_adar"] = len(shared), sum(map(weight.__getitem__, shared))
        near, far = adjacency[a], adjacency[b]
        each["shared_ties"] = sum(min(sum(near[z]["one"]), sum(far[z]["one"])) for z in shared)
        there, back = each["count"][1], each["count"][0]
        total = there + back
        either = len(keys[a]) + len(keys[b]) - 2 - len(shared)
        span = 14 + each["first"] - each["newest"]
        each["reciprocity"] = 2 * min(there, back) / (total + 2)
        each["vitality"] = (span / (span + each["newest"])) ** (each["days"] - 0.5) if each["days"] > 1 else math.nan
        each["constancy"] = min(each["weeks"] / (each["first"] // 7 + 5), 1)
        each["conversation"] = each["turns"] / (each["turns"] + each["talks"] + 2)
        each["embeddedness"] = len(shared) / (either + 2) if either else math.nan
        each["responsiveness"] = sum(
            (each["answered"][way] + answered[who] / max(asked[who], 1)) / (each["asked"][way] + 1)
            for way, who in ((1, b), (0, a))
        )
        attention = sum(each["words"][way] / spoken[me] for me, way in ((a, 1), (b, 0)) if spoken[me])
        each["personal_attention"] = sum(each["words"]) / (total + 1) * (1 + attention / 2) / 2
        z = sum(
            0.25 * (math.log(each[name][0] + 0.05) + math.log(each[name][1] + 0.05))
            for name in ("third", "half", "personal")
        )
        z -= sum(0.1 * math.log(min(age, 20) + 0.03) for age in (*each["last"], max(awake[a], awake[b])))
        z += 0.1 * math.log1p(each["shared_ties"]) + 0.1 * math.log1p(each["both"])
        each["engagement"] = 1 / (1 + math.exp(-z))
        found.append((each["engagement"], a, b))
    return sorted(found, reverse=True)


def main(place: Path) -> None:
    columns, now = rows(place)
    graph: nx.Graph = nx.Graph()
    for (a, b), acts in groupby(columns, itemgetter(0, 1)):
        graph.add_edge(a, b, **figures(list(acts), now))
    found = scores(graph)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"rows": len(found), "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 2**20}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
