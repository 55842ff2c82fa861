import os
from pathlib import Path

import pytest
from hypothesis import settings

# The gate draws the same examples every time; `HYPOTHESIS_PROFILE=search` looks for new ones.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

SHARED = Path(os.environ.get("RELNET_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real samples; tests that need it are skipped by name where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the shared samples are not here")
    return folder
