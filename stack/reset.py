"""``python3 -m stack.reset``: forgets everything the demo keeps between runs.

Imports the standard library only, as there may be no virtual environment any more.
"""

import shutil
import sys

from stack.errors import StackError
from stack.instance import only_one
from stack.places import Places, stand_in


def main() -> int:
    """Removes the demo's folder, unless a demo is using it; returns the exit code."""
    places = Places.from_environment()
    try:
        with only_one(places.folder):
            for folder in (stand_in(places.postgres), places.folder):
                shutil.rmtree(folder, ignore_errors=True)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    if places.folder.exists():
        print(f"{places.folder} could not be removed wholly: are its files another user's?", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
