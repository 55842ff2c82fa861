"""From `network:name` to the job that fetches it."""

from __future__ import annotations

from relnet.live import credentials
from relnet.live.bluesky import Bluesky
from relnet.live.bluesky_jobs import BlueskyCheck, BlueskySync
from relnet.live.client import Client
from relnet.live.job import Job
from relnet.live.mastodon import Mastodon, address
from relnet.live.mastodon_jobs import MastodonCheck, MastodonSync
from relnet.settings import Live


def sync_job(network: str, who: str, client: Client, live: Live, *, lists: bool = True) -> Job:
    """Return the sync of one's own account, signed in where a secret for it is at hand.

    Parameters
    ----------
    network, who
        As in `bluesky:HANDLE` or `mastodon:USER@HOST`.
    lists
        Whether followers, follows and profiles are fetched as well.
    """
    if network == "bluesky":
        bluesky = Bluesky(client, live)
        account = bluesky.resolve(who)
        names = [f"bluesky:{each}" for each in (who, account.handle, account.did) if each]
        return BlueskySync(bluesky, live, account, credentials.secret(credentials.BLUESKY, *names), lists=lists)
    found = address(who)
    token = credentials.secret(credentials.MASTODON, f"mastodon:{found}")
    return MastodonSync(Mastodon(client, live, found, token), token is not None, lists=lists)


def check_job(network: str, who: str, client: Client, live: Live, limit: int | None, seed: int) -> Job:
    """Return the check of anybody's followers; it never signs in, so that no secret goes to a stranger's server.

    Parameters
    ----------
    limit
        Followers to judge: 0 for all, `None` for as many as a share needs.
    seed
        Of the sample.
    """
    if network == "bluesky":
        bluesky = Bluesky(client, live)
        return BlueskyCheck(bluesky, live, bluesky.resolve(who), limit, seed)
    return MastodonCheck(Mastodon(client, live, address(who)), limit, seed)
