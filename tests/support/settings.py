"""The shipped settings as most tests want them."""

import re
from pathlib import Path
from shutil import copytree

from zoho.config.load import include_folder


def shipped(folder: Path) -> Path:
    """Copies the shipped settings to a folder, which is made and returned.

    In the copy the CRM's integration has customers, vendors and products alone and nothing happens at once: tests
    that are about transactions, deals or webhooks turn on what they need.
    """
    copytree(include_folder(), folder)
    demo = folder / "integrations" / "demo.yaml"
    text = demo.read_text().split("  estimates:", maxsplit=1)[0]
    demo.write_text(re.sub(r"^at_once:.*\n(?:  .*\n)+\n", "", text, flags=re.MULTILINE))
    return folder
