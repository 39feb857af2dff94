import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from secondsight.datasets.aion_search import Runs, slug
from secondsight.datasets.derived import load
from secondsight.metrics.intervals import POINTS
from secondsight.papers.aion_search import agreement, repeats
from secondsight.papers.aion_search.agreement import KINDS, TITLES, TREE, compare

SMOOTH = {"smooth-or-featured": "smooth", "how-rounded": "round", "merging": "none"}
DISK = {"smooth-or-featured": "featured-or-disk", "disk-edge-on": "yes", "merging": "none"}


def answer(galaxy: str, repeat: int = 0, name: str = "sky", **codes: str) -> dict[str, object]:
    """Return a row of the table of answers; codes are written with _ for -."""
    given = dict.fromkeys(TREE, "") | {key.replace("_", "-"): code for key, code in codes.items()}
    counts = {"cost": 0.001, "output_tokens": 100, "seconds": 2.0}
    return {"configuration": name, "repeat": repeat, "galaxy": galaxy, **counts, **given}


def tree(galaxy: str, share: float = 0.9, **answers: str) -> list[dict[str, object]]:
    """Return the votes on a galaxy: nine of ten."""
    return [
        {"galaxy": galaxy, "name": galaxy, "question": question.replace("_", "-"),
         "answer": given, "votes": 9, "agreement": share}
        for question, given in answers.items()
    ]  # fmt: skip


VOTES = pd.DataFrame([
    *tree("a", smooth_or_featured="smooth", how_rounded="round", merging="none"),
    *tree("b", 0.7, smooth_or_featured="smooth", how_rounded="in-between"),
])  # fmt: skip
ANSWERS = pd.DataFrame([
    answer("a", 0, smooth_or_featured="smooth", how_rounded="round", merging="not-mentioned"),
    answer("a", 1, smooth_or_featured="featured-or-disk", merging="none"),
    answer("b", 0, smooth_or_featured="smooth", how_rounded="in-between"),
    answer("b", 1, smooth_or_featured="smooth", how_rounded="in-between"),
    answer("a", 0, "sea", smooth_or_featured="featured-or-disk", merging="none"),
    answer("b", 0, "sea", smooth_or_featured="featured-or-disk"),
])  # fmt: skip
ASKED = compare(ANSWERS, VOTES)


def test_a_score_is_the_share_of_the_volunteers_questions() -> None:
    table = agreement.scores(ASKED)
    assert table.loc["a"].to_dict() == {"sky": pytest.approx(1 / 2), "sea": pytest.approx(1 / 3)}
    assert table.loc["b"].to_dict() == {"sky": 1.0, "sea": 0.0}
    assert list(agreement.agreement_of(ASKED)) == ["sky", "sea"]
    assert agreement.agreement_of(ASKED)["sky"].value == pytest.approx(3 / 4)


def test_what_became_of_a_question_adds_up() -> None:
    shares = agreement.kinds_by_question(ASKED)
    assert list(shares.columns) == list(KINDS)
    assert shares.loc["how-rounded"].tolist() == pytest.approx([3 / 6, 0, 0, 3 / 6])
    assert shares.loc["merging"].tolist() == pytest.approx([2 / 3, 0, 1 / 3, 0])


def test_the_loss_at_the_first_question_is_what_follows_from_it() -> None:
    # a: sky lost 1/3 (not mentioned) and 2/3 (first and roundness); sea 2/3; b: sea 1
    lost = agreement.lost_at_first(ASKED)
    assert lost.value == pytest.approx((2 / 3 + 2 / 3 + 1) / (1 / 3 + 2 / 3 + 2 / 3 + 1))


def test_first_answers_are_counted_by_the_volunteers_answer() -> None:
    right = agreement.right_at_first(ASKED)
    assert {name: share.value for name, share in right.items()} == {"right_smooth": 3 / 6}
    assert agreement.single_vote(VOTES) == pytest.approx(45 / (3 * 10 + 2 * 9 / 0.7))


def test_differences_are_written_in_points() -> None:
    assert agreement.gain(ASKED, "sky", "sea").unit == POINTS


def test_the_best_constant_is_one_galaxy_s_answers() -> None:
    constant = agreement.best_constant(VOTES)
    assert (constant.name, constant.to_dict()) == ("a", {"a": 1.0, "b": 0.5})


def test_a_lead_is_one_only_if_its_interval_leaves_out_zero() -> None:
    assert agreement.leads(ASKED, agreement.best_constant(VOTES) - 2) == ["sea", "sky"]
    assert agreement.leads(ASKED, agreement.best_constant(VOTES)) == []


