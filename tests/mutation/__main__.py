"""Make mistakes in the core, one at a time, and tells which of them no test notices.

Arguments pick parts, or mutants by a piece of their name; ``-j`` says how many are tried at once.
"""

import argparse
import ast
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.explained import explained
from tests.mutation.operators import Mutant, mutants
from tests.mutation.parts import PARTS, ROOT, Part

OPTIONS = ("-x", "-q", "--no-header", "--tb=no", "--assert=plain", "-p", "no:cacheprovider")
PROFILE = ("-p", "tests.mutation.profile", "--hypothesis-profile=mutants")
FRESH = ("zoho", "tests")
"""What every mutant imports anew, so that it is changed wherever it is used."""
PATIENCE = 5
"""How many times as long as usual tests may take until a mutant counts as one that never ends."""
_NOTICED = {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR}
_ENDLESS = {signal.SIGXCPU, signal.SIGKILL}
_BROKEN = 99
"""Exit code of a process that failed outside of the tests."""

Picked = dict[str, tuple[ast.Module, Path, list[Mutant]]]
"""Modules with their trees, files and mutants."""


class _Mutated(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Gives one module another code than its file has."""

    def __init__(self, module: str, path: Path, code: CodeType) -> None:
        super().__init__(module, str(path))
        self.code = code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the one module."""
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self)
            if fullname == self.name
            else None
        )

    def get_code(self, fullname: str) -> CodeType:
        """Return the other code."""
        return self.code


def _forked(work: Callable[[], int]) -> int:
    """Start a piece of work in a process of its own that says nothing, and return its id."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = _BROKEN
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        code = work()
    finally:
        os._exit(code)


def _tested(part: Part) -> int:
    return int(pytest.main([*OPTIONS, *PROFILE, *(str(ROOT / "tests" / path) for path in part.tests)]))


def _prepare(part: Part) -> float:
    """Run the tests of a part as it is, import all that they need from elsewhere, and return how long they took."""
    reading, writing = os.pipe()

    def work() -> int:
        code = _tested(part)
        os.write(writing, json.dumps([name for name in sys.modules if name.split(".")[0] not in FRESH]).encode())
        return code

    child = _forked(work)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = json.load(pipe)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"the tests fail as it is: {' '.join(part.tests)}")
    for name in names:
        with suppress(ImportError):  # parts of compiled modules have names of their own
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    return used.ru_utime + used.ru_stime


def _try(part: Part, mutant: Mutant, tree: ast.Module, path: Path, seconds: float) -> int:
    def work() -> int:
        mutant.put()
        sys.meta_path.insert(0, _Mutated(mutant.module, path, compile(tree, str(path), "exec")))
        limit = int(seconds * PATIENCE) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        return _tested(part)

    return _forked(work)


def _is_noticed(status: int) -> bool:
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, *_NOTICED, *(-number for number in _ENDLESS)}:
        raise RuntimeError(f"a test run ended with {code}: neither passed nor failed")
    return code != 0


def _play(part: Part, picked: Picked, at_once: int, reasons: Mapping[str, str]) -> set[str]:
    """Try mutants, print those that are neither noticed nor explained, and return the names of all not noticed."""
    usual = _prepare(part)
    survivors: set[str] = set()
    running: dict[int, Mutant] = {}

    def one_ended() -> None:
        child, status = os.wait()
        mutant = running.pop(child)
        if _is_noticed(status):
            if mutant.name in reasons:
                print(f"  explained, but noticed: {mutant.name}", flush=True)
            return
        survivors.add(mutant.name)
        if mutant.name not in reasons:
            print(f"  line {mutant.line}: {mutant.name}", flush=True)

    for tree, path, found in picked.values():
        for mutant in found:
            if len(running) == at_once:
                one_ended()
            running[_try(part, mutant, tree, path, usual)] = mutant
    while running:
        one_ended()
    return survivors


Row = tuple[str, int, int, int]
"""Of a module: its name, its mutants, those explained and those left."""


def _row(module: str, found: Sequence[Mutant], survivors: Collection[str], reasons: Mapping[str, str]) -> Row:
    alive = Counter(mutant.name in reasons for mutant in found if mutant.name in survivors)
    return module, len(found), alive[True], alive[False]


def _print(rows: Sequence[Row]) -> None:
    """Print how many there are of each module and of all, killed, explained, and left."""
    total = ("all", *(sum(row[place] for row in rows) for place in (1, 2, 3)))
    print(f"{'module':<36}{'mutants':>9}{'killed':>9}{'explained':>11}{'survived':>10}")
    for module, count, known, left in (*rows, total):
        print(f"{module:<36}{count:>9}{count - known - left:>9}{known:>11}{left:>10}")


def _picked(name: str, part: Part, words: Sequence[str]) -> Picked:
    """Return what of a part is asked for: all of it, or the mutants with one of these words in their names."""
    words = [] if name in words else [word for word in words if word not in PARTS]
    picked: Picked = {}
    for module, path in part.modules().items():
        tree, found = mutants(module, path)
        found = [mutant for mutant in found if not words or any(word in mutant.name for word in words)]
        if found:
            picked[module] = (tree, path, found)
    return picked


def main() -> int:
    """Play the parts, print what came of them, and return 1 where a mistake is neither noticed nor explained."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("picked", nargs="*", help=f"parts ({', '.join(PARTS)}), or pieces of names of mutants")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--list", action="store_true", help="only list them")
    arguments = parser.parse_args()
    asked = set(arguments.picked) & set(PARTS)
    only_parts = asked == set(arguments.picked)
    reasons = explained()
    rows: list[tuple[str, int, int, int]] = []
    for name, part in PARTS.items():
        if only_parts and asked and name not in asked:
            continue
        picked = _picked(name, part, arguments.picked)
        if arguments.list:
            print(*(mutant.name for _, _, found in picked.values() for mutant in found), sep="\n")
        elif picked:
            print(f"{name}: noticed by no test, and not explained", flush=True)
            survivors = _play(part, picked, arguments.j, reasons)
            rows += [_row(module, found, survivors, reasons) for module, (_, _, found) in picked.items()]
    if not arguments.list:
        _print(rows)
    return int(any(left for _, _, _, left in rows))


if __name__ == "__main__":
    sys.exit(main())
