"""A real terminal: nothing that a stranger wrote reaches it as a code."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.strategies import HOSTILE_NAMES
from tests.tui.made import write
from tests.tui.test_hostile import LONELY, hostile_network

RUN = """
import sys
from pathlib import Path
from relnet.settings import Settings
from relnet.store.workspace import Workspace
from relnet.tui.app import Dashboard
from relnet.tui.model import Model
from tests.tui.made import plugins
folder = Path(sys.argv[1])
app = Dashboard(Model(Workspace(folder / "workspace"), plugins()), [folder / "made.json"], Settings())
sys.exit(app.run() or 0)
"""
MARK = "\x1b]52;c;ZXZpbA==\x07"
KEYS = [
    "\r",
    "\x1b[B",
    "\r",
    "o",
    "\x1b",
    "\x1b",
    "m",
    "\x1b",
    "2",
    "3",
    "\x1b[B",
    "\x1b[B",
    "\r",
    "4",
    "5",
    "1",
    "?",
    "\x1b",
    "d",
]
ALLOWED = re.compile(
    r"\x1b\[[0-9;:?<>=]*[A-Za-z$]|\x1b\[\?[0-9;$]*[a-z]|\x1b\[[0-9;]* q|\x1b[=>()][0AB]?|\x1bP[=+$][^\x1b]*\x1b\\"
)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_no_code_of_a_stranger_reaches_the_terminal(tmp_path):
    names = [f"{MARK}{name}" for name in HOSTILE_NAMES if LONELY not in name][:12]
    write(hostile_network(names), tmp_path)
    main, side = pty.openpty()
    root = Path(__file__).parents[2]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30", "PYTHONPATH": str(root)}
    environment |= {"TEXTUAL_ANIMATIONS": "none", "RELNET_CONFIG": str(tmp_path / "none.toml")}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)], stdin=side, stdout=side, stderr=side, env=environment, cwd=root
    )
    os.close(side)
    seen = bytearray()

    def read(seconds: float, until: bytes = b"") -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in seen):
            if select.select([main], [], [], 0.1)[0]:
                try:
                    seen.extend(os.read(main, 65536))
                except OSError:  # the other side is gone
                    return

    try:
        read(60, b"Filter")
        for key in KEYS:
            os.write(main, key.encode())
            read(0.4)
        os.write(main, b"\x11")
        read(20, b"\x1b[?1049l")
        assert process.wait(20) == 0
    finally:
        process.kill()
        os.close(main)
    text = seen.decode("utf-8", "replace")
    assert "as of 2025" in text and "52;c;ZXZpbA==" in text  # it was shown, as text
    assert "\x1b]52" not in text and "\x9d" not in text and "\u202e" not in text
    codes = re.sub(r"\x1b\](0|2|22);[^\x07\x1b]*(\x07|\x1b\\\\)", "", text)  # title and pointer are Textual's own
    assert "\x1b" not in ALLOWED.sub("", codes)