def test_the_front_holds_what_no_cheaper_one_equals() -> None:
    dear = ANSWERS.replace({"sky": "gpt-4.1-mini", "sea": "gpt-4o"})
    dear["cost"] = np.where(dear["configuration"] == "gpt-4o", 0.002, 0.001)
    first, second = agreement.by_price(dear, agreement.agreement_of(compare(dear, VOTES)))
    assert (first.name, first.is_front) == ("GPT-4.1 mini", True)
    assert (second.name, second.is_front) == ("GPT-4o", False)
    assert [first.usd, second.usd] == pytest.approx([1.0, 2.0])


def test_repeats_are_counted_galaxy_by_galaxy() -> None:
    first = repeats.first_answers(ASKED).set_index(["configuration", "galaxy"])
    assert first.loc[("sky", "a"), ["repeats", "right", "alike", "most"]].tolist() == [
        2, 1, False, "",
    ]  # fmt: skip
    assert first.loc[("sky", "b"), ["repeats", "right", "alike"]].tolist() == [2, 2, True]
    united = repeats.unanimous(first.reset_index())
    assert united.empty  # a has a tie, b two opinions


def test_a_tie_is_no_opinion_all_share() -> None:
    sea = repeats.first_answers(ASKED[ASKED["configuration"] == "sea"])
    assert repeats.unanimous(sea)["galaxy"].tolist() == ["a", "b"]
    table = repeats.against_volunteers(sea, VOTES)
    assert table["votes"].tolist() == ["9 of 10", "9 of 13"]
    assert set(table["said"]) == {"featured-or-disk"}
    assert repeats.kinds_of(table) == {"smooth / featured": ["a", "b"]}


def test_the_shortest_text_is_of_that_galaxy() -> None:
    rows = [("sky", "a", "long words"), ("sea", "a", "short"), ("sea", "b", "")]
    texts = pd.DataFrame(rows, columns=["configuration", "galaxy", "text"])
    assert repeats.shortest_text(Runs(texts, VOTES, 0), "a") == ("sea", "short")


def test_every_configuration_has_a_title() -> None:
    assert set(load("aion_answers").table["configuration"]) == set(TITLES)


# With the released files, by plain pandas


@pytest.fixture(scope="module")
def released() -> pd.DataFrame:
    """One row an answer, as released."""
    import os

    named = os.environ.get("SECONDSIGHT_MIRROR")
    if not named:
        pytest.skip("SECONDSIGHT_MIRROR names no folder of local copies of the outside files")
    files = sorted(Path(named).expanduser().glob("aion_search/runs/*.jsonl"))
    rows = [{**json.loads(line), "file": f.stem} for f in files for line in f.open()]
    return pd.DataFrame(rows).assign(configuration=lambda table: table["formatted_name"].map(slug))


@pytest.fixture(scope="module")
def book() -> pd.DataFrame:
    """The book's comparison."""
    return compare(load("aion_answers").table, load("aion_votes").table)


@pytest.mark.mirror
def test_scores_are_those_that_the_authors_computed(
    released: pd.DataFrame, book: pd.DataFrame
) -> None:
    ours = book.groupby(["configuration", "galaxy", "repeat"])["same"].mean()
    runs = released[["configuration", "file"]].drop_duplicates().sort_values("file")
    repeat = runs.set_index("file").groupby("configuration").cumcount()
    keys = [released["configuration"], released["object_id"], released["file"].map(repeat)]
    found = ours.loc[pd.MultiIndex.from_arrays(keys)].to_numpy()
    assert len(found) == 2_686
    assert found == pytest.approx(released["decision_tree_score"].to_numpy())


@pytest.mark.mirror
def test_agreement_by_configuration(released: pd.DataFrame, book: pd.DataFrame) -> None:
    each = released.groupby(["configuration", "object_id"])["decision_tree_score"].mean()
    theirs = each.groupby("configuration").mean()
    ours = {name: estimate.value for name, estimate in agreement.agreement_of(book).items()}
    assert ours == pytest.approx(theirs.to_dict())


