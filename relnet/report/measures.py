"""What the health figures are called, how they are defined, and whom the definitions follow."""

from __future__ import annotations

from typing import Final

from relnet.assess.lists import LEAST_DAYS
from relnet.plugin import Unit

_LABELS_SOURCE: Final = "shares corrected for measured errors, Lang and Reiczigel 2014"
_DUNBAR: Final = "Dunbar et al. 2015, where it is typically {}"

MEASURES: Final[dict[str, dict[str, tuple[str, Unit, str, str]]]] = {
    "Ties": {
        "people": ("Accounts met", "count", "Accounts with any interaction or follow.", ""),
        "real": (
            "Real ties", "count",
            f"Acts both ways, at least {LEAST_DAYS} days of contact, the last within a year, the other side not "
            "labelled fake.", "the network that matters is the one of directed acts: Huberman, Romero and Wu 2008",
        ),
        "rising": ("Rising ties", "count", "Ties on the list of that name (section People).", ""),
        "fading": (
            "Fading ties", "count", "Ties on the list of that name: silent for longer than their own rhythm explains.",
            "Navarro et al. 2017",
        ),
        "dormant": ("Dormant ties", "count", f"At least {LEAST_DAYS} days of contact, the last over a year ago.", ""),
        "one_sided": ("One-sided ties", "count", "Acts from one side and certainly none from the other.", ""),
        "unanswered": ("Unanswered", "count", "People whose newest act has had no answer; the list of that name.", ""),
        "both_ways": ("Ties both ways", "count", "Ties with an act each way.", ""),
        "reciprocity": (
            "Reciprocity", "share", "Ties with acts each way, of the ties with acts whose two directions are covered.",
            "Hidalgo and Rodriguez-Sickert 2008",
        ),
    },
    "Circles: how often in touch": {
        "circle_5": ("In touch weekly", "count", "Ties with contact on 52 days a year or more.", _DUNBAR.format(5)),
        "circle_15": ("Monthly or more often", "count", "Contact on 12 days a year or more.", _DUNBAR.format(15)),
        "circle_50": ("Half-yearly or more often", "count", "Contact on 2 days a year or more.", _DUNBAR.format(50)),
        "circle_150": ("Yearly or more often", "count", "Contact on a day a year or more.", _DUNBAR.format(150)),
    },
    "Attention and answers": {
        "attention_ties": (
            "People you attend to (effective number)", "score",
            "Among how many people your attention is spread, as if evenly: 1 / Σ p², p each one's share of your acts, "
            "an act towards m people counting 1/m for each.", "inverse participation ratio",
        ),
        "attention_gini": (
            "Concentration of your attention (Gini)", "score",
            "Gini coefficient of your acts over those who got any: 0 is the same for all, near 1 is all for one.",
            "Gini 1912",
        ),
        "received_ties": (
            "People who attend to you (effective number)", "score", "The same of the acts towards you.",
            "inverse participation ratio",
        ),
        "answered_by_them": (
            "Answered by others", "share", "Share of your acts towards a person that were answered within three days.",
            "Kooti et al. 2015",
        ),
        "answered_by_you": (
            "Answered by you", "share", "Share of the acts towards you that you answered within three days.",
            "Kooti et al. 2015",
        ),
        "answer_time_them": (
            "Their usual answer time", "hours",
            "Median over the people who answered you of each one's usual delay (geometric mean), answers within three "
            "days.",
            "Kooti et al. 2015",
        ),
        "answer_time_you": (
            "Your usual answer time", "hours", "The same for the people whom you answered.", "Kooti et al. 2015",
        ),
        "personal_share": (
            "Written to one person alone", "share",
            "Of your acts towards others, those addressed to one person alone with words that went to nobody else.",
            "directed communication: Gilbert and Karahalios 2009; Burke and Kraut 2014",
        ),
        "broadcast_share": (
            "Written to nobody in particular", "share",
            "Of all that you wrote, posts that address nobody in particular.",
            "Burke and Kraut 2014",
        ),
    },
    "Lately": {
        "contacts_now": (
            "In contact in the last window", "count", "People with an act either way in the last window.", "",
        ),
        "contacts_before": ("In contact in the window before", "count", "The same, one window earlier.", ""),
    },
    "Accounts": {
        "label_good": ("Labelled good", "count", "Accounts so labelled.", ""),
        "label_inactive": ("Labelled inactive", "count", "Accounts so labelled.", ""),
        "label_fake": ("Labelled fake", "count", "Accounts so labelled.", ""),
        "label_unknown": ("Without a label", "count", "Accounts of which too little is known.", ""),
        "share_good": ("Share good", "share", "Estimated, of the accounts that can be judged.", _LABELS_SOURCE),
        "share_inactive": ("Share inactive", "share", "Estimated, of the accounts that can be judged.", _LABELS_SOURCE),
        "share_fake": ("Share fake", "share", "Estimated, of the accounts that can be judged.", _LABELS_SOURCE),
    },
}  # fmt: skip
"""Title, unit, definition and source of every figure, by group, in the order in which they are told."""
