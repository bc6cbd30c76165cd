"""The files that one task leaves for the next: Parquet in the staging folder.

A list is staged as it arrives, page by page, so that memory does not grow with it. The file's metadata says
what was asked for and, by Zoho's clock, when the scan began.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from zoho.transport import json

_ROWS_PER_GROUP = 2_000


def write_rows(
    path: Any, schema: pa.Schema, rows: Iterable[Mapping[str, Any]], metadata: Mapping[str, str] | None = None
) -> int:
    """Write rows to a Parquet file; a file that is there already is replaced.

    Args:
        path: ``ObjectStoragePath`` or ``pathlib.Path``; its folder is made.
        schema: names and types of the columns.
        rows: dicts with a value per column.
        metadata: kept in the file, see :func:`read_metadata`.

    Returns:
        The number of rows.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = schema.with_metadata(dict(metadata or {}))
    count = 0
    with path.open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        group: list[Mapping[str, Any]] = []
        for row in rows:
            group.append(row)
            count += 1
            if len(group) == _ROWS_PER_GROUP:
                writer.write_table(pa.Table.from_pylist(group, schema))
                group = []
        writer.write_table(pa.Table.from_pylist(group, schema))
    return count


def read_rows(path: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, a group at a time."""
    with path.open("rb") as file:
        for batch in pq.ParquetFile(file).iter_batches(_ROWS_PER_GROUP):
            yield from batch.to_pylist()


def read_metadata(path: Any) -> dict[str, str]:
    """Return what :func:`write_rows` was given to keep."""
    with path.open("rb") as file:
        kept = pq.read_schema(file).metadata or {}
    return {key.decode(): value.decode() for key, value in kept.items()}


def dump(value: Any) -> str:
    """Return JSON for a column."""
    return json.dumps(value).decode()
