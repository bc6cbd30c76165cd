"""docs/first_steps.md as a newcomer follows it, on the demo's integration with few records."""

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Command
from tests.docs.guide import Block, steps
from tests.support.lab import Lab
from tests.support.pairs import account
from zoho.transport.json import loads

PAGE = "docs/first_steps.md"
SOMETHING_TO_DO = 3
NAME = "Marlow Road Cycles"


class Newcomer:
    """Types what the page says; what the plan says to carry out is known to the next command."""

    def __init__(self, lab: Lab, command: Command) -> None:
        self.lab, self.command, self.words = lab, command, {"NAME": NAME}
        self.blocks = steps(PAGE)
        self.said = ""

    def follow(self, heading: str) -> None:
        """Does all that stands below a heading."""
        for block in self.blocks.pop(heading):
            self.said = ""
            {"bash": self._type, "yaml": self._edit, "python": self._save}[block.kind](block)

    def _type(self, block: Block) -> None:
        for line in block.text.splitlines():
            words, _, comment = line.partition("  # ")
            program, *arguments = [self.words.get(word, word) for word in shlex.split(words)]
            if program == "curl":
                self.lab.sandbox.custom_field(**loads(arguments[-1]))
            elif program == "zoho-sync":
                done = self.command(*arguments, *(["--yes"] if arguments[0] == "apply" else []))
                wanted = re.fullmatch(r"ends with (\d)", comment)
                expected = int(wanted[1]) if wanted else SOMETHING_TO_DO if arguments[0] == "plan" else 0
                assert done.exit_code == expected, (block.place, line, done.output)
                self.said += done.output
                if found := re.search(r"zoho-sync apply (\S+)", done.output):
                    self.words["PLAN"] = found[1]
            else:
                assert line == ". .demo/env", f"{block.place}: nobody knows how to run {line!r}"

    def _file(self, block: Block) -> Path:
        path = self.lab.include / block.text.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        return path

    def _save(self, block: Block) -> None:
        self._file(block).write_text(block.text)

    def _edit(self, block: Block) -> None:
        """Makes a file; or puts a line of a mapping into its section, in place of the one for the same field."""
        path, told = self._file(block), block.text.splitlines()[1:]
        if not path.exists():
            path.write_text(block.text)
            return
        *head, section, line = told
        field = re.match(r"  - {sales: (\w+)", line)
        assert field, block.place
        there = [old for old in path.read_text().splitlines() if not old.startswith(f"  - {{sales: {field[1]},")]
        there.insert(there.index(section) + 1, line)
        path.write_text("\n".join([*head, *there]) + "\n")


def test_the_first_steps(demo: Lab, command: Command):
    """OPS-1, CUS-6, AIR-3: a field, a transform and an integration of one's own come to what the page says."""
    account(demo, NAME, Industry="Retail")
    demo.crm.insert("Products", [{"Product_Name": "Mug"}])
    for module in ("customers", "products"):
        demo.run(module)
    newcomer = Newcomer(demo, command)

    newcomer.follow("Look around")
    assert "customers" in newcomer.said
    newcomer.follow("A field more")
    assert demo.customers()[NAME]["custom_field_hash"]["cf_industry"] == "Retail"
    assert "cf_industry" in newcomer.said
    newcomer.follow("A transform of your own")
    assert demo.customers()[NAME]["custom_field_hash"]["cf_industry"] == "ACME: Retail"
    newcomer.follow("An integration of your own")
    assert re.search(r"retail\s+products .* success +1 ", newcomer.said)
    assert not newcomer.blocks
