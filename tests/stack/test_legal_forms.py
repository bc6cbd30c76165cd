"""Taking in a new edition of the list of legal forms (BEY-6)."""

import csv
import sys

import pytest

from stack import legal_forms

COLUMNS = (legal_forms._CODE, legal_forms._COUNTRY, legal_forms._NAME, legal_forms._LATIN_NAME, legal_forms._SHORT,
           legal_forms._LATIN_SHORT)  # fmt: skip


def listed(*rows):
    return set(legal_forms.spellings(dict(zip(COLUMNS, row, strict=True)) for row in rows))


def test_abbreviated_forms_are_kept_with_their_name():
    """BEY-6: names carry a form by its abbreviations or in full."""
    row = ("2HBR", "DE", "Gesellschaft mit beschränkter Haftung", "", "GmbH; gGmbH", "")
    assert listed(row) == {
        ("DE", "2HBR", "GmbH"),
        ("DE", "2HBR", "gGmbH"),
        ("DE", "2HBR", "Gesellschaft mit beschränkter Haftung"),
    }


def test_what_has_no_abbreviation_is_left_out():
    """BEY-6: a municipality is called so; that is no form to take off."""
    assert listed(("G1P6", "DE", "Gemeinde", "Gemeinde", "", "")) == set()


def test_east_asian_forms_are_kept_in_full_only():
    """BEY-6: 株 alone is a word, 株式会社 the form."""
    row = ("T417", "JP", "株式会社", "kabusikigaisya", "株", "")
    assert listed(row) == {("JP", "T417", "株式会社"), ("JP", "T417", "kabusikigaisya")}


def test_the_file_is_written_in_order(tmp_path, monkeypatch, capsys):
    """BEY-6: every spelling once and sorted, so that a new edition shows as a small difference."""
    given, kept = tmp_path / "list.csv", tmp_path / "kept.csv"
    rows = [("B", "NL", "bv", "", "BV;BV", ""), ("A", "AT", "ag", "", "AG", "")]
    with given.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    monkeypatch.setattr(legal_forms, "KEPT", kept)
    monkeypatch.setattr(sys, "argv", ["legal_forms", str(given)])
    legal_forms.main()
    assert kept.read_text().split() == ["country,code,spelling", "AT,A,AG", "AT,A,ag", "NL,B,BV", "NL,B,bv"]
    assert "4 spellings of 2 legal forms" in capsys.readouterr().out


@pytest.mark.parametrize("country", ["AT", "DE", "DK", "GB", "JP", "KR", "NL", "US"])
def test_the_shipped_list_has_the_country(country):
    """BEY-6: legal forms of many countries."""
    with legal_forms.KEPT.open(encoding="utf-8", newline="") as file:
        countries = {row["country"] for row in csv.DictReader(file)}
    assert country in countries
    assert len(countries) > 90
