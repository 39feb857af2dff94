"""The page "Classify it yourself" in a real browser that reaches nothing but the book."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from browsing import HTML, VIEWS, opened
from secondsight.datasets.aion_search import find_runs
from secondsight.datasets.registry import load
from secondsight.datasets.votes import COLUMNS, count_votes, read_export, subject_names
from secondsight.inference.prompt import load_prompt
from secondsight.metrics.agreement import cohen_kappa
from secondsight.metrics.intervals import proportion
from secondsight.papers.your_class import SETS, find_class
from secondsight.paths import BOOK

pytestmark = [pytest.mark.book, pytest.mark.browser]

PAGE = "book/classify.html"
COUNT = 20
AXE = {"preload": False, "resultTypes": ["violations"]}
RADIO = """const S = SecondSight, data = S.openDataset(await S.load("radio"));
    const view = new S.View(data, data.prompts[0], data.prompts[0].models[0]);"""


@pytest.fixture(params=VIEWS)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    """A tab where nothing may go wrong."""
    with opened(browser, site, request.param) as page:
        yield page
        assert page.wrong == []


def invite(tab: Any, name: str, seed: int) -> None:
    tab.goto(f"{tab.book}{PAGE}#{name}-{seed}")
    tab.locator("#classify").wait_for()


def begin(tab: Any, name: str, seed: int = 7) -> None:
    """Open a round by its link."""
    invite(tab, name, seed)
    tab.get_by_role("button", name="Start", exact=True).click()
    tab.locator("#classify-round canvas[data-drawn]").wait_for()


def answer_all(tab: Any, answers: list[int]) -> None:
    """Answer by finger or mouse, a place each."""
    for place, answer in enumerate(answers):
        assert f"Galaxy {place + 1} of {COUNT}" in tab.locator("#classify-round").inner_text()
        button = tab.locator(".ss-classify-answers button").nth(answer)
        button.tap() if tab.view == "phone" else button.click()
    tab.locator("#classify-pause").wait_for()


def play(tab: Any, answers: list[int]) -> None:
    """Answer, and have the truth shown."""
    answer_all(tab, answers)
    reveal(tab)


def reveal(tab: Any) -> None:
    tab.get_by_role("button", name="Show the truth").click()
    tab.locator("#classify-end").wait_for()


def sheet(tab: Any) -> pd.DataFrame:
    """Return the table of twenty rows as the page shows it."""
    heads = tab.locator("[data-part=heads] th").all_inner_texts()
    cells = tab.locator("[data-part=sheet] tr :is(th, td)").all_inner_texts()
    rows = np.array(cells).reshape(-1, len(heads))
    return pd.DataFrame(rows, columns=heads).map(lambda text: text.removesuffix(" ✗"))


def saved(tab: Any, path: Path) -> Path:
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download my answers").click()
    download.value.save_as(path)
    return path


@pytest.mark.parametrize(("workflow", "name"), [(1, "morphology"), (3, "dwarfs")])
def test_a_round_is_played_and_its_file_is_read(
    tab: Any, tmp_path: Path, workflow: int, name: str
) -> None:
    begin(tab, name)
    buttons = tab.locator(".ss-classify-answers button").count()
    assert buttons in {3, 4}
    play(tab, [place % buttons for place in range(COUNT)])
    assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    path = saved(tab, tmp_path / "me.csv")
    assert tuple(pd.read_csv(path).columns) == COLUMNS
    votes, names = read_export(path), subject_names(path, "Filename")
    assert count_votes(votes)["votes"].tolist() == [1] * COUNT
    dataset, prompt = SETS[workflow]
    known = load(dataset).table["image_id"]
    assert all(known[subject - 1] == name.removesuffix(".png") for subject, name in names.items())
    room = find_class(str(tmp_path))
    said = room.said["me"].reindex(
        [names[row].removesuffix(".png") for row in votes.table["subject_id"]]
    )
    categories = [*load_prompt(prompt).categories.names, "can't tell"][:buttons]
    assert said.tolist() == [categories[place % buttons] for place in range(COUNT)]
    truth = room.truth[said.index]
    expected = {
        "The truth": truth,
        "with descriptions": room.model("minivlm-4")[said.index],
    }
    shown = sheet(tab)
    assert shown["No."].tolist() == [str(place + 1) for place in range(COUNT)]
    assert shown["You"].tolist() == said.tolist()
    assert shown["Truth"].tolist() == truth.tolist()
    assert shown["Model"].tolist() == expected["with descriptions"].tolist()
    tab.locator("[data-part=numbers] summary").click()
    rows = tab.locator("[data-part=table] tr").all_inner_texts()
    for who, answers in expected.items():
        [row] = [row for row in rows if who in row]
        assert f"{int((said == answers).sum())} of {COUNT}" in row
        kappa = cohen_kappa(said, answers)
        assert f"[{two(kappa.low)} to {two(kappa.high)}]" in row
    assert (
        f"{int((said == truth).sum())} of {COUNT}" in tab.locator("[data-part=note]").inner_text()
    )


def test_real_galaxies_stand_beside_their_volunteers_and_the_models(
    tab: Any, tmp_path: Path
) -> None:
    invite(tab, "real", 7)
    runs = find_runs()
    if runs is None or tab.locator("input[value=real]").count() == 0:
        pytest.skip("the real galaxies are not on this machine: secondsight data fetch")
    begin(tab, "real")
    answer_all(tab, [2] * COUNT)
    tab.get_by_role("button", name="Show what the volunteers said").click()
    tab.locator("#classify-end").wait_for()
    shown = sheet(tab)
    names = subject_names(saved(tab, tmp_path / "me.csv"), "Filename")
    galaxies = [names[subject].removesuffix(".png") for subject in read_order(tmp_path / "me.csv")]
    asked = runs.votes.query("question == 'smooth-or-featured'").set_index("galaxy")
    most = asked["answer"][galaxies].str.replace("-", " ")
    assert shown["You"].tolist() == ["smooth"] * COUNT
    assert shown["Volunteers"].tolist() == most.tolist()
    codes = runs.answers.set_index("galaxy")["smooth-or-featured"].str.replace("-", " ")
    for galaxy, together in zip(galaxies, shown["Models"], strict=True):
        counts = codes[[galaxy]].value_counts()
        assert counts[together] == counts.max()
    alike = int((most == "smooth").sum())
    words = tab.locator("#classify-end").inner_text()
    assert f"as most volunteers did on {alike} of {COUNT} real galaxies" in words
    assert "simulated" not in words
    assert tab.locator("[data-part=live]").is_hidden()


def read_order(path: Path) -> list[int]:
    """Return the subjects of an export in the order of its rows."""
    return [int(subject) for subject in pd.read_csv(path)["subject_ids"]]


def test_the_lessons_round_holds_about_as_many_of_each_shape(tab: Any) -> None:
    links = set(
        re.findall(r"classify\.html#(\w+)-(\d+)", (BOOK / "lesson_45.md").read_text("utf-8"))
    )
    assert links == set(
        re.findall(r"classify\.html#(\w+)-(\d+)", (BOOK / "teach.md").read_text("utf-8"))
    )
    ((name, seed),) = links
    invite(tab, name, int(seed))
    asked = """async ([name, seed]) => {
        const S = SecondSight, data = S.openDataset(await S.load(name));
        const view = new S.View(data, data.prompts[0], data.prompts[0].models[0]);
        return S.drawn(view, `${name}/${seed}`, 20).map((row) => view.truth(row)) }"""
    truths = tab.evaluate(asked, [name, seed])
    counts = pd.Series(truths).value_counts()
    assert len(counts) == 4
    assert counts.min() >= 4


def two(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def test_kappa_and_intervals_are_the_packages(tab: Any) -> None:
    tab.goto(f"{tab.book}{PAGE}")
    tab.locator("#classify").wait_for()
    draw = np.random.default_rng(5)
    pairs = [draw.integers(0, draw.integers(1, 5), (2, n)) for n in [1, 2, 5, *[20] * 60]]
    pairs += [np.array([[0, 1], [0, 1]]), np.array([[0, 0, 1], [1, 1, 0]]), np.zeros((2, 3), int)]
    asked = """pairs => pairs.map(([first, second]) => {
        const kappa = SecondSight.kappa(first, second);
        return [kappa.value, kappa.low, kappa.high].map(String) })"""
    told = tab.evaluate(asked, [pair.tolist() for pair in pairs])
    for pair, numbers in zip(pairs, told, strict=True):
        own = cohen_kappa(*(pd.Series(row.astype(str)) for row in pair))
        wanted = [own.value, own.low, own.high]
        assert [float(text) for text in numbers] == pytest.approx(wanted, abs=1e-9, nan_ok=True)
    counts = [(k, n) for n in (1, 20, 25) for k in range(n + 1)]
    shares = tab.evaluate("all => all.map(([k, n]) => SecondSight.proportion(k, n))", counts)
    for (k, n), share in zip(counts, shares, strict=True):
        own = proportion(k, n)
        assert [share["low"], share["high"]] == pytest.approx([own.low, own.high], abs=1e-9)


def test_a_round_is_played_by_keyboard_alone(tab: Any) -> None:
    invite(tab, "lsbg", 3)
    for _ in range(300):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent === 'Start'"):
            break
    tab.keyboard.press("Enter")
    tab.locator("#classify-round").wait_for()
    tab.keyboard.press("1")
    tab.keyboard.press("ArrowLeft")
    assert "Galaxy 1 of" in tab.locator("#classify-round").inner_text()
    tab.keyboard.press("9")  # is no answer
    for place in range(COUNT):
        tab.keyboard.press(str(1 + place % 3))
    tab.locator("#classify-pause").wait_for()
    assert tab.evaluate("document.activeElement.id") == "classify-paused"
    while tab.evaluate("document.activeElement.textContent") != "Show the truth":
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.locator("#classify-end").wait_for()
    assert tab.evaluate("document.activeElement.id") == "classify-done"
    tab.keyboard.press("ArrowRight")
    assert tab.locator("[data-part=name]").inner_text() == f"Galaxy 2 of {COUNT}"
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    assert tab.locator("[data-part=name]").inner_text() == f"Galaxy {COUNT} of {COUNT}"
    assert "Truth" in tab.locator("[data-part=facts]").inner_text()


def test_a_link_gives_the_same_galaxies_and_a_reload_goes_on(tab: Any) -> None:
    chosen = f"async seed => {{ {RADIO} return S.drawn(view, `radio/${{seed}}`, 20) }}"
    begin(tab, "radio")
    first, again, other = (tab.evaluate(chosen, seed) for seed in (7, 7, 8))
    assert first == again != other
    assert len(set(first)) == COUNT
    for _ in range(4):
        tab.keyboard.press("2")
    tab.reload()
    tab.get_by_role("button", name="Go on").click()
    tab.locator("[data-part=count]").get_by_text("Galaxy 5 of").wait_for()
    tab.wait_for_url("**/*#radio-7")


def test_an_older_links_round_is_the_same(tab: Any) -> None:
    tab.goto(f"{tab.book}{PAGE}#set=radio&seed=7")
    tab.get_by_role("heading", name="Round 7: Radio galaxies, FR I or FR II").wait_for()


def test_a_link_opens_a_plain_start_and_the_form_is_folded_away(tab: Any) -> None:
    invite(tab, "morphology", 7)
    assert tab.locator("#classify-title").inner_text() == "Round 7: Four shapes of galaxies"
    tab.locator("[name=seed]").wait_for(state="hidden")
    tab.goto(f"{tab.book}book/ethics.html")
    tab.goto(f"{tab.book}{PAGE}")
    tab.locator("[name=seed]").fill("12")
    assert tab.locator("#classify-title").inner_text() == "Round 12: Four shapes of galaxies"


def test_after_the_last_answer_nothing_is_told_until_it_is_asked_for(tab: Any) -> None:
    begin(tab, "morphology")
    answer_all(tab, [0] * COUNT)
    tab.locator("#classify-end").wait_for(state="hidden")
    mine = tab.locator("[data-part=mine] button")
    assert mine.all_inner_texts() == [f"{place + 1} round" for place in range(COUNT)]
    mine.nth(11).click()
    assert tab.locator("[data-part=count]").inner_text() == f"Galaxy 12 of {COUNT}"
    tab.locator(".ss-classify-answers button").nth(3).click()
    assert mine.nth(11).inner_text() == "12 spiral"
    tab.reload()
    tab.get_by_role("button", name="Go on").click()
    tab.locator("#classify-pause").wait_for()
    reveal(tab)
    assert sheet(tab)["You"][11] == "spiral"
    tab.locator("[data-part=sheet] button").nth(11).click()
    assert tab.locator("[data-part=name]").inner_text() == f"Galaxy 12 of {COUNT}"


def test_another_round_keeps_the_first_and_deleting_one_asks(tab: Any) -> None:
    begin(tab, "radio")
    play(tab, [1] * COUNT)
    before = sheet(tab)
    tab.get_by_role("button", name="Another round").click()
    assert tab.locator("#classify-title").inner_text().startswith("Round 8:")
    tab.get_by_role("link", name="Round 7").click()
    tab.get_by_role("button", name="See the results").click()
    pd.testing.assert_frame_equal(sheet(tab), before)
    tab.get_by_role("button", name="Another round").click()
    delete = tab.get_by_role("button", name="Delete Round 7")
    tab.once("dialog", lambda dialog: dialog.dismiss())
    delete.click()
    tab.once("dialog", lambda dialog: dialog.accept())
    delete.click()
    tab.locator("[data-part=rounds]").wait_for(state="hidden")
    assert tab.evaluate("Object.keys(localStorage).filter(key => key.includes('classify'))") == []


def test_axe_finds_no_fault_on_the_way_through_a_round(tab: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check(title: str) -> None:
        violations = axe.run(tab, options=AXE).response["violations"]
        assert [violation["id"] for violation in violations] == [], title

    invite(tab, "morphology", 7)
    check("invitation")
    begin(tab, "morphology")
    check("round")
    answer_all(tab, [0] * COUNT)
    check("pause")
    reveal(tab)
    tab.locator("[data-part=numbers] summary").click()
    check("end")
    tab.get_by_role("button", name="Another round").click()
    check("another round")
    tab.get_by_role("button", name="Show it large").click()
    tab.locator("#classify-link").wait_for()
    check("link")


def test_a_link_within_the_page_leaves_the_round_as_it_is(tab: Any) -> None:
    begin(tab, "radio", 3)
    tab.locator(".ss-classify-answers button").first.click()
    tab.evaluate("location.hash = '#what-leaves-this-page'")
    tab.wait_for_url("**#radio-3")
    assert "Galaxy 2 of 20" in tab.locator("#classify-round").inner_text()
    tab.reload()
    assert "1 of 20 are answered" in tab.locator("#classify-start").inner_text()
    assert "Round 3" in tab.locator("#classify-title").inner_text()


def test_by_keyboard_a_number_leads_to_its_picture_and_arrows_to_the_others(tab: Any) -> None:
    begin(tab, "lsbg")
    play(tab, [2] * COUNT)
    assert f"You could not tell on {COUNT}" in tab.locator("[data-part=note]").inner_text()
    tab.get_by_role("button", name="Galaxy 5", exact=True).first.press("Enter")
    assert tab.evaluate("document.activeElement.textContent") == "Galaxy 5 of 20"
    tab.locator("[data-part=thumbs] button[tabindex='0']").press("ArrowRight")
    assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Galaxy 6:")
    assert tab.locator("[data-part=thumbs] button[tabindex='0']").count() == 1


def test_who_cannot_tell_is_told_before_and_is_not_called_wrong(tab: Any) -> None:
    invite(tab, "radio", 1)
    assert "apart from wrong answers" in tab.locator("[data-part=offer]").inner_text()
    begin(tab, "radio", 1)
    play(tab, [2] * COUNT)
    thumb = tab.locator("[data-part=thumbs] button").nth(3)
    assert thumb.get_attribute("aria-label").startswith("Galaxy 4: you could not tell")
    assert thumb.inner_text().startswith("4 ?")
    assert tab.locator("[data-part=sheet] td:nth-of-type(1).ss-classify-no").count() == 0
    invite(tab, "morphology", 1)
    assert "tell" not in tab.locator("[data-part=offer]").inner_text()


def test_galaxies_that_are_equally_divided_are_all_named(tab: Any) -> None:
    begin(tab, "radio", 1)
    play(tab, [(2, 0, 1)[place % 3] for place in range(COUNT)])
    lines = tab.locator("[data-part=split] p")
    for place in range(1, lines.count()):
        equal = lines.nth(place).get_by_role("button").count()
        assert equal == 1 or f"{equal} galaxies equally" in lines.nth(place).inner_text()
    listed = tab.locator("[data-part=split] button").count()
    assert listed == tab.locator("[data-part=thumbs] span", has_text="≠").count()


def test_a_sheet_has_its_key_and_what_is_chosen_is_seen(tab: Any) -> None:
    begin(tab, "dwarfs", 1)
    assert tab.locator("[data-part=key]").inner_text().startswith("Left: a map of the stars")
    play(tab, [1] * COUNT)
    tab.locator("[data-part=key-again]").wait_for()
    thumb = tab.locator("[data-part=thumbs] button").nth(3)
    thumb.tap() if tab.view == "phone" else thumb.click()
    picture = tab.locator("[data-part=seen]").bounding_box()
    assert picture["y"] >= -1  # a page scrolls by whole pixels
    assert picture["y"] + picture["height"] <= tab.viewport_size["height"] + 1
    begin(tab, "radio", 1)
    tab.locator("[data-part=key]").wait_for(state="hidden")


def test_a_round_that_has_begun_needs_no_network(tab: Any) -> None:
    invite(tab, "morphology", 7)
    start = tab.get_by_role("button", name="Start", exact=True)
    tab.context.set_offline(True)
    start.click()
    tab.locator("[data-part=trouble]").get_by_text("connected").wait_for()
    tab.context.set_offline(False)
    start.click()
    tab.locator("#classify-round").wait_for()
    tab.context.set_offline(True)
    play(tab, [0] * COUNT)
    assert tab.locator("[data-part=thumbs] canvas[data-drawn]").count() == COUNT
    status = tab.locator("[data-part=live-status]")
    status.get_by_text("needs a network").wait_for()
    tab.context.set_offline(False)
    tab.get_by_role("button", name="Ask the small model now").click()
    tab.wait_for_function(
        "!document.querySelector('[data-part=live-status]').textContent.includes('network')"
    )
    tab.wrong[:] = [line for line in tab.wrong if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_link_is_shown_large_and_as_a_code_of_squares(tab: Any) -> None:
    tab.goto(f"{tab.book}{PAGE}")
    tab.get_by_role("button", name="Show it large").click()
    shown = tab.locator("#classify-link")
    shown.wait_for()
    link = f"{tab.book}{PAGE}#morphology-1"
    assert shown.locator("[data-part=address]").inner_text() == link
    assert "opens nowhere else" in shown.inner_text()  # the test's server is for this machine alone
    if (HTML / "_static/web/qr.js").is_file():
        assert shown.locator("svg").bounding_box()["width"] > 150
    tab.get_by_role("button", name="Close").click()
    shown.wait_for(state="hidden")


def test_a_galaxy_fills_the_screen_without_its_truth(tab: Any) -> None:
    begin(tab, "morphology")
    play(tab, [0] * 20)
    tab.get_by_role("button", name="Fill the screen").click()
    large = tab.get_by_role("dialog", name="Galaxy 1 of 20")
    filled, window = large.locator("canvas").bounding_box(), tab.viewport_size
    assert filled["width"] == window["width"]
    assert filled["height"] >= 0.9 * window["height"]
    tab.keyboard.press("ArrowLeft")
    shown = tab.get_by_role("dialog", name="Galaxy 20 of 20")
    assert shown.inner_text().split() == ["Galaxy", "20", "of", "20", "Close"]
    tab.keyboard.press("Escape")
    tab.get_by_role("heading", name="Galaxy 20 of 20").wait_for()
    assert tab.get_by_role("dialog").count() == 0


def test_the_draw_is_fair_within_each_truth(tab: Any) -> None:
    tab.goto(f"{tab.book}{PAGE}")
    tab.locator("#classify").wait_for()
    shares = """const truths = [0, 1].map(own => view.rows.filter(row => view.truth(row) === own));
        const of = rows => rows.filter(row => view.right(row)).length / rows.length;
        const drawn = [...Array(200).keys()].flatMap(seed => S.drawn(view, String(seed), 20));
        return [(of(truths[0]) + of(truths[1])) / 2, of(drawn)]"""
    right = tab.evaluate(f"async () => {{ {RADIO} {shares} }}")
    assert math.isclose(*right, abs_tol=0.04)


def test_sets_are_those_that_the_package_knows(tab: Any) -> None:
    tab.goto(f"{tab.book}{PAGE}")
    tab.locator("#classify").wait_for()
    simulated = "SecondSight.SETS.filter(({prompt}) => !prompt)"  # of others nobody knows the truth
    sets = tab.evaluate(f"{simulated}.map(({{workflow, dataset}}) => [workflow, dataset])")
    assert dict(sets) == {number: name for number, (name, _) in SETS.items()}


def test_the_model_is_asked_again_in_the_page(tab: Any) -> None:
    begin(tab, "morphology")
    play(tab, [0] * COUNT)
    live = tab.locator("[data-part=live]")
    status = tab.locator("[data-part=live-status]")
    tab.wait_for_function(
        "!document.querySelector('[data-part=live]').hidden"
        " || document.querySelector('[data-part=live-status]').textContent"
    )
    if not live.is_visible():
        assert "no model to ask" in status.inner_text()
        return
    live.click()
    status.get_by_text("just now").wait_for(timeout=120_000)
    assert sheet(tab).columns[-1] == "Model now"
    tab.locator("[data-part=numbers] summary").click()
    [recorded, now] = [
        tab.locator("[data-part=table] tr", has_text=who).inner_text().split("\n")[0].split("\t")[1]
        for who in ("with descriptions", "asked just now")
    ]
    assert abs(int(recorded.split()[0]) - int(now.split()[0])) <= 2
