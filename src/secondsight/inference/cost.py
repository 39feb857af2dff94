"""What asking will cost, roughly, before anything is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from secondsight.inference.models import family_of, price_of

LETTERS = 4
"""Letters of English that make a token, roughly."""
IMAGE_TOKENS = 255
"""What a picture of up to 512 pixels on its longer side costs GPT-4o in full detail."""
ANSWER_TOKENS = 10
"""A category and a confidence."""
REASONING_TOKENS = 300
"""What a model that reasons before it answers spends on it, roughly; it is billed as output."""
MILLION = 1e6


@dataclass(frozen=True)
class Quote:
    """A rough account of requests that are not made yet.

    Attributes
    ----------
    requests, tokens_in, tokens_out : int
    usd : float or None
        At the list price; None where no price is listed, as for a model of one's own.
    """

    requests: int
    tokens_in: int
    tokens_out: int
    usd: float | None

    def __str__(self) -> str:
        millions = self.tokens_in / MILLION
        much = f"{millions:,.0f}" if millions >= 10 else f"{millions:.2g}"
        size = f"{self.requests:,} requests, about {much} million tokens in"
        if self.usd is None:
            return f"{size}; no list price is known for this model, one of your own costs nothing"
        return (
            f"{size}, about {self.usd:,.2f} USD at list price, half that much through the Batch API"
        )


def quote(requests: Sequence[bytes]) -> Quote:
    """Return what requests will roughly cost.

    Parameters
    ----------
    requests : sequence of bytes
        Their canonical forms, all of one call and so alike but for the image; at least one.
    """
    first = orjson.loads(requests[0])
    model = str(first["model"])
    parts = [part for message in first["messages"] for part in message["content"]]
    letters = sum(len(part.get("text", "")) for part in parts if isinstance(part, dict))
    images = sum(part.get("type") == "image" for part in parts if isinstance(part, dict))
    reasons = not family_of(model).temperature
    price = price_of(model)
    of_image = IMAGE_TOKENS if price is None else price.image_tokens
    tokens_in = len(requests) * (letters // LETTERS + images * of_image)
    tokens_out = len(requests) * (ANSWER_TOKENS + reasons * REASONING_TOKENS)
    usd = (
        None
        if price is None
        else (tokens_in * price.input_usd + tokens_out * price.output_usd) / MILLION
    )
    return Quote(len(requests), tokens_in, tokens_out, usd)
