import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import tiny_png
from endpoint import Asked, EndpointServer, Reply, answer, completion
from secondsight.datasets.campaign import count_campaign, read_campaign
from secondsight.datasets.dataset import sha256
from secondsight.datasets.origins import Origin
from secondsight.datasets.published import published_number
from secondsight.errors import DataError, MissingResponses, ParameterError
from secondsight.inference.recording_plan import TOKENS
from secondsight.papers.dwarfs.campaign import (
    SCORE_STEP,
    TRUTH,
    Campaign,
    about_sheets,
    about_volunteers,
    answered,
    by_subject,
    called_by_repeat,
    describe_sheets,
    each_answer,
    find_campaign,
    printed_share,
    tokens_line,
    usual_votes,
    votes_by_answer,
    votes_by_repeats,
    votes_line,
)

PROMPT = "dwarf-1"
VOTES = {"s0": (25, 25, "1"), "s1": (3, 25, "0"), "s2": (9, 12, ""), "s3": (0, 25, "")}
DWARFS = {"dwarf", "known dwarf", "simulated dwarf"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four subjects with their votes, and a fifth on which nobody voted."""
    path = tmp_path / "campaign"
    path.mkdir()
    rows = ["image_id,dwarf_votes,total_votes,label", "nobody,0,0,"]
    rows += [f"{name},{yes},{of},{label}" for name, (yes, of, label) in VOTES.items()]
    (path / "votes.csv").write_text("\n".join(rows) + "\n")
    for shade, name in enumerate(["nobody", *VOTES]):
        (path / f"{name}.png").write_bytes(tiny_png(shade))
    return path


@pytest.fixture
def campaign(folder: Path) -> Campaign:
    """The campaign in that folder."""
    return find_campaign(str(folder))


@pytest.fixture
def ask(
    campaign: Campaign,
    endpoint_server: EndpointServer,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., pd.DataFrame]:
    """Ask about the campaign what is not recorded; replies go by the image."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint_server.base_url)

    def ask(replies: Mapping[str, Reply], repeats: int = 1) -> pd.DataFrame:
        names = {sha256(campaign.dataset.png(name)): name for name in campaign.subjects["image_id"]}
        endpoint_server.default = lambda asked: replies[names[asked.image_sha256]]
        return answered(campaign, PROMPT, "sky-1", "new_episodes", repeats, recordings)

    return ask


def scored(text: str, token: str, **probabilities: float) -> Reply:
    """Return a good reply with the probabilities of the token that names the category."""
    listed = [
        {"token": name.strip("_"), "logprob": math.log(value)}
        for name, value in probabilities.items()
    ]
    drawn = next(one for one in listed if one["token"] == token)
    body = json.loads(completion(text))
    body["choices"][0]["logprobs"] = {"content": [{**drawn, "top_logprobs": listed}]}
    return Reply(body=json.dumps(body).encode())


@pytest.fixture(scope="module")
def dwarfs() -> Campaign:
    """The simulated campaign."""
    return find_campaign("dwarfs")


def test_the_simulated_campaign_knows_votes_and_truth(dwarfs: Campaign) -> None:
    assert (dwarfs.origin, dwarfs.simulated) == (Origin.SIMULATED_SKY, True)
    subjects = dwarfs.subjects
    assert list(subjects.columns) == ["image_id", "label", *TRUTH, "yes", "votes"]
    assert subjects["image_id"].tolist() == dwarfs.dataset.table["image_id"].tolist()
    counted = count_campaign(read_campaign())
    assert np.array_equal(subjects[["yes", "votes"]], counted)
    assert ((subjects["label"] == "1") == subjects["kind"].isin(DWARFS)).all()
    assert subjects.loc[subjects["label"] == "1", "m_v"].notna().all()


def test_votes_and_truth_belong_to_the_same_subject(dwarfs: Campaign) -> None:
    share = dwarfs.subjects["yes"] / dwarfs.subjects["votes"]
    plain = dwarfs.subjects["detectability"] > 0.9
    assert share[plain].mean() > 0.75
    assert share[dwarfs.subjects["label"] == "0"].mean() < 0.2


def test_the_repeated_candidates_are_the_campaigns(dwarfs: Campaign) -> None:
    repeated = find_campaign("dwarfs-repeated")
    assert repeated.dataset.name == "dwarfs-repeated"
    assert repeated.simulated
    assert len(repeated.subjects) == len(repeated.dataset) == 4_000
    chosen = dwarfs.subjects["image_id"].isin(repeated.subjects["image_id"])
    same = dwarfs.subjects[chosen].reset_index(drop=True)
    pd.testing.assert_frame_equal(repeated.subjects, same)


def test_a_folder_is_a_campaign_of_what_was_voted_on(campaign: Campaign) -> None:
    assert (campaign.origin, campaign.simulated) == (Origin.REAL_SKY, False)
    subjects = campaign.subjects
    assert subjects["image_id"].tolist() == list(VOTES)
    assert list(zip(subjects["yes"], subjects["votes"], strict=True)) == [
        (yes, of) for yes, of, _ in VOTES.values()
    ]
    assert subjects["label"].tolist()[:2] == ["1", "0"]
    assert subjects["label"].isna().tolist() == [False, False, True, True]
    assert subjects[list(TRUTH)].isna().all(axis=None)


def test_nobodys_subject_is_not_asked_about(campaign: Campaign) -> None:
    assert campaign.dataset.table["image_id"].tolist() == campaign.subjects["image_id"].tolist()


def test_a_name_of_nothing_lists_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("image_id,dwarf_votes,total_votes\n")
    for name in ("nope", str(tmp_path / "votes.csv")):
        with pytest.raises(
            ParameterError, match=r"no campaign '.*': it is dwarfs or dwarfs-repeated, or a folder"
        ):
            find_campaign(name)


def test_a_folder_without_votes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"votes\.csv is missing"):
        find_campaign(str(tmp_path))


