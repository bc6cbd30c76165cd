"""What one task leaves for the next."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from stack.places import CHECKOUT
from zoho.engine.staging import dump_read, read_metadata, read_rows, write_rows
from zoho.transport import json

SCHEMA = pa.schema([("seq", pa.int64()), ("phase", pa.int8()), ("name", pa.string())])
ROWS = [
    {"seq": 2**40, "phase": 1, "name": "東京"},
    {"seq": None, "phase": -1, "name": None},
    {"seq": 3, "phase": None},
    {"seq": 4, "phase": 0, "name": ""},
]
WITHOUT_PANDAS = """
import sys
from pathlib import Path
import pyarrow as pa
from zoho.engine.staging import read_rows, write_rows

path = Path(sys.argv[1])
write_rows(path, pa.schema([("seq", pa.int64()), ("id", pa.string())]), [{"seq": 1, "id": "1"}])
assert list(read_rows(path)) == [{"seq": 1, "id": "1"}]
assert "pandas" not in sys.modules
"""


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Numbers and texts, and none of either, over more than a group of rows."""
    rows = [row | {"seq": number} for number in range(1_500) for row in ROWS[:2]] + ROWS
    assert write_rows(tmp_path / "a" / "b.parquet", SCHEMA, rows, {"began": "now"}) == len(rows)
    assert list(read_rows(tmp_path / "a" / "b.parquet")) == [{"name": None, **row} for row in rows]
    assert read_metadata(tmp_path / "a" / "b.parquet") == {"began": "now"}


def test_nothing_is_a_file_too(tmp_path: Path) -> None:
    """A list without records is staged like any other."""
    assert write_rows(tmp_path / "none.parquet", SCHEMA, []) == 0
    assert list(read_rows(tmp_path / "none.parquet")) == []


def test_a_record_is_kept_to_the_last_digit(tmp_path: Path) -> None:
    """TXN-6: as JSON in a column, money with all its zeros."""
    record = {"id": "1", "Rate": Decimal("1.500"), "Name": "Å", "Big": 10**18}
    path = tmp_path / "kept.parquet"
    write_rows(path, pa.schema([("raw", pa.string())]), [{"raw": dump_read(record)}])
    ((kept,),) = [row.values() for row in read_rows(path)]
    assert repr(json.loads(kept)) == repr(record)


def test_nobody_waits_for_pandas(tmp_path: Path) -> None:
    """A quiet run is short: pyarrow would import pandas to make a column, which takes longer than the run's work."""
    command = [sys.executable, "-c", WITHOUT_PANDAS, str(tmp_path / "some.parquet")]
    done = subprocess.run(command, cwd=CHECKOUT / "plugins", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
