"""The demo's files: an X archive of the made-up owner, and API files of the incoming side and the followers."""

from __future__ import annotations

from pathlib import Path

from relnet.demo.api_writer import write_api_jsonl
from relnet.demo.archive_writer import write_x_archive
from relnet.demo.simulator import simulate


def write_demo(folder: Path, seed: int = 7, people: int = 1200) -> list[Path]:
    """Write the files that a person with an X archive and API access would have.

    Parameters
    ----------
    folder
        Where to write; made if missing.
    seed
        Same seed, same bytes.
    people
        Number of accounts besides the owner.

    Returns
    -------
    list of Path
        The archive, the incoming posts, the follower profiles.

    Raises
    ------
    SettingsError
        The folder already holds such files, or there are too few people.
    """
    world = simulate(seed, people)
    folder.mkdir(parents=True, exist_ok=True)
    archive = write_x_archive(world, folder / "x-archive.zip")
    return [archive, *write_api_jsonl(world, folder)]