def test_a_folder_in_which_nobody_voted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("image_id,dwarf_votes,total_votes\na,0,0\n")
    (tmp_path / "a.png").write_bytes(tiny_png(1))
    with pytest.raises(DataError, match=r"votes\.csv: no subject has a vote"):
        find_campaign(str(tmp_path))


def test_an_answer_stands_beside_its_subjects_votes(ask: Callable[..., pd.DataFrame]) -> None:
    table = ask(
        {
            "s0": answer("1, High"),
            "s1": answer("0, Low"),
            "s2": answer(None, refusal="I won't look at this."),
            "s3": answer("a smudge of some sort, I would think"),
        }
    ).set_index("image_id")
    assert table.index.tolist() == list(VOTES)
    assert table["called"].tolist() == [1, 0, 0, 0]
    assert table["answers"].tolist() == [1, 1, 0, 0]
    assert table["unread"].tolist() == [0, 0, 1, 1]
    assert table["outcome"].tolist() == ["answered", "answered", "refused", "unparseable"]
    assert table["confidence"].tolist()[:2] == ["high", "low"]
    assert table["confidence"].isna().tolist() == [False, False, True, True]
    assert table["answer"].isna().tolist() == [False, False, True, True]
    assert table["text"].tolist()[:3] == ["1, High", "0, Low", "I won't look at this."]
    assert table["yes"].tolist() == [yes for yes, _, _ in VOTES.values()]
    assert table["score"].isna().all()


def test_the_score_is_the_probability_of_a_dwarf(ask: Callable[..., pd.DataFrame]) -> None:
    table = ask(
        {
            "s0": scored("1, High", "1", **{"1": 0.6, "0": 0.2, "x": 0.2}),
            "s1": scored("0, Low", "0", **{"1": 0.123456, "0": 0.876544}),
            "s2": scored("0, Low", "0", **{"1": 1e-9, "0": 1 - 1e-9}),
            "s3": answer("1, High"),
        }
    )
    assert table["score"].tolist()[:3] == pytest.approx([0.75, 0.123, 0.0], abs=1e-12)
    assert math.isnan(table["score"][3])


def test_a_refusal_has_no_score(ask: Callable[..., pd.DataFrame]) -> None:
    body = json.loads(completion(None, refusal="no"))
    token = {"token": "1", "logprob": -0.1, "top_logprobs": []}
    body["choices"][0]["logprobs"] = {"content": [token]}
    table = ask(dict.fromkeys(VOTES, Reply(body=json.dumps(body).encode())))
    assert table["score"].isna().all()
    assert table["unread"].tolist() == [1] * 4


