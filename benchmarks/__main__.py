"""Runs the benchmarks that need no data of others: `python -m benchmarks`."""

import subprocess
import sys
from pathlib import Path

for name in ("table", "table_rows", "report", "labels", "plugins"):
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)
