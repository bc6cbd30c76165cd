"""Nothing that was read is ever run: no pickles, no code, no shell, no templates made of data (CON-1)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from stack.places import CHECKOUT

FOLDERS = ("plugins", "dags", "deploy")
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "xml"}
CALLS = {"eval", "exec", "__import__", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
TEMPLATES = {"from_string", "Template"}
SWITCHES = {("shell", True), ("verify", False), ("autoescape", False), ("allow_pickle", True)}

ALLOWED = {
    ("plugins/zoho/config/transforms.py", "exec"): "a user's own transforms, a file beside the mappings",
    ("plugins/zoho/web/plain.py", "from_string"): "a constant of the same file",
}


def dangers(source: str) -> Iterator[str]:
    """What a source uses that can make code of data."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in CALLS:
                yield called
            if called.split(".")[-1] in TEMPLATES:
                yield called.split(".")[-1]
            for given in node.keywords:
                if isinstance(given.value, ast.Constant) and (given.arg, given.value.value) in SWITCHES:
                    yield f"{given.arg}={given.value.value}"


def test_no_source_makes_code_of_data() -> None:
    """CON-1: but for what is named above, with why."""
    found = {
        (str(path.relative_to(CHECKOUT)), danger)
        for folder in FOLDERS
        for path in (CHECKOUT / folder).rglob("*.py")
        for danger in dangers(path.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


def test_every_value_on_the_page_is_escaped() -> None:
    """OPS-4: no template switches it off."""
    templates = list(CHECKOUT.glob("plugins/**/*.html"))
    assert len(templates) > 20
    off = re.compile(r"\|\s*safe\b|\bautoescape\b|<script(?![^>]*\bsrc=)|\son\w+=|javascript:")
    assert [path.name for path in templates if off.search(path.read_text(encoding="utf-8"))] == []


def test_what_is_dangerous_is_seen(tmp_path: Path) -> None:
    """The search finds each of them."""
    source = tmp_path / "source.py"
    source.write_text(
        "import pickle\nfrom marshal import loads\neval(x)\nos.system(x)\nyaml.load(x)\n"
        "Environment().from_string(x)\nrun(x, shell=True)\nget(x, verify=False)\n"
    )
    assert set(dangers(source.read_text())) == {
        *("pickle", "marshal", "eval", "os.system", "yaml.load", "from_string", "shell=True", "verify=False"),
    }
