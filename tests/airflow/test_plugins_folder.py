"""Airflow executes what it finds in plugins/ under its bare file name; nothing may come to harm by that."""

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from stack.places import CHECKOUT

PLUGINS = CHECKOUT / "plugins"

LOAD = """
import json, sys
from airflow import plugins_manager

def files():
    modules = list(sys.modules.items())
    return {name: module.__file__ for name, module in modules if getattr(module, "__file__", None)}

before = files()
plugins_manager.ensure_plugins_loaded()
plugins, _ = plugins_manager._get_plugins()
loaded = files()
apps, _ = plugins_manager.get_fastapi_plugins()
print("RESULT" + json.dumps({
    "errors": plugins_manager.get_import_errors(),
    "plugins": [plugin.name for plugin in plugins],
    "replaced": [name for name, file in before.items() if files().get(name) != file],
    "loaded": loaded,
    "served": [app["url_prefix"] for app in apps],
}))
"""


@cache
def _loaded_as_airflow_does() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, env=os.environ, check=True)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    return json.loads(line.removeprefix("RESULT"))


def test_the_plugins_folder_loads_clean() -> None:
    """AIR-1: no import error, no module of another name, no module of anybody else's replaced."""
    result = _loaded_as_airflow_does()

    assert result["errors"] == {}
    assert [name for name in result["plugins"] if name.startswith("zoho")]
    assert result["replaced"] == []
    ours = {name for name, file in result["loaded"].items() if file.startswith(f"{PLUGINS}/")}
    assert {name.partition(".")[0] for name in ours} <= {"zoho", "zoho_plugin"}
    shadowed = {name for name in ours if name.partition(".")[0] in sys.stdlib_module_names}
    assert shadowed == set()


def test_the_page_is_imported_where_it_is_served_only() -> None:
    """AIR-1: Airflow loads plugins in every process; a task that had to import the page would take twice as long."""
    result = _loaded_as_airflow_does()

    assert "zoho_plugin" in result["loaded"]
    assert not {"fastapi", "zoho.web.app"} & result["loaded"].keys()
    assert result["served"] == ["/zoho"]


def test_only_the_thin_file_is_scanned() -> None:
    """AIR-1: whatever else lies in plugins/ is on the ignore list."""
    ignored = (PLUGINS / ".airflowignore").read_text().split()

    scanned = {entry.name for entry in PLUGINS.iterdir() if entry.suffix == ".py" or entry.is_dir()}
    scanned -= {"__pycache__", *(name.rstrip("/") for name in ignored)}

    assert scanned == {"zoho_plugin.py"}
