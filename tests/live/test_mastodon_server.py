"""A real Mastodon server, where the user names one: `RELNET_TEST_MASTODON_URL` and `RELNET_TEST_MASTODON_TOKEN`."""

import os
import time

import httpx
import pytest

from relnet.live.client import Client
from relnet.live.jobs import check_job, sync_job
from relnet.settings import Live
from tests.live.fetching import _imported, facts

URL, TOKEN = "RELNET_TEST_MASTODON_URL", "RELNET_TEST_MASTODON_TOKEN"


@pytest.fixture(scope="module")
def server():
    if URL not in os.environ or TOKEN not in os.environ:
        pytest.skip(f"no Mastodon server is named: {URL} and {TOKEN} are not set")
    url = os.environ[URL].rstrip("/")
    headers = {"authorization": f"Bearer {os.environ[TOKEN]}"}
    who = httpx.get(f"{url}/api/v1/accounts/verify_credentials", headers=headers).raise_for_status().json()
    host = httpx.URL(who["url"]).host
    return url, f"{who['acct'].partition('@')[0]}@{host}"


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_sync_comes_back_and_comes_again(server, signed_in, tmp_path, monkeypatch) -> None:
    url, who = server
    if signed_in:
        monkeypatch.setenv("RELNET_MASTODON_TOKEN", os.environ[TOKEN])
    sent = []
    for _ in range(2):
        live = Live(mastodon_url=url)
        with Client(live) as client:
            manifest = _imported(sync_job("mastodon", who, client, live), tmp_path, time.time())
            sent.append(client.sent)
    rows = facts(tmp_path)
    assert len(rows) == len({row[:2] + row[3:] for row in rows}) and sent[1] <= sent[0]
    assert manifest.owners and os.environ[TOKEN].encode() not in b"".join(
        file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()
    )


def test_followers_are_seen(server, tmp_path) -> None:
    url, who = server
    live = Live(mastodon_url=url)
    with Client(live) as client:
        manifest = _imported(check_job("mastodon", who, client, live, None, 0), tmp_path, time.time())
    assert not manifest.owners
