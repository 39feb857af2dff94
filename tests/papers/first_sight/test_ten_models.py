import numpy as np
import pytest

from secondsight.datasets.astrosight import printed_counts
from secondsight.papers.first_sight.ten_models import (
    accuracy_table,
    four_shapes,
    lead_of,
    named,
    one_row_each,
    scores,
    share_table,
)


def percent(name: str, what: str) -> float:
    return round(100 * scores(printed_counts()[name])[what].value, 1)


@pytest.mark.parametrize(
    ("name", "four", "merged", "share"),
    [
        ("gpt-5", 61.5, 78.9, 61.7),
        ("glm-4.5v", 49.8, 67.5, 44.4),
        ("gpt-4o-mini", 53.3, 69.7, 44.9),
        ("qwen-vl", 43.8, 62.2, 47.5),
        ("svm", 65.8, 74.5, 54.5),
        ("zoobot-small", 82.8, 88.3, 59.7),
        ("internvl2.5-38b", 83.6, 88.7, 57.5),
    ],
)
def test_four_shapes_the_pair_merged_and_its_share(
    name: str, four: float, merged: float, share: float
) -> None:
    assert [percent(name, what) for what in ("four", "merged", "share")] == [four, merged, share]


@pytest.mark.parametrize("name", printed_counts())
def test_the_scores_are_plain_sums_of_the_printed_counts(name: str) -> None:
    printed = printed_counts()[name]
    count = {
        (true, answer): printed.counts[row][column]
        for row, true in enumerate(printed.order)
        for column, answer in enumerate(printed.order)
    }
    of_four = {key: n for key, n in count.items() if key[0] in "ACDF"}
    right = sum(n for (true, answer), n in of_four.items() if true == answer)
    swapped = count["C", "D"] + count["D", "C"]
    wrong_within = sum(n for (t, a), n in of_four.items() if a in "ACDF" and a != t)
    n, found = sum(of_four.values()), scores(printed)
    assert found["eight"].value == pytest.approx(printed.accuracy / 100, abs=1e-6)
    assert found["four"].value == pytest.approx(right / n)
    assert found["merged"].value == pytest.approx((right + swapped) / n)
    assert found["share"].value == pytest.approx(swapped / wrong_within)
    assert found["share_of_all"].value == pytest.approx(swapped / (n - right))
    assert all(one.low < one.value < one.high for one in found.values())


def test_answers_outside_the_four_keep_their_columns() -> None:
    four = four_shapes(printed_counts()["qwen-vl"].confusion)
    assert four.counts.shape == (4, 8)
    assert four.others == ["in-between elliptical", "barred spiral", "irregular", "merger"]


def test_names_and_table_hold_the_scores() -> None:
    models = {"glm-4.5v": printed_counts()["glm-4.5v"]}
    score = {name: scores(model) for name, model in models.items()}
    own = score["glm-4.5v"]
    numbers = named(models, score)
    assert numbers["glm_4_5v_merged"] == own["merged"]
    [row] = accuracy_table(models, score).to_numpy().tolist()
    assert row == ["GLM-4.5V", numbers["glm_4_5v_images"], own["eight"], own["four"], own["merged"]]


def test_the_verdict_on_gpt_5_depends_on_which_errors_are_counted() -> None:
    models = printed_counts()
    own = {name: scores(model) for name, model in models.items()}
    assert own["gpt-5"]["share"].low > 0.5 > own["gpt-5"]["share_of_all"].high
    shares = share_table(models, own).set_index("model")
    assert shares.loc["GPT-5", "of all errors"] == own["gpt-5"]["share_of_all"]
    trained = [own[name]["share"] for name, model in models.items() if model.learnt != "nothing"]
    assert len(trained) == 6
    assert all(share.low > 0.5 for share in trained)
    assert all(each["share_of_all"].high < 0.5 for each in own.values())


def test_counts_become_rows_and_rows_counts() -> None:
    confusion = printed_counts()["swin"].confusion
    rows = one_row_each(confusion)
    back = rows.value_counts().unstack().fillna(0)
    names = confusion.categories
    assert np.array_equal(back.loc[names, names].to_numpy(), confusion.counts)


def test_a_lead_is_the_difference_of_two_accuracies() -> None:
    models = printed_counts()
    ahead = lead_of(models, "swin", "gpt-5")
    four = [scores(models[name])["four"].value for name in ("swin", "gpt-5")]
    assert ahead.value == pytest.approx(four[0] - four[1])
    assert ahead.low < ahead.value < ahead.high
