"""``python -m stack.legal_forms FILE``: takes a new edition of the list of legal forms into the product (BEY-6).

FILE is the list of ISO 20275 (Entity Legal Forms) as GLEIF publishes it, as CSV. Of its some 3,800 rows those columns
and rows are kept that matching uses.
"""

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from stack.places import CHECKOUT

KEPT = CHECKOUT / "plugins" / "zoho" / "core" / "matching" / "legal_forms.csv"
_CODE, _COUNTRY = "ELF Code", "Country Code (ISO 3166-1)"
_NAME, _LATIN_NAME = (
    "Entity Legal Form name Local name",
    "Entity Legal Form name Transliterated name (per ISO 01-140-10)",
)
_SHORT, _LATIN_SHORT = "Abbreviations Local language", "Abbreviations transliterated"
_WITHOUT_ABBREVIATION = frozenset({"JP", "KR", "CN", "TW", "HK", "MO"})
"""Where names carry the form in full."""


def main() -> None:
    """Write the list anew."""
    parser = argparse.ArgumentParser(prog="python -m stack.legal_forms", description=__doc__)
    parser.add_argument("file", type=Path)
    with parser.parse_args().file.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(set(spellings(csv.DictReader(file))))
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("country", "code", "spelling"))
        writer.writerows(rows)
    print(f"{len(rows):,} spellings of {len({code for _, code, _ in rows}):,} legal forms are in {KEPT}.")


def spellings(rows: Iterable[dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield country, code and spelling of every form that names carry: abbreviated, or in full where that is usual.

    A form without an abbreviation, such as a municipality, is no part of names that could be left out.
    """
    for row in rows:
        country = row[_COUNTRY]
        short = {one.strip() for column in (_SHORT, _LATIN_SHORT) for one in row[column].split(";")} - {""}
        full = {row[_NAME].strip(), row[_LATIN_NAME].strip()} - {""}
        if country in _WITHOUT_ABBREVIATION:
            short = {one for one in short if len(one) > 1}
        elif not short:
            continue
        for spelling in short | full:
            yield country, row[_CODE], spelling


if __name__ == "__main__":
    main()
