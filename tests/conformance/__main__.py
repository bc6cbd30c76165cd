"""Compare the sandbox with Zoho, print one table and write docs/conformance.md; arguments go to pytest."""

import sys
from pathlib import Path

import pytest

from tests.conformance.document import PLACE, text
from tests.conformance.tally import Tally

PLACE.write_text(text(), "utf-8")
tally = Tally()
code = pytest.main([str(Path(__file__).parent), "-q", "--no-header", "-r", "fE", *sys.argv[1:]], [tally])
tally.print()
sys.exit(code)
