"""What CRM and Bigin have in common below their endpoints: addresses, walking lists, sending batches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any
from urllib.parse import quote

from zoho.api.paging import PER_PAGE, Page, RawPage, Unseen, batches
from zoho.api.results import RecordResult, refused, result_of
from zoho.transport.answer import Answer
from zoho.transport.errors import RecordError, ZohoError
from zoho.transport.session import Transport

WRITE_BATCH = 100
"""Records of one insert, update, upsert or delete."""

RECORDS_PER_CREDIT = 10
"""Records written for one API credit (zoho-api section 2.17)."""


class SalesApi:
    """The calls of one CRM or Bigin organization; the endpoints are in the classes that build on it.

    Args:
        transport: To the product.
        version: Of the API, as it stands in the address (``v8``).
    """

    def __init__(self, transport: Transport, version: str) -> None:
        self.transport = transport
        self.version = version

    def _path(self, *segments: str) -> str:
        """An address below the version; each segment is made safe."""
        return "/".join(["", self.version, *(quote(segment, safe="") for segment in segments)])

    def _get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        purpose: str,
        headers: Mapping[str, str] | None = None,
        about_record: bool = False,
        cost: int = 1,
        untouched: str | None = None,
    ) -> Answer:
        return self.transport.request(
            "GET",
            path,
            params=params,
            headers=headers,
            purpose=purpose,
            about_record=about_record,
            cost=cost,
            untouched=untouched,
        )

    def _list(self, path: str, key: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """A list that comes in one piece: settings and the like; empty for 204."""
        return self._get(path, params, purpose="settings").rows(key)

    def _walk(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        purpose: str,
        key: str = "data",
        headers: Mapping[str, str] | None = None,
        cost: int = 1,
        last_page: int | None = None,
    ) -> Iterator[Page]:
        """Walk a list to its end.

        An empty list (204) and one without changes (304) give one empty page, for its server time.
        """
        unseen = Unseen("id")
        answers = self._answers(path, params, purpose=purpose, headers=headers, cost=cost, last_page=last_page)
        for number, answer in enumerate(answers, 1):
            yield Page(unseen.of(answer.rows_by("id", key, number)), number, answer.received_at)

    def _walk_raw(self, path: str, params: Mapping[str, Any], **options: Any) -> Iterator[RawPage]:
        """Walk a list as ``_walk`` does, without looking into its rows."""
        unseen = Unseen("id")
        for number, answer in enumerate(self._answers(path, params, untouched="data", **options), 1):
            try:
                rows = unseen.of_raw(answer.raw_rows("data"))
            except ValueError:
                raise answer.lacks(f"an id in each row; one of page {number} has none") from None
            yield RawPage(rows, number, answer.received_at)

    def _answers(
        self, path: str, params: Mapping[str, Any], *, last_page: int | None = None, **options: Any
    ) -> Iterator[Answer]:
        """The answers of a walk: by page token where Zoho gives one, else by page number."""
        asked = {**params, "per_page": PER_PAGE}
        number = 1
        while True:
            answer = self._get(path, asked, **options)
            yield answer
            info = (answer.body or {}).get("info") or {}
            if not info.get("more_records") or number == last_page:
                return
            number += 1
            token = info.get("next_page_token")
            if token and token == asked.get("page_token"):
                raise answer.lacks(wanted="another page token")
            asked.update({"page_token": token} if token else {"page": number})

    def _send_all(
        self,
        items: Sequence[Any],
        send: Callable[[Sequence[Any]], list[RecordResult]],
        asked: str,
        size: int = WRITE_BATCH,
    ) -> list[RecordResult]:
        """Send batch by batch and return one result per item, in order.

        A batch that Zoho refuses as a whole, because one record of it is malformed, is halved until that
        record stands alone. When a later batch breaks, the error's ``done`` holds the results so far.
        """
        results: list[RecordResult] = []
        waiting = deque(batches(items, size))
        while waiting:
            batch = waiting.popleft()
            try:
                results += send(batch)
            except RecordError as error:
                if len(batch) == 1:
                    results.append(refused(error, asked))
                else:
                    half = len(batch) // 2
                    waiting.extendleft([batch[half:], batch[:half]])
            except ZohoError as error:
                error.done = tuple(results)
                raise
        return results

    def _send_batch(
        self,
        method: str,
        path: str,
        batch: Sequence[Any],
        *,
        asked: str,
        key: str = "data",
        extra: Mapping[str, Any] | None = None,
        purpose: str = "load",
        **options: Any,
    ) -> list[RecordResult]:
        answer = self.transport.request(
            method,
            path,
            body={key: list(batch), **(extra or {})},
            purpose=purpose,
            cost=ceil(len(batch) / RECORDS_PER_CREDIT),
            **options,
        )
        return self._results(answer, asked=asked, key=key, expected=len(batch))

    def _results(self, answer: Answer, *, asked: str, key: str, expected: int) -> list[RecordResult]:
        items = answer.rows(key)
        if len(items) != expected:
            raise answer.lacks(f"{expected} results, not {len(items)}")
        return [result_of(item, answer.request, asked) for item in items]
