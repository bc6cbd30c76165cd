"""Plays an example of docs/semantics.md, row by row."""

import re
from collections import Counter
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from sqlalchemy import Row as StoredRow
from sqlalchemy import select

from tests.docs.examples import SIDES, Example, Line, Row, Told, Unreadable
from tests.docs.stage import MODULE_OF, BooksSide, SalesSide, Shown, is_meant
from tests.docs.theatre import Theatre
from zoho.core.records import Side
from zoho.engine.report import RunReport
from zoho.store.tables import changes

SECONDS_BETWEEN = 5
"""Between what people do: Books tells times to the second."""

_AFTER = re.compile(r"after (?P<number>a|two|three)( full)? runs?")
_NUMBERS = {"a": 1, "two": 2, "three": 3}
_LOST = "*an answer is lost*"
_ACTIONS = {
    "created": "create",
    "updated": "update",
    "linked": "link",
    "skipped": "skip",
    "drifted": "drift",
    "retired": "retire",
}


@dataclass
class Play:
    """One example on the stage.

    Attributes:
        lab: empty organizations and an empty store.
        example: to be played.
        runs: ids of the runs of the latest row that had any.
        expected: the latest row that tells what is to be seen.
    """

    lab: Theatre
    example: Example
    runs: list[str] = field(default_factory=list)
    expected: Row | None = None

    def __post_init__(self) -> None:
        lines = [line for row in self.example.rows if _has_records(row) for side in SIDES for line in row.lines(side)]
        (self.module,) = {MODULE_OF[line.kind] for line in lines if line.kind in MODULE_OF}
        if any("product: bigin" in row.settings for row in self.example.rows):
            self.lab.integration = "demo_bigin"
        self.keep_only_what_is_played()
        self.set("direction: two_way")
        self.sides: dict[Side, SalesSide | BooksSide] = {
            "sales": SalesSide(self.lab, self.module),
            "books": BooksSide(self.lab, self.module),
        }

    def keep_only_what_is_played(self) -> None:
        """Leaves out other integrations and modules: to read them anew in each run would take most of the time."""
        for other in self.lab.settings_file.parent.glob("*.yaml"):
            if other != self.lab.settings_file:
                other.unlink()
        yaml = YAML()
        settings = yaml.load(self.lab.settings_file)
        settings["modules"] = {self.module: settings["modules"][self.module]}
        yaml.dump(settings, self.lab.settings_file)

    def play(self) -> None:
        """Plays all rows; what is seen in the end is still so when another run finds nothing to do.

        Raises:
            AssertionError: something is not as the page tells it.
        """
        for row in self.example.rows:
            try:
                self.act(row)
            except Exception as error:
                error.add_note(f"{row.at}: {row.label}")
                raise
        self.settle(self.expected, at=self.example.rows[-1].at)

    def act(self, row: Row) -> None:
        """Plays a row."""
        after = _AFTER.fullmatch(row.label)
        if row.label == "settings":
            for setting in row.settings:
                self.set(setting)
        elif row.label in ("before", "in step", "then"):
            self.people(row)
            if row.label == "in step":
                self.settle(None, at=row.at)
        elif after:
            self.runs = []
            for _ in range(_NUMBERS[after["number"]]):
                self.run(full_scan="full" in row.label)
            self.compare(row)
            self.expected = row
        elif row.label == "history":
            self.check_history(row)
        else:
            raise Unreadable(f"{row.at}: {row.label}")

    def set(self, text: str) -> None:
        """Changes a setting of the module, or a line of its mapping; ``product: bigin`` chooses the other demo."""
        yaml = YAML()
        change = yaml.load(text)
        settings_file = self.lab.settings_file
        settings = yaml.load(settings_file)
        if isinstance(change, list):
            mapping_file = self.lab.include / "mappings" / f"{self.module}.yaml"
            mapping = yaml.load(mapping_file)
            section = next(
                one for one in mapping if any(pair.get("sales") == change[0]["sales"] for pair in mapping[one])
            )
            place = next(at for at, pair in enumerate(mapping[section]) if pair.get("sales") == change[0]["sales"])
            mapping[section][place] = change[0]
            yaml.dump(mapping, mapping_file)
        elif "product" not in change:
            settings["modules"][self.module].update(change)
            yaml.dump(settings, settings_file)

    def people(self, row: Row) -> None:
        """Does what people do, first on the sales side."""
        for side in SIDES:
            if row.cells[side]:
                self.lab.sandbox.clock(advance=SECONDS_BETWEEN)
            if row.cells[side] == [_LOST]:
                product = self.lab.configured.settings.sales.product if side == "sales" else "books"
                self.lab.sandbox.faults(
                    [{"kind": "commit_then_drop", "times": 1, "match": {"method": "POST", "product": product}}]
                )
            else:
                self.sides[side].do(row.lines(side), make=row.label != "then")
        self.lab.sandbox.clock(advance=SECONDS_BETWEEN)

    def run(self, *, full_scan: bool = False) -> RunReport:
        """Plays a run."""
        report = self.lab.short_run(self.module, full_scan=full_scan)
        self.runs.append(f"{self.lab.integration}-{self.lab.runs}")
        assert report.error is None, report.error
        return report

    def settle(self, expected: Row | None, at: str) -> None:
        """Runs until there is nothing left to do; what is to be seen stays so."""
        for _ in range(3):
            self.lab.sandbox.clear_calls()
            report = self.run()
            if report.failures or not self.lab.writes():
                break
        else:
            raise AssertionError(f"{at}: the runs find no end: {self.lab.writes()}")
        if expected is None:
            assert report.state == "success", f"{at}: {report.failures}"
        else:
            self.compare(expected, "it does not stay so: ")

    def compare(self, row: Row, why: str = "") -> None:
        """Compares both sides with a row: there are these records and no others, and they hold the values named."""
        for side in SIDES:
            lines = row.lines(side)
            fields = list(dict.fromkeys(name for line in lines for name in line.values))
            records = _of_interest(lines, self.sides[side].shown(fields if side == "sales" else ()))
            left = list(records)
            for line in lines:
                found = next((one for one in left if _fits(line, one)), None)
                assert found, f"{row.at}: {why}{line} is not there, but {_held(line, records)}"
                left.remove(found)
            assert not left, f"{row.at}: {why}there is also {', '.join(map(str, left))}"

    def check_history(self, row: Row) -> None:
        """Looks a row up in the history of the latest runs."""
        with self.lab.store.connect() as connection:
            history = connection.execute(select(changes).where(changes.c.run_id.in_(self.runs))).all()
        for side in SIDES:
            for told in row.told(side):
                direction = "books_to_sales" if side == "sales" else "sales_to_books"
                mine = [one for one in history if one.direction == direction]
                assert any(_tells(one, told) for one in mine), f"{row.at}: the history tells {_entries(mine)}"


