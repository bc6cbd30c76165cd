"""The files that one task leaves for the next: Parquet in the staging folder.

A list is staged as it arrives, page by page, so that memory does not grow with it. The file's metadata says
what was asked for and, by Zoho's clock, when the scan began.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.lib import StringBuilder

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
                writer.write_table(_table(group, schema))
                group = []
        writer.write_table(_table(group, schema))
    return count


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows as Parquet takes them, column by column."""
    columns = [_column([row.get(column.name) for row in rows], column.type) for column in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return a column of texts, which Arrow casts where it is to hold something else.

    ``pyarrow.array`` would import pandas first, which takes longer than all else of a quiet run.
    """
    builder = StringBuilder()
    texts = values if kind == pa.string() else [None if value is None else str(value) for value in values]
    builder.append_values(texts)
    return builder.finish()


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


def dump_read(record: Mapping[str, Any]) -> bytes:
    """Return JSON for a column, of a record as it was read."""
    return json.dumps_read(record)
