"""The long editions of the tests, seeded; prints what they tried. Arguments go to pytest.

Generated cases for the core's rules, random histories on both sides against the oracle, and call counts at full size.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long.tally import Tally

TESTS = Path(__file__).parents[1]
SEQUENCES = "1000"

seed = os.environ.get("ZOHO_LONG_SEED") or "1"
os.environ["ZOHO_LONG_SEED"] = seed
os.environ.setdefault("ZOHO_LONG_SEQUENCES", SEQUENCES)
os.environ.setdefault("ZOHO_LONG_COUNTS", "yes")

properties = [str(TESTS / "core"), "-m", "hypothesis", "-p", "tests.long.profile"]
options = ["--hypothesis-profile=long", f"--hypothesis-seed={seed}", "-q", "--no-header"]
tally = Tally()
codes = [pytest.main([*properties, *options, *sys.argv[1:]], [tally])]
tally.print(seed)
for tests in ("test_stateful.py", "test_call_counts.py"):
    command = [sys.executable, "-m", "pytest", str(TESTS / "engine" / tests), "-q", "--no-header", *sys.argv[1:]]
    codes.append(subprocess.run(command, check=False).returncode)
sys.exit(max(codes))
