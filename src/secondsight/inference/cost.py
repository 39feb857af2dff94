"""What asking costs: tokens by the providers' rules, and what is assumed where there is no rule.

Tokens in follow from the request: an image by its provider's rule and its size, words by a rule of
our own. Tokens out can't be known before: an answer and what a model reasons are a range, and what
is assumed is said with every quote.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import orjson

from secondsight import paths
from secondsight.errors import DataError
from secondsight.inference.body import loads
from secondsight.inference.budget import Budget
from secondsight.inference.models import Price, family_of, image_rule, price_of
from secondsight.inference.recording_plan import is_own
from secondsight.inference.request import Image, Request, Text

MILLION = 1e6
SIZE = (512, 512)
"""The width and height that stand for an image's where they are not known, in pixels."""
MESSAGE_TOKENS, REPLY_TOKENS = 4, 3
"""What stands around a message, and before a reply."""
_PIECES = re.compile(r"[^\x00-\x7f]|[A-Za-z0-9_]{1,8}|[^\w\s]+|\n+")
"""What makes a token, roughly: within 5% of OpenAI's `o200k_base` on the book's prompts."""
MARGIN = 1.1
"""What the worst case allows for by which the tokens in are counted too low."""


class Range(NamedTuple):
    """From the least to the most that is assumed."""

    low: float
    high: float

    def times(self, factor: float) -> "Range":
        """Return both ends times `factor`."""
        return Range(self.low * factor, self.high * factor)


def added(ranges: Iterable[Range]) -> Range:
    """Return the sums of the ends."""
    return Range(*map(sum, zip(*ranges, strict=True)))


ANSWER = Range(3, 12)
"""Tokens of a category, alone or with a confidence, as words or as JSON."""
REASONING = {
    "none": Range(0, 0),
    "minimal": Range(0, 64),
    "low": Range(0, 320),
    "medium": Range(64, 800),
    "high": Range(256, 3200),
    "xhigh": Range(256, 6400),
}
"""Tokens that a model reasons before it answers, by effort; billed as output. An assumption."""
EFFORT = "medium"
"""The effort of a model that is not told any."""
MOST = {False: 1024, True: 16_384}
"""Tokens out at most where no greatest length is asked for, by whether the model reasons."""
SECONDS, RATE = 1.0, 60.0
"""How long a request takes before its first token, and how many tokens come in a second."""

TILE, LONGEST, SHORTEST = 512, 2048, 768
PATCH, PATCHES = 32, 1536


def tokens_of_image(width: int, height: int, model: str, detail: str | None = None) -> int:
    """Return as how many tokens an image of so many pixels counts, by its model's provider.

    Where no rule is listed in `data/models.toml` it is GPT-4o's. `detail` is as in the request;
    without it the image is looked at in full detail.
    """
    rule = image_rule(model) or image_rule("gpt-4o")
    if rule is None:
        raise DataError(f"{paths.shown(paths.MODELS)} lacks the rule of gpt-4o for images")
    if rule.patch:
        return math.ceil(round(rule.patch * _patches(width, height), 6))
    return rule.base if detail == "low" else rule.base + rule.tile * _tiles(width, height)


def _tiles(width: int, height: int) -> int:
    fitting = min(1.0, LONGEST / max(width, height))
    scale = fitting * min(1.0, SHORTEST / (fitting * min(width, height)))
    return math.ceil(round(width * scale) / TILE) * math.ceil(round(height * scale) / TILE)


def _patches(width: int, height: int) -> int:
    count = math.ceil(width / PATCH) * math.ceil(height / PATCH)
    if count <= PATCHES:
        return count
    scale = math.sqrt(PATCH**2 * PATCHES / (width * height))
    across, down = width * scale / PATCH, height * scale / PATCH
    scale *= min(math.floor(across) / across, math.floor(down) / down)
    # A whole number of patches one way; a hair of rounding must not make it one more.
    return math.ceil(width * scale / PATCH - 1e-9) * math.ceil(height * scale / PATCH - 1e-9)


def tokens_of_text(text: str) -> int:
    """Return of how many tokens a text is, roughly."""
    return len(_PIECES.findall(text))


