import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import request

from conftest import tiny_png
from endpoint import completion
from secondsight import paths
from secondsight.errors import ParameterError
from secondsight.inference import cost, models
from secondsight.inference.cost import (
    ANSWER,
    MARGIN,
    MOST,
    REASONING,
    assumptions,
    billed,
    most,
    quote,
    size_of,
    tokens_in,
    tokens_of_image,
    tokens_of_text,
    tokens_out,
    unpriced,
)
from secondsight.inference.models import bare_name, family_of, image_rule, known, price_of
from secondsight.inference.options import EFFORTS, Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recording_plan import read_plan
from secondsight.inference.request import Message, Request, Sampling, Text

SMALL = [(64, 64), (150, 150), (320, 192)]
"""The sizes of the book's images."""


@pytest.mark.parametrize(
    ("model", "size", "tokens"),
    [
        ("gpt-4o", (1024, 1024), 765),
        ("gpt-4o", (2048, 4096), 1105),
        ("gpt-4.1", (2049, 513), 1445),
        ("gpt-4.1", (2050, 513), 765),
        ("gpt-4o", (512, 512), 255),
        ("gpt-4o-mini", (512, 512), 8_500),
        ("gpt-5", (64, 64), 210),
        ("o3", (64, 64), 225),
        ("gpt-5-mini", (1024, 1024), 1_659),
        ("gpt-4.1-mini", (4000, 1474), 2_348),
        ("gpt-5-nano", (1024, 1024), 2_520),
        ("o4-mini", (1800, 2400), 2_498),
        *zip(["gpt-5-mini"] * 3, SMALL, [7, 41, 98], strict=True),
    ],
)
def test_an_image_counts_by_its_providers_rule(
    model: str, size: tuple[int, int], tokens: int
) -> None:
    assert tokens_of_image(*size, model) == tokens


def test_an_image_in_low_detail_counts_as_the_base_alone() -> None:
    assert tokens_of_image(2048, 2048, "gpt-4o", "low") == 85
    assert tokens_of_image(64, 64, "gpt-5-mini", "low") == 7


@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from(["gpt-5", "gpt-5-mini"]))
def test_no_image_counts_as_more_than_the_largest(width: int, height: int, model: str) -> None:
    largest = {"gpt-5": 70 + 140 * 8, "gpt-5-mini": math.ceil(1536 * 1.62)}
    assert 0 < tokens_of_image(width, height, model) <= largest[model]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("openai/gpt-5-mini", "gpt-5-mini"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("org/gpt-4.1@main", "gpt-4.1"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
    ],
)
def test_a_name_with_something_around_it_finds_its_family(name: str, own: str) -> None:
    assert price_of(name) == price_of(own) is not None
    assert image_rule(name) == image_rule(own) is not None
    assert family_of(name) == family_of(own)


def test_what_was_tuned_counts_as_its_base_but_has_its_own_price() -> None:
    tuned = "ft:gpt-4o-mini:org::id"
    assert bare_name(tuned) == "gpt-4o-mini"
    assert image_rule(tuned) == image_rule("gpt-4o-mini")
    assert family_of(tuned) == family_of("gpt-4o-mini")
    assert price_of(tuned) is None


def test_a_price_may_be_listed_by_the_full_name(monkeypatch: pytest.MonkeyPatch) -> None:
    tuned = "ft:gpt-5-mini:me"
    own = known().price[0].model_copy(update={"match": tuned})
    listed = known().model_copy(update={"price": (own,)})
    monkeypatch.setattr(models, "known", lambda: listed)
    assert price_of.__wrapped__(tuned) == own
    assert price_of.__wrapped__("ft:gpt-5-mini:you") is None


def test_the_models_of_this_machine_cost_nothing() -> None:
    own = read_plan().model
    assert unpriced(own) == f"{own} is on your machine and costs nothing"


@pytest.mark.parametrize("model", ["gpt-4o", "minivlm-4"])
def test_an_effort_counts_for_nothing_where_nothing_reasons(model: str) -> None:
    told = request(model=model, sampling=Options(effort="high").sampling(model))
    assert tokens_out(told) == ANSWER
    assert Options(effort="high").sampling("gpt-5-mini").reasoning_effort == "high"


def test_an_unknown_effort_is_refused_with_the_list() -> None:
    with pytest.raises(ParameterError, match="no effort 'lazy'; known: none, minimal, low, medium"):
        Options(effort="lazy")
    assert set(EFFORTS) == set(REASONING)


def test_every_price_and_rule_is_dated_and_its_own_models() -> None:
    for price in known().price:
        assert price_of(price.match) == price
        assert 0 < price.input_usd <= price.output_usd
        assert price.cached_usd is None or price.cached_usd < price.input_usd
    for listed in [*known().price, *known().image]:
        assert date(2024, 1, 1) < listed.read
        assert listed.source.startswith("https://developers.openai.com/")
    assert price_of("gpt-5.2") is None


TOKENS = {
    "dwarf-1": 244, "dwarf-1-names": 143, "lsbg-1": 151, "lsbg-1-names": 45, "morphology-1": 155,
    "morphology-1-names": 54, "radio-1": 108, "radio-1-names": 52, "radio-shapes-1": 172,
    "survey-shapes-1": 69,
}  # fmt: skip
"""How many tokens OpenAI's `o200k_base` makes of each prompt."""