def _has_records(row: Row) -> bool:
    labels = ("before", "in step", "then")
    return (row.label in labels or row.label.startswith("after ")) and [_LOST] not in row.cells.values()


def _of_interest(lines: list[Line], records: list[Shown]) -> list[Shown]:
    """Leaves out the person that an individual or a vendor itself is, unless the page tells of it."""
    own = Counter(one.name for one in records if one.kind in ("individual", "vendor"))
    wanted = {line.parent for line in lines if line.kind == "person"}
    return [one for one in records if one.kind != "person" or one.parent not in own or one.parent in wanted]


def _fits(line: Line, record: Shown) -> bool:
    values = all(record.value(name) == value for name, value in line.values.items())
    return is_meant(line, record) and values and record.active == (line.state != "inactive")


def _held(line: Line, records: list[Shown]) -> str:
    held = [f"{one} {[one.value(name) for name in line.values]}" for one in records]
    return ", ".join(held) or "nothing"


def _tells(change: StoredRow[tuple[object, ...]], told: Told) -> bool:
    if change.name != told.name:
        return False
    if told.verb == "failed":
        return change.state == "failed" and told.reason in change.error
    if told.verb == "overruled":
        lost = {one["key"]: one["lost"] for one in change.item["fields"] if one["lost"] is not None}
        return told.reason in [f"{key} {value}" for key, value in lost.items()]
    return change.state == "done" and change.action == _ACTIONS[told.verb] and told.reason in change.reason


def _entries(history: list[StoredRow[tuple[object, ...]]]) -> str:
    return "; ".join(f"{one.action} {one.name}: {one.error or one.reason}" for one in history) or "nothing"
