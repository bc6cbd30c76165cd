"""The long editions of the generated tests, seeded; prints how many cases they tried. Arguments go to pytest."""

import os
import sys
from pathlib import Path

import pytest

from tests.long.tally import Tally

seed = os.environ.get("ZOHO_LONG_SEED") or "1"
os.environ["ZOHO_LONG_SEED"] = seed
properties = [str(Path(__file__).parents[1] / "core"), "-m", "hypothesis", "-p", "tests.long.profile"]
options = ["--hypothesis-profile=long", f"--hypothesis-seed={seed}", "-q", "--no-header"]
tally = Tally()
code = pytest.main([*properties, *options, *sys.argv[1:]], [tally])
tally.print(seed)
sys.exit(code)