@pytest.mark.mirror
def test_agreement_by_question(released: pd.DataFrame, book: pd.DataFrame) -> None:
    steps = released[["judge_results", "decision_tree"]].explode("decision_tree")
    nodes = steps["decision_tree"].map(lambda step: step["node"])
    judged = steps["judge_results"].map(lambda results: results["judge_path"])
    same = pd.Series([node in path for node, path in zip(nodes, judged, strict=True)])
    question = steps["decision_tree"].map(lambda step: step["question"]).to_numpy()
    theirs = same.groupby(question).mean()
    table = agreement.question_table(book)
    ours = [share.value for share in table["the volunteers' answer"]]
    assert ours == pytest.approx(theirs[list(TREE)].to_list())


@pytest.mark.mirror
def test_costs_efforts_and_leads(released: pd.DataFrame, book: pd.DataFrame) -> None:
    answers = load("aion_answers").table
    assert answers["cost"].sum() == pytest.approx(released["cost"].sum(), abs=1e-4)
    means = released.groupby("configuration")[["cost", "output_tokens", "time"]].mean()
    galaxy = released.pivot_table("decision_tree_score", "object_id", "configuration")
    for more, less in agreement.EFFORTS.values():
        times = agreement.times_as_much(answers, more, less).to_numpy()
        assert times == pytest.approx((means.loc[more] / means.loc[less]).to_numpy(), rel=1e-3)
        lead = (galaxy[more] - galaxy[less]).mean()
        assert agreement.gain(book, more, less).value == pytest.approx(lead)
    lead = (galaxy["o3-reasoning-low"] - galaxy["gpt-4.1-mini"]).mean()
    assert agreement.gain(book, "o3-reasoning-low", "gpt-4.1-mini").value == pytest.approx(lead)


@pytest.mark.mirror
def test_repeats_and_unanimity(released: pd.DataFrame, book: pd.DataFrame) -> None:
    shape = released["judge_results"].map(lambda r: r["judge_decision_tree"]["overall_shape"])
    truth = released["decision_tree"].map(lambda steps: steps[0]["answer"])
    table = released.assign(shape=shape, truth=truth)
    groups = table.groupby(["configuration", "object_id"])
    thrice = groups.filter(lambda own: len(own) == 3).groupby(["configuration", "object_id"])
    alike = thrice["shape"].agg(lambda codes: len(set(codes)) == 1)
    most = thrice["shape"].agg(lambda codes: codes.value_counts().index[0])
    right = most == thrice["truth"].first()
    steady = repeats.steadiness(repeats.first_answers(book))
    assert steady["steady_alike"].value == pytest.approx(alike.mean())
    assert steady["steady_right_alike"].value == pytest.approx(right[alike].mean())
    assert steady["steady_right_split"].value == pytest.approx(right[~alike].mean())

    majority = groups["shape"].agg(lambda codes: codes.mode()[0] if len(codes.mode()) == 1 else "")
    by_galaxy = majority.groupby("object_id")
    united = by_galaxy.first()[by_galaxy.agg(lambda codes: len(set(codes)) == 1)]
    united = united[united != ""]
    against = united[united != table.groupby("object_id")["truth"].first().loc[united.index]]
    first = repeats.first_answers(book)
    assert repeats.unanimous(first)["galaxy"].tolist() == sorted(united.index)
    found = repeats.against_volunteers(first, load("aion_votes").table)
    assert found["galaxy"].tolist() == sorted(against.index)
    assert (len(united), len(against)) == (28, 8)


@pytest.mark.mirror
def test_spreads_and_the_first_question(released: pd.DataFrame, book: pd.DataFrame) -> None:
    scored = released.groupby(["configuration", "object_id"])["decision_tree_score"]
    own = scored.var().groupby("configuration").mean().dropna()
    total = scored.mean().groupby("configuration").var()[own.index]
    sizes = scored.size().groupby("configuration").mean()[own.index]
    spreads = repeats.spreads(book)
    assert spreads["spread_within"].value == pytest.approx(np.sqrt(own.mean()))
    assert spreads["spread_between"].value == pytest.approx(np.sqrt((total - own / sizes).mean()))

    lost = 1 - released["decision_tree_score"]
    shape = released["judge_results"].map(lambda r: r["judge_decision_tree"]["overall_shape"])
    truth = released["decision_tree"].map(lambda steps: steps[0]["answer"])
    paths = released["judge_results"].map(lambda r: " ".join(r["judge_path"]))
    by_first = [
        sum(not n or step["question"] not in path for n, step in enumerate(steps)) / len(steps)
        for path, steps in zip(paths, released["decision_tree"], strict=True)
    ]
    share = pd.Series(by_first)[shape.ne(truth)].sum() / lost.sum()
    assert agreement.lost_at_first(book).value == pytest.approx(share)
