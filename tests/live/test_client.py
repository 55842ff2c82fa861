"""The polite client: it waits as told, gives up in time, and never sends anything but reads and sessions."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relnet.errors import Cancelled, NetworkError, Paused, Refused
from relnet.live.client import TRIES, Client, decoded
from relnet.live.limits import exhausted_until, patience
from relnet.settings import Live
from tests.live.fetching import Clock, client
from tests.live.worlds import NOW, httpx_date

URL = "https://server.test/xrpc/x"
OK = httpx.Response(200, json={})


def answering(*answers):
    """A server that gives these answers in turn, the last one for ever, and the requests it got."""
    got = []

    def server(request):
        got.append(request)
        answer = answers[min(len(got), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return server, got


def limited(**headers):
    return httpx.Response(429, headers={name.replace("_", "-"): str(value) for name, value in headers.items()})


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        (limited(retry_after=289), 289),
        (limited(ratelimit_reset=int(NOW) + 120), 120),
        (limited(x_ratelimit_reset=httpx_date(NOW + 60)), 60),
        (limited(x_ratelimit_reset=httpx_date(NOW - 60)), 1),
        (limited(retry_after="Fri, 24 May 2024 20:00:30 GMT"), 30),
    ],
)
def test_a_refused_request_waits_as_the_server_says(answer, waits) -> None:
    clock = Clock()
    clock.now = NOW
    server, got = answering(answer, OK)
    if "retry-after" in answer.headers and "GMT" in answer.headers["retry-after"]:
        clock.now = 1716580800.0
    client(server, clock).get(URL)
    assert len(got) == 2 and waits - 1 <= clock.slept <= waits + 1


def test_the_last_request_allowed_is_followed_by_a_wait_and_not_by_a_refusal() -> None:
    clock = Clock()
    last = httpx.Response(200, json={}, headers={"ratelimit-remaining": "0", "ratelimit-reset": str(int(NOW) + 77)})
    server, got = answering(last, OK)
    http = client(server, clock)
    http.get(URL)
    assert clock.slept == 0
    http.get("https://server.test/xrpc/another")
    assert clock.slept == 0
    http.get(URL)
    assert 76 <= clock.slept <= 77 and len(got) == 3


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(500),
        httpx.Response(502, headers={"ratelimit-reset": str(int(NOW) + 300)}),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("no"),
    ],
)
def test_a_failing_server_is_asked_again_ever_later_and_not_for_ever(fault) -> None:
    clock = Clock()
    server, got = answering(fault)
    with pytest.raises(NetworkError, match="6 times in a row"):
        client(server, clock).get(URL)
    assert len(got) == TRIES and 0.75 * 31 <= clock.slept <= 31
    server, got = answering(fault, OK)
    assert client(server).get(URL).content == b"{}" and len(got) == 2


@pytest.mark.parametrize(
    ("limits", "answer", "says"),
    [
        ({"longest_wait": 60}, limited(retry_after=61), "61 seconds"),
        ({"minutes": 1}, limited(retry_after=300), "300 seconds"),
        ({"requests": 3}, OK, "3 requests"),
    ],
)
def test_limits_of_a_run_pause_it(limits, answer, says) -> None:
    server, got = answering(answer)
    http = client(server, **limits)
    with pytest.raises(Paused, match=says) as stop:
        for _ in range(5):
            http.get(URL)
    assert len(got) <= 3 and "run the same again" in stop.value.hint


def test_time_is_up() -> None:
    clock = Clock()
    http = client(lambda _: OK, clock, minutes=2)
    http.get(URL)
    clock.sleep(121)
    with pytest.raises(Paused, match="2 minutes"):
        http.get(URL)


def test_cancel_in_the_middle_of_a_wait() -> None:
    clock = Clock()
    asked = Client(
        Live(), transport=httpx.MockTransport(lambda _: limited(retry_after=600)), now=clock, sleep=clock.sleep,
        cancelled=lambda: clock.slept > 5,
    )  # fmt: skip
    with pytest.raises(Cancelled):
        asked.get(URL)
    assert clock.slept < 8


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (httpx.Response(400, json={"error": "InvalidRequest", "message": "Profile not found"}), "InvalidRequest"),
        (httpx.Response(400, json={"error": "AccountDeactivated"}), "AccountDeactivated"),
        (httpx.Response(404, json={"error": "Record not found"}), "Record not found"),
        (httpx.Response(403, text="<html>go away"), ""),
        (httpx.Response(301, headers={"location": "https://elsewhere.test"}), ""),
    ],
)
def test_a_refusal_is_final_and_named(answer, name) -> None:
    server, got = answering(answer)
    with pytest.raises(Refused) as stop:
        client(server).get(URL, {"secret": "1"})
    assert (stop.value.status, stop.value.name, len(got)) == (answer.status_code, name, 1)
    assert "secret" not in str(stop.value) and "server.test/xrpc/x" in str(stop.value)


def test_only_sessions_are_posted() -> None:
    server, got = answering(OK)
    http = client(server)
    http.sign_in("https://pds.test/xrpc/com.atproto.server.createSession", {"identifier": "a", "password": "b"})
    for method in ("com.atproto.repo.createRecord", "com.atproto.server.deleteSession", "x/createSession"):
        with pytest.raises(ValueError, match="never"):
            http.sign_in(f"https://pds.test/xrpc/{method}", {})
    assert [request.method for request in got] == ["POST"]
    assert {name for name in dir(Client) if not name.startswith("_")} == {"close", "download", "get", "sign_in"}


def test_an_answer_that_is_no_json_is_said() -> None:
    answer = client(lambda _: httpx.Response(200, text="<html>")).get(URL)
    with pytest.raises(NetworkError, match="expected shape"):
        decoded(answer, dict)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "ratelimit-remaining", "ratelimit-reset", "x-ratelimit-reset"]),
        st.text(max_size=40),
    )
)
def test_no_header_breaks_the_reading_of_limits(headers) -> None:
    assert (patience(429, headers, NOW) or 1) >= 1
    exhausted_until(headers, NOW)
