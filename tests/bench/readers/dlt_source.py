"""dlt's own ``rest_api`` source, into a Parquet file.

``python -m tests.bench.readers.dlt_source URL FIELDS FOLDER``, where dlt is installed.
"""

import os
import sys
from pathlib import Path

import dlt
import pyarrow.parquet as pq
from dlt.destinations import filesystem
from dlt.sources.rest_api import rest_api_source

from tests.bench.readers.told import tell


def read() -> int:
    """Read all pages; returns how many records the file holds."""
    url, fields, folder = sys.argv[1:]
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{url}/crm/v8/",
                "headers": {"Authorization": "Zoho-oauthtoken 1000.bench"},
                "paginator": {
                    "type": "cursor",
                    "cursor_path": "info.next_page_token",
                    "cursor_param": "page_token",
                },
            },
            "resources": [
                {
                    "name": "accounts",
                    "max_table_nesting": 0,
                    "endpoint": {
                        "path": "Accounts",
                        "params": {"fields": fields, "per_page": 200},
                        "data_selector": "data",
                    },
                }
            ],
        }
    )
    pipeline = dlt.pipeline(
        "accounts",
        pipelines_dir=f"{folder}/pipelines",
        destination=filesystem(bucket_url=f"file://{folder}/loaded"),
        dataset_name="crm",
    )
    pipeline.run(source, loader_file_format="parquet").raise_on_failed_jobs()
    files = Path(folder, "loaded").rglob("accounts/*.parquet")
    return sum(int(pq.read_metadata(file).num_rows) for file in files)


if __name__ == "__main__":
    tell(read)
