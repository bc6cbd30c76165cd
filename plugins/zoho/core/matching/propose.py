"""Which records of two sides to ask a person about (BEY-6)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoho.core.matching.blocking import candidates, same_marks
from zoho.core.matching.evidence import Traits, traits, weigh
from zoho.core.matching.likeness import likeness, worth_a_look
from zoho.core.matching.names import normalise
from zoho.core.matching.party import Evidence, Party, Proposal
from zoho.core.matching.table import Floats, Ints, tabulate

THRESHOLD = 66
"""Score from which on two records are proposed."""
CLOSE = 3
"""A record whose best candidates are not further apart than this has to be asked about with all of them."""
_HOPELESS = 0.6
"""Names less alike than this need a common mark to be weighed at all."""
_HELD_BY_MANY = 5
"""A number, address or domain that more records of a side have belongs to none of them: a switchboard, a filler."""
_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class _Weighed:
    left: str
    right: str
    total: int
    evidence: tuple[Evidence, ...]


def propose(
    left: Iterable[Party],
    right: Iterable[Party],
    *,
    threshold: int = THRESHOLD,
    apart: Collection[tuple[str, str]] = (),
) -> list[Proposal]:
    """Return the pairs of records that may be the same, the likeliest first.

    A record is proposed for the one that fits it best, if it fits that one best as well: so a company goes before its
    holding, and no leftovers are paired. Where others fit as well as the best (:data:`CLOSE`), all of them are
    proposed, each with the others as rivals.

    Args:
        left: records of one side; their ids differ.
        right: records of the other.
        threshold: the score that a proposal needs.
        apart: pairs of ids, left and right, that were found to be different: they are not proposed, and stand in
            nobody's way.

    Returns:
        The same proposals in whatever order the records are given, and with the sides exchanged.
    """
    sides = [_known(left), _known(right)]
    decided = frozenset(apart)
    weighed = [one for one in _weighed(*sides) if (one.left, one.right) not in decided]
    return _best([one for one in weighed if one.total >= threshold])


def _known(parties: Iterable[Party]) -> dict[str, Traits]:
    """Return id → what is compared, of the records that have a name."""
    named = ((party, normalise(party.name)) for party in parties)
    known = {party.id: traits(party, name) for party, name in named if name.words}
    held = Counter(mark for one in known.values() for mark in one.marks)
    common = {mark for mark, times in held.items() if times > _HELD_BY_MANY}
    return {id_: one.without(common) for id_, one in known.items()} if common else known


def _weighed(left: Mapping[str, Traits], right: Mapping[str, Traits]) -> Iterator[_Weighed]:
    """Yield all pairs that are worth it, each once, with their evidence."""
    ids, other_ids = list(left), list(right)
    mine, theirs = list(left.values()), list(right.values())
    for one, other, much in _pairs(mine, theirs):
        evidence = weigh(mine[one], theirs[other], much)
        yield _Weighed(ids[one], other_ids[other], sum(part.points for part in evidence), evidence)


def _pairs(left: Sequence[Traits], right: Sequence[Traits]) -> Iterator[tuple[int, int, float]]:
    """Yield the places of pairs whose names are alike or that share a mark, and how alike their names are."""
    table = tabulate([one.name for one in left], [one.name for one in right])
    marked = [np.empty(0, np.int64)]
    for mine, theirs in same_marks([one.marks for one in left], [one.marks for one in right]):
        marked.append(mine * len(right) + theirs)
        yield from _listed(mine, theirs, likeness(table, mine, theirs))
    known = np.concatenate(marked)
    for found in candidates(table):
        mine, theirs = worth_a_look(table, *found)
        alike = likeness(table, mine, theirs)
        worth = (alike >= _HOPELESS) & ~np.isin(mine * len(right) + theirs, known)
        yield from _listed(mine[worth], theirs[worth], alike[worth])


def _listed(left: Ints, right: Ints, alike: Floats) -> Iterator[tuple[int, int, float]]:
    return zip(left.tolist(), right.tolist(), alike.tolist(), strict=True)


def _best(weighed: Sequence[_Weighed]) -> list[Proposal]:
    """Return what is proposed of the pairs that reach the threshold, the likeliest first."""
    best: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in weighed:
        for end in _ends(one):
            best[end] = max(best[end], one.total)
    given = {end for one in weighed if _is_best(one, best) for end in _ends(one)}
    kept = [
        one for one in weighed if _is_best(one, best) or (_is_close(one, best) and not given.issuperset(_ends(one)))
    ]
    beside: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for one in kept:
        for end in _ends(one):
            beside[end].add((one.left, one.right))
    kept.sort(key=lambda one: (-one.total, one.left, one.right))
    return [_proposal(one, beside) for one in kept]


def _ends(one: _Weighed) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("left", one.left), ("right", one.right)


def _is_best(one: _Weighed, best: Mapping[tuple[str, str], int]) -> bool:
    return all(one.total == best[end] for end in _ends(one))


def _is_close(one: _Weighed, best: Mapping[tuple[str, str], int]) -> bool:
    return all(one.total >= best[end] - CLOSE for end in _ends(one))


def _proposal(one: _Weighed, beside: Mapping[tuple[str, str], set[tuple[str, str]]]) -> Proposal:
    rivals = {pair for end in _ends(one) for pair in beside[end]} - {(one.left, one.right)}
    return Proposal(one.left, one.right, min(one.total, _HIGHEST), one.evidence, tuple(sorted(rivals)))
