"""Discord's own data package: the owner's messages only, with times from their ids."""

import json
import zipfile

import pytest

from relnet.errors import InputError
from tests.builders import read

ANN, BO, CY = (str(n) * 18 for n in (1, 2, 3))
MS = 1614592800000


def snowflake(ms, low=0):
    return str(((ms - 1_420_070_400_000) << 22) + low)


def message(low=0, text="x", ms=MS, stamp="2021-03-01 10:00:00", **fields):
    return {"ID": snowflake(ms, low), "Timestamp": stamp, "Contents": text, "Attachments": "", **fields}


@pytest.fixture
def package(tmp_path):
    def made(channels, user=ANN, csv=False, **options):
        path = tmp_path / "package.zip"
        with zipfile.ZipFile(path, "w") as file:
            if user:
                file.writestr("Account/user.json", json.dumps({"id": user, "username": "ann", "email": "a@x.example"}))
            file.writestr("Nachrichten/index.json", json.dumps({"9": "Direktnachricht mit bo#0", "8": None}))
            for info, messages in channels:
                folder = f"Nachrichten/{'' if csv else 'c'}{info['id'] * 6}"
                file.writestr(f"{folder}/channel.json", json.dumps(info))
                if csv:
                    rows = "".join(f'{m["ID"]},{m["Timestamp"]},"{m["Contents"]}",\n' for m in messages)
                    file.writestr(f"{folder}/messages.csv", "ID,Timestamp,Contents,Attachments\n" + rows)
                else:
                    file.writestr(f"{folder}/messages.json", json.dumps(messages))
        return read(path, **options)

    return made


PAIR = {"id": "9", "type": "DM", "recipients": [ANN, BO]}
CIRCLE = {"id": "8", "type": 3, "recipients": [ANN, BO, CY]}
SERVER = {"id": "7", "type": 0, "name": "general", "guild": {"id": "6", "name": "x"}}


@pytest.mark.parametrize("csv", [False, True])
def test_package(package, csv):
    found = package(
        [
            (PAIR, [message(1), message(2, f"hi <@{CY}>")]),
            (CIRCLE, [message(3, f"<@{BO}> and <@!{BO}>")]),
            (SERVER, [message(4, f"<@{CY}> look"), message(5)]),
        ],
        csv=csv,
    )
    assert found.manifest.source == "discord"
    assert sorted(found.rows("target", "kind", "directness", "audience", "visibility")) == sorted(
        [
            (BO, "message", "target", 1, "private"), (BO, "message", "target", 1, "private"),
            (BO, "mention", "deliberate", 2, "private"), (CY, "message", "list", 2, "private"),
            (CY, "mention", "deliberate", 1, "limited"),
        ]
    )  # fmt: skip
    assert set(found.interactions["source"]) == {ANN}
    assert set(found.interactions["at"]) == {MS}
    assert [native for *_, native in found.manifest.owners] == [ANN]
    assert found.account(BO)["handle"] == "bo"
    assert len(found.posts) == 5
    assert {(row.kind, row.direction, row.completeness) for row, _ in found.manifest.coverage} == {
        ("message", "out", "surviving"), ("mention", "out", "surviving"),
    }  # fmt: skip


def test_stated_times_serve_where_ids_hold_none(package):
    found = package([(PAIR, [message(ID="77"), message(ID="78", Timestamp="2021-03-01T11:00:00.123+01:00")])])
    assert found.rows("at", "time_quality") == [(MS, "local"), (MS + 123, "act")]


def test_without_the_account_file_the_owner_is_who_is_always_there(package):
    pairs = [(PAIR, [message(1)]), ({"id": "5", "type": 1, "recipients": [CY, ANN]}, [message(2)])]
    assert {native for *_, native in package(pairs, user=None).manifest.owners} == {ANN}
    with pytest.raises(InputError, match="--me"):
        package(pairs[:1], user=None)
    assert package(pairs[:1], user=None, me=(ANN,)).rows("source", "target") == [(ANN, BO)]


def test_c21_bad_messages_cost_only_themselves(package):
    bad = [{}, {"ID": None}, {"ID": "x", "Timestamp": "soon"}, message(stamp="soon"), 3, "x"]
    found = package([(PAIR, [*bad, message(1)])])
    assert len(found.interactions) == 1
    assert sum(found.skips.values()) == len(bad)


def test_c14_recipients_without_id(package):
    found = package(
        [({"id": "9", "type": 1, "recipients": [ANN, None, "0", ""]}, [message(1)]), (SERVER, [message(2)])]
    )
    assert found.interactions.is_empty()
    assert set(found.accounts["native_id"]) == {ANN}
