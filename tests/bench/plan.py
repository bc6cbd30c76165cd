"""Row 4: pairing, merging and planning, for very many records."""

from tests.bench.result import Figure, Goal, Say

TITLE = "Plan"
HOW = "Pairing, merging and planning of 100,000 and 1,000,000 linked records: not measured yet."


def measure(say: Say) -> list[Figure]:
    """Leave the row's place."""
    return [
        Figure("1,000,000 linked records", "", None, Goal("<", 60), " s"),
        Figure("most memory", "", None, Goal("<", 1.5), " GB"),
        Figure("growth exponent", "", None, Goal("≤", 1.05)),
    ]
