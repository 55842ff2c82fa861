"""Write a report that can be shared, names hidden, and the network for Gephi beside it.

python examples/share_report.py FILE… FOLDER
"""

import sys
from pathlib import Path

import relnet


def main(*paths: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    net = relnet.load(*paths)
    for name in ("report.html", "report.md", "report.json"):
        print(f"wrote {net.report(folder / name, redact=True).name}")
    print(f"wrote {net.export('graph', folder / 'network.gexf').name}, with names")


if __name__ == "__main__":
    main(*sys.argv[1:-1], folder=Path(sys.argv[-1]))
