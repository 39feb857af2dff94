"""What becomes of each line that a batch gives back: an answer, a failure, or another try."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import httpx2
import openai

from secondsight.errors import plain_line
from secondsight.inference.batch_results import Result
from secondsight.inference.batch_state import Chunk
from secondsight.inference.failures import is_for_good, is_hopeless, plain_words
from secondsight.inference.workers import PATIENCE, Ask, Malformed, Run

LATER = {408, 409, 429}
"""Statuses of what may be answered when it is asked again, beside those from 500 on."""
UNREADABLE = "a line of a batch's results can't be read; it is kept beside the journal"


@dataclass(frozen=True)
class Wanted:
    """What one call wants to know."""

    name: str  # of its recording
    places: Mapping[str, int]  # the place of each request by its key in hexadecimal
    lacking: set[str]  # the keys that have no answer yet; those that come are taken out
    ask: Callable[[int], Ask]  # gives the request at a place

    def of(self, key: str) -> Ask:
        """Return the request with a key."""
        return self.ask(self.places[key])


class Intake:
    """Takes results in, each once; `live` keeps an answer in the form of every other one.

    Attributes
    ----------
    hopeless : str
        Why no request of this kind can be answered; empty if that is not so.
    """

    def __init__(self, wanted: Wanted, live: Run, retries: int) -> None:
        self.wanted, self.live, self.retries = wanted, live, retries
        self.hopeless = ""
        self._tries: Counter[str] = Counter()
        self._why: dict[str, str] = {}
        self._given_up: set[str] = set()
        self._unreadable = 0
        self._refused: set[str] = set()

    def take(self, results: Iterable[Result]) -> None:
        """Keep each answer that is lacking; one that is there already is passed over."""
        for result in results:
            if not result.key:
                self.live.journal.keep_aside(result.body)
                self._unreadable += 1
            elif result.key in self.wanted.lacking:
                self._take(result)

    def _take(self, result: Result) -> None:
        ask = self.wanted.of(result.key)
        if result.status == 200:
            self._keep(ask, result)
            return
        error = self._error(result)
        why = plain_words(error, self.live.client.api_key)
        if result.status == 0:
            self._why[result.key] = plain_line(str(result.error.get("message")))[:200]
        elif is_hopeless(error):
            self.hopeless = self.hopeless or why
            self._fail(result.key, why)
        elif result.status in LATER or result.status >= 500:
            self._why[result.key] = why
        elif is_for_good(error):
            self.live.refuse(ask, error, why)
            self._refused.add(result.key)
        else:
            self._fail(result.key, why)

    def _error(self, result: Result) -> openai.APIStatusError:
        """Return what the client would have raised, had the request been put by itself."""
        request = httpx2.Request("POST", self.live.client.base_url)
        reply = httpx2.Response(result.status, content=result.body, request=request)
        return openai.APIStatusError("", response=reply, body=result.error)

    def _keep(self, ask: Ask, result: Result) -> None:
        try:
            self.live.keep(ask, result.status, result.body)
        except Malformed as error:
            self._fail(result.key, str(error))
            return
        self.wanted.lacking.discard(result.key)
        self.live.outcome.success()

    def _fail(self, key: str, why: str) -> None:
        self._given_up.add(key)
        self.live.outcome.failure(why)

    def left(self, chunk: Chunk, *, ask_again: bool) -> list[str]:
        """Return the keys of a chunk that are to be asked again, each a few times at most.

        What may not be asked again is counted as failed: after the last try, in a batch that was
        cancelled, and where an unreadable line may be its answer.
        """
        self._settle_refused(len(chunk.keys))
        out = self._given_up | self._refused
        keys = [key for key in chunk.keys if key in self.wanted.lacking and key not in out]
        for key in keys:
            self._tries[key] += 1
            why = self._why.pop(key, None)
            if why is None and self._unreadable:
                self._fail(key, UNREADABLE)
            elif not ask_again or self._tries[key] > self.retries:
                self._fail(key, why or "its batch ended without it")
        self._unreadable = 0
        return [key for key in keys if key not in self._given_up]

    def _settle_refused(self, count: int) -> None:
        """Keep what was refused for good, unless that is all that there was."""
        if len(self._refused) == count >= PATIENCE:
            why, _ = self.live.outcome.refused.most_common(1)[0]
            self.hopeless = self.hopeless or f"all {count} requests of a batch failed: {why}"
            self._given_up |= self._refused
            self.live.refused.clear()
        else:
            self.live.keep_refused()
            self.wanted.lacking.difference_update(self._refused)
        self._refused = set()
