"""What matching knows of a record, and what it proposes (BEY-6)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A company or person as one side holds it; what is not known is empty.

    Attributes:
        id: of the record.
        name: as it is written there.
        country: two letters of ISO 3166, as ``JP``.
        postcode: of the address.
        city: of the address.
        street: street and number.
        phones: its numbers, as written.
        emails: its addresses.
        tax_number: VAT, GST or company number, as written.
        websites: addresses of its sites, as written.
    """

    id: str
    name: str
    country: str = ""
    postcode: str = ""
    city: str = ""
    street: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    tax_number: str = ""
    websites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against two records being the same.

    Attributes:
        about: ``name``, ``legal form``, ``number``, ``holding``, ``branch``, ``country``, ``address``, ``phone``,
            ``e-mail``, ``tax number`` or ``web``.
        points: by how many of 100 it raises the score, or lowers it where negative. The points of a name are what
            the others add to.
        words: what was found, as a sentence without full stop.
    """

    about: str
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records of different sides that may be the same.

    Attributes:
        left: id of the record of the one side.
        right: id of the record of the other.
        score: from 0 to 100, what the evidence adds up to.
        evidence: what speaks for and against it, the name first.
        rivals: other proposals, as their left and right ids, that fit one of the two as well. A proposal with rivals
            is ambiguous: a person has to say which.
    """

    left: str
    right: str
    score: int
    evidence: tuple[Evidence, ...]
    rivals: tuple[tuple[str, str], ...] = ()
