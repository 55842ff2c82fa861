import sys
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
if SOURCE.is_dir():
    sys.path.insert(0, str(SOURCE))