def test_words_count_as_the_real_tokenizer_counts_them_within_five_percent() -> None:
    assert set(TOKENS) == {path.stem for path in paths.PROMPTS.glob("*.md")}
    for name, tokens in TOKENS.items():
        assert tokens_of_text(load_prompt(name).text.strip()) == pytest.approx(tokens, rel=0.05)


def test_a_letter_of_another_script_counts_as_a_token() -> None:
    assert tokens_of_text("这是星系吗") == 5


def test_a_request_without_an_image_counts_its_words_and_what_stands_around_them() -> None:
    message = Message(role="user", content=(Text(text="one two"), Text(text="three.")))
    assert tokens_in(Request(model="sky-1", messages=(message,))) == 4 + 7


def test_a_schema_counts() -> None:
    plain = request()
    assert tokens_in(plain.model_copy(update={"response_format": {"a": "b"}})) > tokens_in(plain)


def test_what_is_reasoned_is_a_range_by_effort_and_no_more_than_the_limit() -> None:
    assert tokens_out(request(model="gpt-4o")) == ANSWER
    low, high = tokens_out(request(model="gpt-5-mini"))
    assert (low - ANSWER.low, high - ANSWER.high) == REASONING["medium"]
    eager = request(model="gpt-5-mini", sampling=Sampling(reasoning_effort="minimal"))
    assert tokens_out(eager).high == ANSWER.high + REASONING["minimal"].high
    bound = request(model="gpt-5-mini", sampling=Sampling(max_completion_tokens=100))
    assert tokens_out(bound) == (low, 100)


def test_the_worst_case_is_the_greatest_length_or_an_assumption() -> None:
    bound = request(model="gpt-5-mini", sampling=Sampling(max_completion_tokens=100))
    sent = MARGIN * tokens_in(bound, (64, 64))
    assert most(bound, (64, 64)) == pytest.approx((sent * 0.25 + 100 * 2.0) / 1e6)
    assert most(bound, (64, 64), batch=True) == pytest.approx(most(bound, (64, 64)) / 2)
    free = request(model="gpt-5-mini")
    assert most(free) == pytest.approx((MARGIN * tokens_in(free) * 0.25 + MOST[True] * 2.0) / 1e6)
    assert most(request(model="sky-1")) == 0


def test_a_bill_is_the_usage_at_its_price_and_the_cached_part_is_cheaper() -> None:
    body = completion().decode()
    assert billed(body, "gpt-5-mini") == pytest.approx((100 * 0.25 + 1 * 2.0) / 1e6)
    assert billed(body, "gpt-5-mini", batch=True) == pytest.approx((50 * 0.25 + 0.5 * 2.0) / 1e6)
    kept = body.replace('"usage": {', '"usage": {"prompt_tokens_details": {"cached_tokens": 80}, ')
    assert billed(kept, "gpt-5-mini") == pytest.approx((20 * 0.25 + 80 * 0.025 + 2.0) / 1e6)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "7", "{", '{"usage":7}', '{"usage":{"prompt_tokens":-3,"completion_tokens":"x"}}'],
)
def test_a_bill_that_says_nothing_is_none(body: str) -> None:
    assert billed(body, "gpt-5-mini") == 0
    assert billed(completion().decode(), "sky-1") == 0


def test_a_quote_is_a_range_in_dollars_half_as_much_by_batch() -> None:
    about = quote(request(model="gpt-5-mini"), [(64, 64), (320, 192)], 1000)
    assert about.tokens_in == 500 * sum(
        tokens_in(about.request, size) for size in [(64, 64), (320, 192)]
    )
    usd, half = about.usd(), about.usd(batch=True)
    assert usd is not None
    assert half is not None
    assert usd.low < usd.high
    assert half == pytest.approx(usd.times(0.5))
    assert about.seconds(8).low == pytest.approx(125 * (1 + about.tokens_out.low / 1000 / 60))
    assert "1,000 requests, about " in str(about)
    assert str(about).endswith("USD at list price, half that much through the Batch API")


@pytest.mark.parametrize("model", ["llava-next", "gpt-5.2", "ft:gpt-4o-mini:org::id"])
def test_a_model_without_a_known_price_is_never_free(model: str) -> None:
    about = quote(request(model=model), [(64, 64)], 10)
    assert about.usd() is None
    said = f"no price is known for {model}: look it up; asking it may cost money"
    assert str(about).endswith(said)
    assert any(said in line for line in assumptions(about.request, 8))
    assert "nothing" not in str(about)


def test_what_a_quote_assumes_is_said() -> None:
    lines = " ".join(assumptions(request(model="gpt-5-mini"), 8))
    assert "64 to 800 of reasoning at effort medium" in lines
    assert "nothing bounds them" in lines
    bound = request(model="gpt-5-mini", sampling=Sampling(max_completion_tokens=100))
    assert "no more than 100 by --max-tokens" in " ".join(assumptions(bound, 8))
    assert "they count as GPT-4o's" in " ".join(assumptions(request(), 8))


def test_the_size_stands_in_the_header() -> None:
    assert size_of(tiny_png(3, side=7)) == (7, 7)
    assert size_of(b"no picture") == cost.SIZE