def tokens_in(request: Request, size: tuple[int, int] = SIZE) -> int:
    """Return how many tokens a request has, each of its images being of one size."""
    count = REPLY_TOKENS + MESSAGE_TOKENS * len(request.messages)
    for part in (part for message in request.messages for part in message.content):
        if isinstance(part, Text):
            count += tokens_of_text(part.text)
        elif isinstance(part, Image):
            count += tokens_of_image(*size, request.model, part.detail)
    if request.response_format is not None:
        count += tokens_of_text(orjson.dumps(request.response_format).decode())
    return count


def tokens_out(request: Request) -> Range:
    """Return between how many tokens an answer is assumed to have, what is reasoned included."""
    limit, expected = _limit(request), ANSWER
    if reasons(request):
        effort = request.sampling.reasoning_effort or EFFORT
        expected = added([ANSWER, REASONING.get(effort, REASONING[EFFORT])])
    return Range(*(min(count, limit or count) for count in expected))


def reasons(request: Request) -> bool:
    """Whether the model reasons before it answers, as far as is known."""
    return bool(request.sampling.reasoning_effort) or not family_of(request.model).temperature


def _limit(request: Request) -> int | None:
    return request.sampling.max_completion_tokens or request.sampling.max_tokens


def most(request: Request, size: tuple[int, int] = SIZE, *, batch: bool = False) -> float:
    """Return what a request costs at most, in US dollars; 0 where no price is known.

    Without a greatest length in the request the tokens out are an assumption, `MOST`.
    """
    return _most(request, tokens_in(request, size), batch=batch)


def _most(request: Request, sent: float, *, batch: bool) -> float:
    price = price_of(request.model)
    if price is None:
        return 0.0
    return _usd(price, MARGIN * sent, longest(request), batch=batch)


def longest(request: Request) -> int:
    """Return how many tokens an answer is assumed to have at worst."""
    return _limit(request) or MOST[reasons(request)]


def at_ceiling(budget: Budget, recorded: int, of: int, request: Request, usd: float) -> str:
    """Return the sentence about a run that stopped since one more request may cost `usd`."""
    return (
        f"stopped before the ceiling of {dollars(budget.usd)} USD: about {dollars(budget.spent)} "
        f"are spent, {recorded} of {of} requests are recorded, and one more might cost too much: "
        f"{at_worst(request, usd)}"
    )


def at_worst(request: Request, usd: float) -> str:
    """Return the sentence about what one request may cost, and how it may cost less."""
    return (
        f"one request is assumed to cost {dollars(usd)} USD at worst, by {longest(request):,} "
        "tokens out; --max-tokens, in Python max_tokens, lowers that"
    )


def billed(body: str, model: str, *, batch: bool = False) -> float:
    """Return what a reply cost by the usage that it states, in US dollars.

    0 where it states none, or no price is known.
    """
    price = price_of(model)
    if price is None:
        return 0.0
    usage = _usage(body)
    sent, got = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    kept = _count(usage.get("prompt_tokens_details"), "cached_tokens")
    return _usd(price, sent, got, kept=min(kept, sent), batch=batch)


def _usage(body: str) -> dict[str, object]:
    try:
        reply = loads(body)
    except ValueError:
        return {}
    usage = reply.get("usage") if isinstance(reply, dict) else None
    return usage if isinstance(usage, dict) else {}


def states_usage(body: str) -> bool:
    """Whether a reply says how many tokens it had."""
    return _count(_usage(body), "prompt_tokens") > 0


def _count(usage: object, name: str) -> int:
    count = usage.get(name) if isinstance(usage, dict) else None
    return count if type(count) is int and count > 0 else 0


def _usd(price: Price, sent: float, got: float, *, kept: float = 0, batch: bool = False) -> float:
    """Return the price of tokens in, out, and in but kept from an earlier request."""
    cached = price.input_usd if price.cached_usd is None else price.cached_usd
    whole = (sent - kept) * price.input_usd + kept * cached + got * price.output_usd
    return whole / MILLION * (price.batch if batch else 1)


