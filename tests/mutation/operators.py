"""Small mistakes that could be made in a module, one at a time.

Each is one that tests should notice. Where noticing one mistake means noticing another, only the first is tried: who
notices that half of an ``and`` is left out notices an ``or`` in its place, and who notices a condition that is always
true and one that is never true notices a negated one. Texts, types, docstrings and decorators are left alone.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

Put = Callable[[ast.AST], None]
"""Puts another node into the place of one."""

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "abs": ""}
_OPPOSITE = {"sales": "books", "books": "sales"}
_NEVER_LEFT_OUT = {"strict", "default_factory", "default"}
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "ctx"}


@dataclass(frozen=True)
class Mutant:
    """A mistake.

    Attributes:
        name: module, function and what is changed; the same as long as that function stays as it is.
        module: dotted.
        function: with its classes, ``""`` outside of any.
        line: in the file.
        put: makes the mistake in the tree of its module.
    """

    name: str
    module: str
    function: str
    line: int
    put: Callable[[], None]


def mutants(module: str, path: Path) -> tuple[ast.Module, list[Mutant]]:
    """Return a module's tree, and all mistakes that may be made in it."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    seen: Counter[str] = Counter()
    found = []
    for function, line, change, put in _Finder().inside(tree):
        name = f"{module}.{function}: {change}" if function else f"{module}: {change}"
        seen[name] += 1
        told = name if seen[name] == 1 else f"{name} ({seen[name]})"
        found.append(Mutant(told, module, function, line, put))
    return tree, found


Found = Iterator[tuple[str, int, str, Callable[[], None]]]


class _Finder:
    def __init__(self) -> None:
        self.where: list[str] = []
        self.bound: list[set[str]] = []
        self.conditions: set[int] = set()
        self.checks: set[int] = set()
        self.around: ast.AST = ast.Module()

    def inside(self, node: ast.AST) -> Found:
        """Yield the mistakes in everything below a node."""
        if isinstance(node, ast.expr | ast.stmt) and not isinstance(node, ast.UnaryOp | ast.Constant):
            self.around = node
        around = self.around
        for name, value in ast.iter_fields(node):
            self.around = around
            if name in _LEFT_ALONE:
                continue
            if isinstance(value, list):
                for place, item in enumerate(value):
                    self.around = around
                    if isinstance(item, ast.AST):
                        yield from self.of(item, lambda new, at=value, place=place: at.__setitem__(place, new))
            elif isinstance(value, ast.AST):
                yield from self.of(value, lambda new, name=name: setattr(node, name, new))

    def of(self, node: ast.AST, put: Put) -> Found:
        """Yield the mistakes in a node and below."""
        if isinstance(node, ast.Assert) or _is_text(node) or _is_alias(node):
            return
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.where.append(node.name)
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            self.bound.append({one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)})
        self._note_conditions(node)
        for old, new in self._changes(node):
            yield self._told(node, old, new, put)
        yield from self.inside(node)
        if isinstance(node, ast.FunctionDef):
            self.bound.pop()
        if named:
            self.where.pop()

    def _told(self, node: ast.AST, old: str, new: ast.AST, put: Put) -> tuple[str, int, str, Callable[[], None]]:
        new = ast.fix_missing_locations(ast.copy_location(new, node))
        change = f"without {_short(old)}" if isinstance(new, ast.Pass) else _change(old, _written(new))
        if isinstance(node, ast.Constant):
            change += f" in {_short(_written(self.around))}"
        return ".".join(self.where), _line(node), change, lambda: put(new)

    def _note_conditions(self, node: ast.AST) -> None:
        conditions: list[ast.expr] = []
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            conditions = [node.test]
        elif isinstance(node, ast.comprehension):
            conditions = node.ifs
        elif isinstance(node, ast.BoolOp):
            conditions = node.values
        elif isinstance(node, ast.Call):
            self.checks |= {id(one.value) for one in node.keywords if one.arg == "strict"}
        self.conditions |= {id(condition) for condition in conditions}

    def _changes(self, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        """Yield what may be wrong with a node: what stands there, and what in its place."""
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.comprehension):
            yield from _decided(node)
        elif isinstance(node, ast.BoolOp):
            yield from ((_written(node), new) for new in _halved(node))
        elif isinstance(node, ast.Compare):
            yield from ((_written(node), new) for new in self._compared(node))
        elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _CALCULATED and not _joins_texts(node):
            new = deepcopy(node)
            new.op = _CALCULATED[type(node.op)]()
            yield _written(node), new
        elif isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.USub) or (isinstance(node.op, ast.Not) and id(node) not in self.conditions):
                yield _written(node), node.operand
        elif isinstance(node, ast.Constant):
            others = () if id(node) in self.checks else _others(node.value, bool(self.bound))
            yield from ((_written(node), ast.Constant(value)) for value in others)
        elif isinstance(node, ast.Call):
            yield from ((_written(node), new) for new in _called(node))
        elif isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
            yield _written(node), ast.Return(ast.Constant(None))
        if isinstance(node, ast.stmt) and self.bound and self._can_be_left_out(node):
            yield _written(node), ast.Pass()

    def _compared(self, node: ast.Compare) -> Iterator[ast.Compare]:
        for place, operator in enumerate(node.ops):
            for other in _COMPARED[type(operator)]:
                moved = isinstance(operator, _ORDERING) and other is _COMPARED[type(operator)][0]
                if moved or id(node) not in self.conditions:
                    new = deepcopy(node)
                    new.ops[place] = other()
                    yield new

    def _can_be_left_out(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            changes = any(isinstance(target, ast.Subscript | ast.Attribute) for target in targets)
            known = names <= self.bound[-1]
            self.bound[-1] |= names
            return changes or known
        kinds = ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete | ast.For
        return isinstance(node, kinds)


def _line(node: ast.AST) -> int:
    return node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)


