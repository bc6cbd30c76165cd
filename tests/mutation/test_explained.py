"""The list of mistakes that no test notices, held against the code."""

from pathlib import Path

from tests.mutation.explained import explained
from tests.mutation.operators import mutants
from tests.mutation.parts import CORE, PARTS

SOURCE = '''
LIMIT = 5
LEAST, MOST = 0.0, 0.5
Text = str | bytes

def cut(texts: list[Text], limit=LIMIT, loud=False) -> list[Text]:
    """Return 7 texts."""
    if limit < 2 and texts:
        raise ValueError("below 2")
    found = [text for text in texts if not loud]
    return max(found[: limit + 1], found, key=len)
'''
CHANGES = (
    "5 → 6 in LIMIT = 5",
    "0.0 → 1.0 in (0.0, 0.5)",
    "0.5 → 0.25 in (0.0, 0.5)",
    "False → True in def cut(texts: list[Text], limit=LIMIT, loud=False) -> list[Text]:",
    "if limit < 2 and texts: → if True:",
    "if limit < 2 and texts: → if False:",
    "limit < 2 and texts → texts",
    "limit < 2 and texts → limit < 2",
    "limit < 2 → limit <= 2",
    "2 → 3 in limit < 2",
    "2 → 1 in limit < 2",
    "without raise ValueError('below 2')",
    "if not loud → if True",
    "if not loud → if False",
    "return max(found[:limit + 1], found, key=len) → return None",
    "max(found[:limit + 1], found, key=len) → min(found[:limit + 1], found, key=len)",
    "max(found[:limit + 1], found, key=len) → max(found[:limit + 1], found)",
    "limit + 1 → limit - 1",
    "1 → 2 in limit + 1",
    "1 → 0 in limit + 1",
)


def test_what_is_explained_can_still_happen():
    """A reason for what is not in the code any more would hide a mistake of that name later."""
    known = {
        mutant.name
        for part in PARTS.values()
        for module, path in part.modules().items()
        for mutant in mutants(module, path)[1]
    }
    assert set(explained()) <= known
    assert all(explained().values())


def test_all_modules_of_a_folder_are_tried():
    """A module that comes to a folder of which others are tried has to be named in a part."""
    tried = {path for part in PARTS.values() for path in part.modules().values()}
    folders = {path.parent for path in tried} - {CORE}
    assert tried >= {path for folder in folders for path in folder.glob("*.py") if path.stem != "__init__"}


def test_mistakes_of_all_kinds_are_made(tmp_path: Path):
    """What is not tried is not known to be noticed; texts and types are left alone."""
    path = tmp_path / "cut.py"
    path.write_text(SOURCE, "utf-8")
    assert [mutant.name.partition(": ")[2] for mutant in mutants("cut", path)[1]] == list(CHANGES)
