"""The data set that the sandbox brings along."""

from pathlib import Path

_DATA = Path(__file__).parent.parent / "data"


def builtin_texts() -> dict[str, str]:
    """Return the CSV texts of the built-in data set by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(_DATA.glob("*.csv"))}