def test_answers_are_drawn_and_come_with_their_probabilities(
    ask: Callable[..., pd.DataFrame], endpoint_server: EndpointServer
) -> None:
    ask(dict.fromkeys(VOTES, answer("1, High")))
    assert len(endpoint_server.requests) == len(VOTES)
    for asked in endpoint_server.requests:
        assert "temperature" not in asked.body
        assert (asked.body["logprobs"], asked.body["top_logprobs"]) == (True, TOKENS)


def test_repeats_are_counted(
    campaign: Campaign,
    endpoint_server: EndpointServer,
    recordings: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint_server.base_url)
    images = campaign.dataset.table.set_index("image_id")["image_sha256"]
    left = {
        images["s0"]: ["1, High", "1, Low", "1, High"],
        images["s1"]: ["0, Low", "1, Low", "0, High"],
        images["s2"]: ["0, Low", "no answer at all", "1, Low"],
        images["s3"]: ["?", "?", "?"],
    }

    def reply(asked: Asked) -> Reply:
        return answer(left[asked.image_sha256].pop())

    endpoint_server.default = reply
    answers = each_answer(campaign, PROMPT, "sky-1", 3, "new_episodes", recordings)
    assert len(answers) == 12
    table = by_subject(campaign, answers, 3)
    assert table["called"].tolist() == [3, 1, 1, 0]
    assert table["answers"].tolist() == [3, 3, 2, 0]
    assert table["unread"].tolist() == [0, 0, 1, 3]
    replayed = answered(campaign, PROMPT, "sky-1", repeats=3, folder=recordings)
    pd.testing.assert_frame_equal(replayed, table)
    by_call = called_by_repeat(answers, 3)
    assert by_call.shape == (4, 3)
    assert by_call.sum(axis=1).tolist() == table["called"].tolist()


def test_what_is_not_recorded_is_not_asked(
    campaign: Campaign, endpoint_server: EndpointServer, recordings: Path
) -> None:
    with pytest.raises(MissingResponses, match=r"4 of 4 responses are not recorded"):
        answered(campaign, PROMPT, "sky-1", folder=recordings)
    assert endpoint_server.requests == []


def each(answer: list[str | None], **columns: Any) -> pd.DataFrame:
    """Return answers about the folder's subjects as `each_answer` gives them, repeats in a row."""
    repeats = len(answer) // len(VOTES)
    return pd.DataFrame(
        {
            "image_id": np.repeat(list(VOTES), repeats),
            "repeat": list(range(repeats)) * len(VOTES),
            "answer": answer,
            "outcome": ["answered" if one else "refused" for one in answer],
            "text": [f"{one}, Low" for one in answer],
            "confidence": "low",
            "probability": math.nan,
        }
        | columns
    )


def test_the_first_answer_is_that_of_the_first_repeat(campaign: Campaign) -> None:
    answers = each(list("01") * 4, confidence=["low", "high"] * 4, probability=[0.9, 0.8] * 4)
    for table in (answers, answers.iloc[::-1]):
        found = by_subject(campaign, table, 2)
        assert found["image_id"].tolist() == list(VOTES)
        assert set(found["answer"]) == {"0"}
        assert set(found["confidence"]) == {"low"}
        assert found["score"].tolist() == pytest.approx([0.1] * 4)
        assert set(found["called"]) == {1}


def test_nothing_but_refusals_is_a_table_too(campaign: Campaign) -> None:
    found = by_subject(campaign, each([None] * 8), 2)
    assert found["called"].tolist() == found["answers"].tolist() == [0] * 4
    assert found["unread"].tolist() == [2] * 4
    assert found["answer"].isna().all()
    assert found["score"].isna().all()


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_scores_are_rounded_and_nothing_else(probabilities: list[float]) -> None:
    subjects = pd.DataFrame({"image_id": list(VOTES), "yes": 1, "votes": 2})
    campaign = Campaign(None, subjects, Origin.REAL_SKY)  # type: ignore[arg-type]
    found = by_subject(campaign, each(list("1010"), probability=probabilities))["score"]
    exact = [p if said == "1" else 1 - p for p, said in zip(probabilities, "1010", strict=True)]
    assert found.tolist() == pytest.approx(exact, abs=SCORE_STEP * 0.501)
    assert (found.between(0, 1)).all()
    assert (found / SCORE_STEP).tolist() == pytest.approx((found / SCORE_STEP).round().tolist())


