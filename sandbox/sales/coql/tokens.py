"""The words of a query."""

import re
from dataclasses import dataclass

from sandbox.sales.coql.refusals import no_clause, unreadable

_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|!=|<=|>=|[=<>(),]|[^\s(),=<>!'"]+""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, sign or quoted text.

    Attributes:
        text: As written, with its quotes.
        at: Where it begins in the query.
    """

    text: str
    at: int

    @property
    def quoted(self) -> bool:
        """Whether it stands in quotes."""
        return self.text[0] in "'\""

    @property
    def plain(self) -> str:
        """Its text without quotes; inside them a quote is written twice or after a backslash."""
        if not self.quoted:
            return self.text
        quote = self.text[0]
        return re.sub(r"\\(.)", r"\1", self.text[1:-1].replace(quote * 2, quote), flags=re.DOTALL)


class Tokens:
    """A query that is read word by word; keywords may be in capitals."""

    def __init__(self, text: str) -> None:
        """Split a query.

        Raises:
            Refusal: It has a quote without its other half, or a lone sign.
        """
        self._text = text.rstrip().rstrip(";")
        self._tokens: list[Token] = []
        at = self._skip(0)
        while at < len(self._text):
            match = _TOKEN.match(self._text, at)
            if not match:
                raise unreadable(self._text, at)
            self._tokens.append(Token(match[0], at))
            at = self._skip(match.end())
        self._at = 0

    def _skip(self, at: int) -> int:
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        return at

    def peek(self, ahead: int = 0) -> str:
        """Return a coming word in small letters, empty at the end; quoted text keeps its quotes."""
        at = self._at + ahead
        return self._tokens[at].text.lower() if at < len(self._tokens) else ""

    def take(self, word: str) -> bool:
        """Step over a word if it comes next; tell whether it did."""
        found = self.peek() == word
        self._at += found
        return found

    def next(self, clause: str) -> Token:
        """Return the next word.

        Raises:
            Refusal: The query ends here, within ``clause``.
        """
        if self._at == len(self._tokens):
            raise no_clause(clause)
        self._at += 1
        return self._tokens[self._at - 1]

    def expect(self, word: str, clause: str) -> None:
        """Step over a word that has to come.

        Raises:
            Refusal: Another word comes, or none.
        """
        if not self.take(word):
            raise no_clause(clause) if not self.peek() or word == clause else self.stuck()

    def stuck(self) -> Exception:
        """Return the refusal that points at the next word."""
        at = self._tokens[self._at].at if self._at < len(self._tokens) else len(self._text)
        return unreadable(self._text, at)
