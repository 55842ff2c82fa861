"""Invented names and sentences: readable nonsense in which no real person appears."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relnet.demo.world import Int, Text

_STARTS = (
    "Al", "Bri", "Cor", "Da", "El", "Fen", "Gil", "Ha", "Is", "Jor", "Ka", "Lu", "Ma", "Nor", "Ol", "Per",
    "Quin", "Ro", "Sel", "Tam", "Ul", "Ve", "Wil", "Yan", "Zo",
)  # fmt: skip
_MIDDLES = (
    "ra", "len", "vi", "mo", "dri", "sha", "to", "bel", "ni", "ga", "su", "thi",
)  # fmt: skip
_ENDS = (
    "ra", "n", "lin", "mo", "ve", "th", "s", "dor", "ka", "wen", "li", "x",
)  # fmt: skip
_SURNAMES = (
    "Ash", "Bram", "Cold", "Dray", "Elder", "Fallow", "Grim", "Hollow", "Ivy", "Jun", "Kettle", "Lark",
    "Marsh", "Nettle", "Orrin", "Pell", "Quill",
)  # fmt: skip
_HOUSES = (
    "brook", "combe", "dale", "ford", "gate", "holt", "low", "mere", "ness", "pool", "rigg", "stead",
    "thwaite", "wick",
)  # fmt: skip

# What a screen, a page or a spreadsheet must survive.  They sit where they will be seen: among friends.
_HOSTILE_NAMES = (
    "[bold red]Tam[/] [link=https://example.com]Marshwick[/link]",
    '=HYPERLINK("https://example.com","Bonus")',
    "<b>Ola</b> & Daughters",
    "波間 ツキ 🌊",
    "زهرة الوادي",
    "Sel\u202eegdirbdloC",
    "x'; DROP TABLE posts; --",
    "👩‍👩‍👧 Jora & family 🏳️‍🌈",
    "Zo\u0301e\u0308\u0323 Fa\u030all\u0304ow",
    "+1 (not a number)",
    "\u200bNobody\u200b",
    "A name that goes on until nobody reads any more 50",
)

_THINGS = (
    "the night train", "my sourdough", "the tide clock", "that old lathe", "the choir rehearsal",
    "our allotment", "the new footbridge", "the harbour cat", "my bicycle bell", "the map of the marsh",
    "the second draft", "the R&D shed", "the community garden", "a proof that 6 < 7", "the brass band",
    "the school boiler", "the seed library", "my neighbour's drone", "the slow ferry", "the chess table",
    "the repair café", "our lighthouse tour", "the lost umbrella", "bread & butter pudding", "the telescope",
    "the puppet theatre", "the compost report", "the weather vane", "the radio play", "the last plum jam",
)  # fmt: skip
_HAPPENINGS = (
    "was late again", "smells of rain", "finally works", "needs more salt", "has a leak",
    "sounds better in spring", "made the front page", "is out of tune", "arrived in three boxes",
    "got a second coat of paint", "went missing at noon", "runs on tea", "won by a nose",
    "is older than the town", "hums when nobody looks", "fits through the door after all",
    "starts at seven, not eight", "was voted best of show", "turned up in the attic", "wants a new handle",
    "is closed for the winter", "glows a little", "took four of us to lift", "cost less than a coffee",
    "has its own fan club", "came back with a label on it", "can be heard from the hill", "split in two",
)  # fmt: skip
_TAILS = (
    "", "", "", "See you thursday?", "Any idea why?", "Photo tomorrow.", "Worth the walk.", "😄",
    "Who wants a copy?", "Don't tell the cat.", "I'm not even sorry.", "Bring a lamp.", "More after lunch.",
    "What would you do?", "Long story.", "It was the wind.", "Same time next week?", "🌱",
    "Ask me in june.", "I blame the geese.",
)  # fmt: skip
_ANSWERS = (
    "Ha,", "Same here:", "No way,", "Agreed,", "Funny,", "I heard", "Turns out", "Wait,", "Good question,",
    "Yes and", "Not sure, but", "Told you,", "Meanwhile", "Honestly,", "True,", "In other news,",
)  # fmt: skip
_SHORT = (
    "thank you!", "yes!", "on my way", "🙂", "exactly", "tell me more", "good luck!", "see you there", "ha!",
    "of course", "sounds good", "me too", "👏", "how did it go?", "will do",
)  # fmt: skip
_ODD = (
    "[bold red]this[/] is not markup & <b>neither</b> is this",
    "=SUM(A1:A9) was a good idea until it wasn't",
    "first line\nsecond line\u2028third line",
    "سؤال بسيط: من رأى القارب؟ (100% serious)",
    "雨の日は地図を描く。& 散歩",
    "👩‍🔬🧪 3 < 4 > 2 && still dry \U0001f1e6\U0001f1f6",
    "\u202eright to left, or is it?",
)
_BOT_LINES = (
    "High tide at {h}:{m:02d}, {t} cm above the mark.", "Reminder {t}: water the plants by {h}:{m:02d}.",
    "Wind {h} knots, gusts {m}. Next report in an hour.", "Today's word is number {t} of the list.",
)  # fmt: skip
_OFFERS = (
    "Launch week! Everything 40% off, only for friends like you",
    "You have been picked for our partner programme, reply YES",
    "New episode is out, share it and win a mug",
    "Our brand survey takes 2 minutes and means the world",
)
_BIOS = (
    "gardens, trains, small dogs", "I mend radios", "bread, bikes & bad puns", "teacher of small people",
    "writes about rivers", "sings second alto", "maps > apps", "retired from retirement", "knots and tides",
    "PhD in procrastination", "night shift, day dreams", "opinions are my own, sadly", "tea first",
    "half of a puppet theatre", "birds, mostly", "", "", "",
)  # fmt: skip
_PLACES = (
    "Marshwick",
    "Lower Pell",
    "Upper Quill",
    "Greyness",
    "by the sea",
    "Earth, mostly",
    "",
    "",
    "",
    "",
)


def people(n: int, rng: np.random.Generator) -> tuple[Text, Text]:
    """Invent display names and unique handles of at most 15 letters, digits and underscores.

    Returns
    -------
    tuple
        Names and handles, object arrays of shape (n,).
    """
    given = [
        _STARTS[a] + _MIDDLES[b] + _ENDS[c]
        for a, b, c in zip(*(rng.integers(0, len(p), n) for p in (_STARTS, _MIDDLES, _ENDS)), strict=True)
    ]
    family = [
        _SURNAMES[a] + _HOUSES[b]
        for a, b in zip(*(rng.integers(0, len(p), n) for p in (_SURNAMES, _HOUSES)), strict=True)
    ]
    digits = rng.integers(0, 100, n)
    taken: set[str] = set()
    handles = []
    for first, last, number in zip(given, family, digits.tolist(), strict=True):
        base = handle = f"{first}_{last}"[:11].lower().rstrip("_") + (str(number) if number < 40 else "")
        serial = 1
        while handle in taken:
            serial += 1
            handle = f"{base[:11]}{serial}"
        taken.add(handle)
        handles.append(handle)
    names = [f"{first} {last}" for first, last in zip(given, family, strict=True)]
    return _objects(names), _objects(handles)


def numbered_handles(n: int, rng: np.random.Generator) -> Text:
    """Invent handles as they are made in bulk: a syllable and eight digits.  Object array of shape (n,)."""
    numbers = rng.choice(90_000_000, n, replace=False) + 10_000_000
    starts = _pick(_STARTS, n, rng)
    return _objects([f"{start}{number}" for start, number in zip(starts, numbers.tolist(), strict=True)])


def hostile_names(names: Text, rows: Int) -> None:
    """Overwrite some of the names, in place, with text that tries to be markup, a formula or a command."""
    for row, name in zip(rows.tolist(), _HOSTILE_NAMES, strict=False):
        names[row] = name


def bios(n: int, rng: np.random.Generator) -> tuple[Text, Text]:
    """Pick short descriptions and places, some of them empty; object arrays of shape (n,)."""
    return _pick(_BIOS, n, rng), _pick(_PLACES, n, rng)


def remarks(n: int, rng: np.random.Generator) -> Text:
    """Make sentences that open a subject; every 251st is one of the odd ones.  Object array of shape (n,)."""
    tails = _pick(_TAILS, n, rng)
    things, happenings = _pick(_THINGS, n, rng), _pick(_HAPPENINGS, n, rng)
    texts = _objects(
        [f"{a[0].upper()}{a[1:]} {b}. {c}".rstrip() for a, b, c in zip(things, happenings, tails, strict=True)]
    )
    for k, row in enumerate(range(100, n, 251)):
        texts[row] = _ODD[k % len(_ODD)]
    return texts


def answers(n: int, rng: np.random.Generator) -> Text:
    """Make sentences that answer one, a fifth of them a word or two.  Object array of shape (n,)."""
    columns = [_pick(p, n, rng) for p in (_ANSWERS, _THINGS, _HAPPENINGS, _TAILS, _SHORT)]
    brief = rng.random(n) < 0.2
    return _objects(
        [
            short if b else f"{answer} {thing} {happening}. {tail}".rstrip()
            for b, answer, thing, happening, tail, short in zip(brief.tolist(), *columns, strict=True)
        ]
    )


def machine_lines(n: int, rng: np.random.Generator) -> Text:
    """Make what declared bots write.  Object array of shape (n,)."""
    h, m, t = (rng.integers(0, top, n).tolist() for top in (24, 60, 900))
    return _objects(
        [line.format(h=a, m=b, t=c) for line, a, b, c in zip(_pick(_BOT_LINES, n, rng), h, m, t, strict=True)]
    )


def offer(k: int) -> str:
    """Give the text that the k-th sender of mass mentions repeats."""
    return _OFFERS[k % len(_OFFERS)]


def _pick(pool: Sequence[str], n: int, rng: np.random.Generator) -> Text:
    return _objects(list(pool))[rng.integers(0, len(pool), n)]


def _objects(values: list[str]) -> Text:
    column = np.empty(len(values), object)
    column[:] = values
    return column
