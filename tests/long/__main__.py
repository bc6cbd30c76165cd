"""The long editions of the tests, seeded; prints what they tried. Arguments go to pytest.

Generated cases for the core's rules, random histories on both sides against the oracle, walks of deals
against a state machine, undone runs, call counts at full size, and webhooks by the thousand.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long.tally import Tally

TESTS = Path(__file__).parents[1]
SEQUENCES = "1000"
DOCUMENTS = "50000"
DELIVERIES = "10000"
CHANGES = "200"
UNDOS = "100"
PLANS = "100"

seed = os.environ.get("ZOHO_LONG_SEED") or "1"
os.environ["ZOHO_LONG_SEED"] = seed
os.environ.setdefault("ZOHO_LONG_SEQUENCES", SEQUENCES)
os.environ.setdefault("ZOHO_LONG_COUNTS", "yes")
os.environ.setdefault("ZOHO_LONG_DELIVERIES", DELIVERIES)
os.environ.setdefault("ZOHO_LONG_CHANGES", CHANGES)
os.environ.setdefault("ZOHO_LONG_DOCUMENTS", DOCUMENTS)
os.environ.setdefault("ZOHO_LONG_UNDOS", UNDOS)
os.environ.setdefault("ZOHO_LONG_PLANS", PLANS)

properties = [str(TESTS / "core"), "-m", "hypothesis", "-p", "tests.long.profile"]
options = ["--hypothesis-profile=long", f"--hypothesis-seed={seed}", "-q", "--no-header"]
tally = Tally()
codes = [pytest.main([*properties, *options, *sys.argv[1:]], [tally])]
tally.print(seed)
for tests in (
    "engine/test_stateful.py",
    "engine/test_deal_walks.py",
    "engine/test_undo_property.py",
    "engine/test_plan_property.py",
    "engine/test_call_counts.py",
    "web/test_deliveries.py",
    "web/test_both_sides.py",
):
    command = [sys.executable, "-m", "pytest", str(TESTS / tests), "-q", "--no-header", *sys.argv[1:]]
    codes.append(subprocess.run(command, check=False).returncode)
sys.exit(max(codes))
