import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import request

from secondsight.inference.cost import (
    ANSWER_TOKENS,
    IMAGE_TOKENS,
    LETTERS,
    REASONING_TOKENS,
    Quote,
    quote,
)
from secondsight.inference.models import known, price_of
from secondsight.inference.request import Message, Request, Text

QUESTION = "What is it? " * 30


def asked(model: str, count: int = 1, text: str = QUESTION) -> list[bytes]:
    """Return canonical forms of the same question about so many images."""
    about = request(text, model)
    return [about.about(f"{number:064x}").canonical() for number in range(count)]


@pytest.mark.parametrize(
    ("model", "prices", "image"),
    [
        ("gpt-4o-mini", (0.15, 0.60), 8_500),
        ("gpt-4o-2024-08-06", (2.50, 10.00), IMAGE_TOKENS),
    ],
)
def test_a_listed_model_costs_its_list_price(
    model: str, prices: tuple[float, float], image: int
) -> None:
    found = quote(asked(model, 1_000))
    assert found.requests == 1_000
    assert found.tokens_in == 1_000 * (len(QUESTION) // LETTERS + image)
    assert found.tokens_out == 1_000 * ANSWER_TOKENS
    usd = (found.tokens_in * prices[0] + found.tokens_out * prices[1]) / 1e6
    assert found.usd == pytest.approx(usd)


def test_a_model_that_reasons_is_billed_for_it() -> None:
    found = quote(asked("gpt-5-mini", 10))
    assert found.tokens_out == 10 * (ANSWER_TOKENS + REASONING_TOKENS)
    assert found.usd == pytest.approx((found.tokens_in * 0.25 + found.tokens_out * 2.0) / 1e6)


def test_a_model_of_ones_own_has_no_price() -> None:
    found = quote(asked("llava-next", 10))
    assert found.usd is None
    assert "no list price is known for this model, one of your own costs nothing" in str(found)
    assert "USD" not in str(found)


def test_a_reasoning_model_without_a_price_still_reasons() -> None:
    assert price_of("o3") is None
    found = quote(asked("o3"))
    assert (found.tokens_out, found.usd) == (ANSWER_TOKENS + REASONING_TOKENS, None)


def test_every_price_is_its_own_models() -> None:
    for price in known().price:
        model = price.match.rstrip("*")
        assert price_of(model) == price
        assert 0 < price.input_usd <= price.output_usd
    assert price_of("gpt-4o-mini-2024-07-18") == price_of("gpt-4o-mini") != price_of("gpt-4o")


@given(
    st.sampled_from(["gpt-4o-mini", "gpt-5-mini", "sky-1"]),
    st.integers(1, 40),
    st.text("ab ", max_size=400),
)
def test_the_account_grows_with_the_requests(model: str, count: int, text: str) -> None:
    one, many = quote(asked(model, 1, text)), quote(asked(model, count, text))
    assert many.requests == count
    assert many.tokens_in == count * one.tokens_in
    assert many.tokens_out == count * one.tokens_out
    if one.usd is None:
        assert many.usd is None
    else:
        assert many.usd == pytest.approx(count * one.usd)


def test_a_question_without_an_image_costs_its_letters() -> None:
    message = Message(role="user", content=(Text(text="a" * 100), Text(text="b" * 20)))
    found = quote([Request(model="sky-1", messages=(message,)).canonical()])
    assert found.tokens_in == 120 // LETTERS


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (1_000, "about 0.001 million"),
        (212_000, "about 0.21 million"),
        (9_940_000, "about 9.9 million"),
        (25_490_000, "about 25 million"),
        (2_345_000_000, "about 2,345 million"),
    ],
)
def test_an_account_is_read_without_powers_of_ten(tokens: int, said: str) -> None:
    text = str(Quote(46_334, tokens, 10, 1234.5))
    assert text == (
        f"46,334 requests, {said} tokens in, about 1,234.50 USD at list price, half that much "
        "through the Batch API"
    )