def _decided(node: ast.If | ast.While | ast.IfExp | ast.comprehension) -> Iterator[tuple[str, ast.AST]]:
    """Yield conditions that are always or never true; a loop that would never end is no mistake worth a try."""
    if isinstance(node, ast.comprehension):
        for place, condition in enumerate(node.ifs):
            for value in (True, False):
                new = deepcopy(node)
                new.ifs[place] = ast.Constant(value)
                yield f"if {_written(condition)}", new
        return
    for value in (True, False):
        if isinstance(node, ast.IfExp):
            yield _written(node), node.body if value else node.orelse
        elif not (value and isinstance(node, ast.While)) and not isinstance(node.test, ast.Constant):
            new = deepcopy(node)
            new.test = ast.Constant(value)
            yield _written(node), new


def _halved(node: ast.BoolOp) -> Iterator[ast.expr]:
    for place in range(len(node.values)):
        left = [*node.values[:place], *node.values[place + 1 :]]
        yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _others(value: object, in_function: bool) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1] if value and in_function else [value + 1]
    if isinstance(value, float):
        return [value / 2 or 1.0]
    return [_OPPOSITE[value]] if isinstance(value, str) and value in _OPPOSITE else []


def _called(node: ast.Call) -> Iterator[ast.expr]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        other = _CALLED[node.func.id]
        keywords = [one for one in node.keywords if other != "list"]
        yield ast.Call(ast.Name(other, ast.Load()), node.args, keywords) if other else node.args[0]
    for place, keyword in enumerate(node.keywords):
        if keyword.arg and keyword.arg not in _NEVER_LEFT_OUT:
            yield ast.Call(node.func, node.args, [*node.keywords[:place], *node.keywords[place + 1 :]])


def _joins_texts(node: ast.BinOp | ast.AugAssign) -> bool:
    parts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(isinstance(part, ast.JoinedStr) or _is_constant_text(part) for part in parts)


def _is_constant_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and _is_constant_text(node.value)


def _is_alias(node: ast.AST) -> bool:
    """Tell whether a type gets a name here."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper()


_MOST = 70
_AROUND = 24


def _short(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _alike(one: str, other: str) -> int:
    """Return how many characters at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _change(old: str, new: str) -> str:
    """Return what is changed, with no more of what stands around it than tells the place."""
    if len(old) <= _MOST:
        return f"{old} → {_short(new)}"
    first = _alike(old, new)
    last = min(_alike(old[::-1], new[::-1]), len(old) - first, len(new) - first)
    first, last = max(first - _AROUND, 0), max(last - _AROUND, 0)
    cut = [text[first : len(text) - last] for text in (old, new)]
    return " → ".join(f"{'…' * bool(first)}{_short(text)}{'…' * bool(last)}" for text in cut)


def _written(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension):
        return " ".join(f"if {ast.unparse(one)}" for one in node.ifs)
    return ast.unparse(node).splitlines()[0]
