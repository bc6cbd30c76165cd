"""How many of the companies that are the same are proposed, and how many others (BEY-6)."""

import pytest

from tests.support.companies import made_up, needs_company_names, real
from zoho.core.matching.propose import propose


def right_and_missing(pairs):
    found = {(one.left, one.right) for one in propose(pairs.left, pairs.right)}
    return len(found & pairs.truth) / len(found), len(found & pairs.truth) / len(pairs.truth)


def test_made_up_companies_are_found():
    """BEY-6: 2,000 names, four of five of them altered or absent on the other side."""
    precision, recall = right_and_missing(made_up(2_000))
    assert precision >= 0.95
    assert recall >= 0.97


@needs_company_names
@pytest.mark.parametrize(("place", "parts"), [(0, 1), (0, 2), (1, 2)])
def test_real_companies_are_found_by_name_and_country(place, parts):
    """BEY-6: precision and recall of 97 % and more on the list of two registers, and on either half of it."""
    precision, recall = right_and_missing(real().part(place, parts))
    assert precision >= 0.97
    assert recall >= 0.97
