"""Which modules are mutated, and the quickest tests that should notice, quick ones first."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "plugins" / "zoho" / "core"


@dataclass(frozen=True)
class Part:
    """A part of the core.

    Attributes:
        files: below ``core/``.
        tests: below ``tests/``.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]

    def modules(self) -> dict[str, Path]:
        """Return its modules by their names."""
        paths = [path for file in self.files for path in sorted(CORE.glob(file)) if path.stem != "__init__"]
        return {".".join(path.with_suffix("").relative_to(ROOT / "plugins").parts): path for path in paths}


PARTS = {
    "money": Part(
        ("money/*.py",),
        (
            "core/money/test_books.py",
            "core/money/test_differences.py",
            "core/money/test_mirror.py",
            "core/money/test_both_sides.py",
        ),
    ),
    "merge": Part(
        ("merge.py", "fieldrule.py", "children.py"),
        ("core/test_merge.py", "core/test_children.py", "core/test_lines.py", "core/test_sequences.py"),
    ),
    "lines": Part(("lines.py",), ("core/test_lines.py",)),
    "pairing": Part(("pairing.py", "names.py"), ("core/test_pairing.py", "core/test_sequences.py")),
    "spelling": Part(
        tuple(f"matching/{name}.py" for name in ("kanji", "letters", "words", "forms", "names")),
        tuple(f"core/matching/test_{name}.py" for name in ("letters", "words", "forms", "names")),
    ),
    "matching": Part(
        tuple(f"matching/{name}.py" for name in ("party", "evidence", "table", "blocking", "likeness", "propose")),
        tuple(f"core/matching/test_{name}.py" for name in ("evidence", "likeness", "blocking", "propose")),
    ),
}