def size_of(png: bytes) -> tuple[int, int]:
    """Return the width and height that a PNG's header states; `SIZE` if it is no PNG."""
    if png[12:16] != b"IHDR":
        return SIZE
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@dataclass(frozen=True)
class Quote:
    """An account of requests that are not made yet."""

    request: Request  # one of them; the others are alike but for the image
    requests: int  # how many they are
    tokens_in: float  # of all together

    @property
    def model(self) -> str:
        """Who would be asked."""
        return self.request.model

    @property
    def tokens_out(self) -> Range:
        """Of all together, from the least to the most that is assumed."""
        return tokens_out(self.request).times(self.requests)

    def usd(self, *, batch: bool = False) -> Range | None:
        """Return the list price in US dollars; None where none is known."""
        price = price_of(self.model)
        if price is None:
            return None
        return Range(*(_usd(price, self.tokens_in, out, batch=batch) for out in self.tokens_out))

    def most(self, *, batch: bool = False) -> float:
        """Return what one of the requests costs at most, in US dollars, as `most` has it."""
        return _most(self.request, self.tokens_in / self.requests, batch=batch)

    def seconds(self, concurrency: int) -> Range:
        """Return how long so many at once take, as far as the endpoint allows them."""
        rounds = math.ceil(self.requests / concurrency)
        return Range(*(rounds * (SECONDS + out / RATE) for out in tokens_out(self.request)))

    def __str__(self) -> str:
        size = f"{self.requests:,} requests, about {short(self.tokens_in)} tokens in"
        usd = self.usd()
        if usd is None:
            return f"{size}; {unpriced(self.model)}"
        return (
            f"{size} and {span(self.tokens_out)} out, {span(usd, dollars)} USD at list price, half "
            "that much through the Batch API"
        )


def quote(request: Request, sizes: Sequence[tuple[int, int]], count: int) -> Quote:
    """Return an account of `count` requests that are alike but for the image.

    The `sizes` are width and height of some of their images, which stand for all; at least one.
    """
    mean = sum(tokens_in(request, size) for size in sizes) / len(sizes)
    return Quote(request, count, mean * count)


def unpriced(model: str) -> str:
    """Return the sentence about a model without a known price; the book's own needs none."""
    if is_own(model):
        return f"{model} is on your machine and costs nothing"
    return f"no price is known for {model}: look it up; asking it may cost money"


def short(count: float) -> str:
    """Return a number as a reader takes it in: 850, 8,500, 85 thousand, 3.2 million."""
    if count < 10_000:
        return f"{count:,.0f}"
    if count < MILLION - 500:
        return f"{count / 1000:.0f} thousand"
    millions = count / MILLION
    return f"{millions:,.0f} million" if millions >= 10 else f"{millions:.2g} million"


def dollars(usd: float) -> str:
    """Return US dollars with as many places as tell something."""
    return f"{usd:,.2f}" if usd >= 1 or usd == 0 else f"{Decimal(f'{usd:.2g}'):f}"


def span(ends: Range, write: Callable[[float], str] = short) -> str:
    """Return a range in words, and one number where both ends read the same."""
    return " to ".join(dict.fromkeys(write(end) for end in ends))


def assumptions(request: Request, concurrency: int) -> list[str]:
    """Return in sentences what a quote of such requests takes for granted."""
    rule, price = image_rule(request.model), price_of(request.model)
    return [
        f"Images count as {rule.source} said on {rule.read}."
        if rule
        else f"How {request.model} counts images is not known: they count as GPT-4o's.",
        _about_answers(request),
        f"List prices as {price.source} said on {price.read}."
        if price
        else f"{unpriced(request.model)}.",
        f"Time: {SECONDS:.0f} s a request and {RATE:.0f} tokens a second, {concurrency} at once; "
        "the Batch API promises 24 hours.",
    ]


def _about_answers(request: Request) -> str:
    assumed, limit = f"Tokens out are assumed: {span(ANSWER)} of answer", _limit(request)
    if reasons(request):
        effort = request.sampling.reasoning_effort or EFFORT
        reasoned = span(REASONING.get(effort, REASONING[EFFORT]))
        assumed += f", {reasoned} of reasoning at effort {effort}"
    if limit is None:
        return f"{assumed}; without --max-tokens nothing bounds them."
    return f"{assumed}; no more than {limit:,} by --max-tokens."