def test_repeats_stand_in_their_order() -> None:
    found = called_by_repeat(each(["1", "0", None, "1", "1", "1", "0", "0"]), 2)
    assert found.dtype == bool
    assert found.tolist() == [[True, False], [False, True], [True, True], [False, False]]


def test_the_price_is_told_for_all_and_for_each() -> None:
    answers = pd.DataFrame({"prompt_tokens": [1_000] * 6, "completion_tokens": [3, 4] * 3})
    assert tokens_line(answers, 2) == "6,021 tokens for 3 candidates, 2,007 for each"
    assert tokens_line(answers, 1) == "6,021 tokens for 6 candidates, 1,003 for each"


@pytest.fixture
def counted() -> pd.DataFrame:
    """Six subjects; one has other votes, one no readable answer, one lacks a repeat."""
    return pd.DataFrame(
        {
            "yes": [0, 4, 4, 3, 2, 2],
            "votes": [4, 4, 4, 3, 4, 4],
            "called": [0, 2, 2, 2, 0, 1],
            "answers": [2, 2, 2, 2, 0, 1],
        }
    )


def test_votes_are_counted_by_the_answer(counted: pd.DataFrame) -> None:
    found = votes_by_answer(counted, 4)
    assert found.tolist() == [[1, 0], [0, 0], [0, 1], [0, 0], [0, 2]]
    assert votes_by_answer(counted, 3).tolist() == [[0, 0]] * 3 + [[0, 1]]
    assert votes_by_answer(counted, 9).sum() == 0


def test_votes_are_counted_by_the_repeats(counted: pd.DataFrame) -> None:
    found = votes_by_repeats(counted, 4, 2)
    assert found.tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 2]]
    assert votes_by_repeats(counted, 4, 1).tolist() == [[0, 0], [0, 0], [0, 1], [0, 0], [0, 0]]


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_counts_are_those_of_a_cross_table(seed: int, repeats: int) -> None:
    chance = np.random.default_rng(seed)
    votes = chance.integers(5, 7, 80)
    answers = chance.integers(0, repeats + 1, 80)
    table = pd.DataFrame(
        {
            "yes": chance.integers(0, votes + 1),
            "votes": votes,
            "called": chance.integers(0, answers + 1),
            "answers": answers,
        }
    )
    whole = table[(table["votes"] == 6) & (table["answers"] == repeats)]
    crossed = pd.crosstab(whole["yes"], whole["called"])
    crossed = crossed.reindex(index=range(7), columns=range(repeats + 1), fill_value=0)
    assert np.array_equal(votes_by_repeats(table, 6, repeats), crossed)
    read = table[(table["votes"] == 6) & (table["answers"] > 0)]
    crossed = pd.crosstab(read["yes"], read["called"] > 0)
    crossed = crossed.reindex(index=range(7), columns=[False, True], fill_value=0)
    assert np.array_equal(votes_by_answer(table, 6), crossed)


def test_the_usual_votes_are_the_most_frequent(counted: pd.DataFrame) -> None:
    assert usual_votes(counted) == 4
    assert usual_votes(counted.iloc[[3]]) == 3
    assert usual_votes(counted.iloc[[0, 3]]) == 3


def test_where_votes_come_from_and_what_they_are_worth_is_said(campaign: Campaign) -> None:
    simulated = Campaign(campaign.dataset, campaign.subjects, Origin.SIMULATED_SKY)
    assert votes_line(campaign) == "votes of votes.csv"
    assert votes_line(simulated) == "votes of data/votes/campaign.parquet"
    assert about_sheets(campaign) == ""
    assert "were drawn by this project" in about_sheets(simulated)
    assert describe_sheets(campaign) != describe_sheets(simulated)
    assert about_volunteers(campaign).startswith("The votes are taken as votes.csv has them")
    assert about_volunteers(simulated).startswith("The volunteers are simulated too.")


def test_two_printed_counts_make_a_share() -> None:
    share = printed_share("known_found", "known")
    assert 0 < share.value <= 1
    assert share.n == int(published_number("dwarf_known").value)
