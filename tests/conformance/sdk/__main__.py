"""Play one scenario and print the name of each step that went well: SCENARIO ADDRESS FOLDER."""

import sys
from importlib import import_module
from pathlib import Path

name, base, folder = sys.argv[1:]
for step in import_module(f"tests.conformance.sdk.{name}").run(base, Path(folder)):
    print(step, flush=True)
