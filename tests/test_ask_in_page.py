"""The page "Ask it yourself" in a real browser, the network blocked except to the book itself."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import cycle, islice
from typing import Any

import numpy as np
import pytest
from PIL import Image

from browsing import HTML, VIEWS, opened
from secondsight.book.ask_in_page import QUESTIONS, Bank
from secondsight.datasets.registry import load
from secondsight.minivlm.judge import wording
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.question import Option, Question
from secondsight.minivlm.server.images import picture
from secondsight.toml import read_toml

pytestmark = [pytest.mark.book, pytest.mark.browser]

WEB = HTML / "_static" / "web"
PAGE = "book/ask_in_page.html"
PICTURES = 200
DIFFERENT = 0.02
"""The share of pictures whose category may be another: a browser reads JPEG in its own way, and a
picture that fits two categories alike falls to either."""
TEXTS = [
    "a disc with spiral arms, without a bar through its centre",
    "Unlike the spiral, smooth; it has no arms or structure, but a dust lane.",
    "Ein schwacher, diffuser Fleck: Größe 3″ — naïve café, 星系 (M 31)",
    "no arms",
    "two " * 200 + "lobes",
    "don't: it isn't round, nor lacking a bulge... [SEP] [MASK] 12.5%",
    "yes, a ring",
]
ASK = """async ([files, options]) => {
    const { picture, model, score } = SecondSight;
    const texts = await model.embedTexts(options.map(score.wording));
    const answers = [];
    for (const [kind, content] of files) {
        const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
        const views = picture.views(await picture.decoded(new Blob([bytes], { type: kind })));
        const vector = await model.embedImage(views);
        const shares = score.probabilities(model.standingOut(vector), texts);
        answers.push([[...vector], shares]);
    }
    return answers;
}"""


@contextmanager
def asking(browser: Any, book: str, view: str = "desktop", hash_: str = "") -> Iterator[Any]:
    """Open the page and wait until its galaxies are there."""
    with opened(browser, book, view) as tab:
        tab.goto(f"{book}{PAGE}{hash_}")
        tab.locator(".ask-tile").first.wait_for()
        yield tab


@pytest.fixture(params=VIEWS)
def tab(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Any]:
    with asking(browser, site, request.param) as page:
        yield page


@pytest.fixture
def desktop(browser: Any, site: str) -> Iterator[Any]:
    with asking(browser, site) as page:
        yield page


@pytest.fixture
def with_model() -> None:
    if not (WEB / "ort.js").is_file():
        pytest.skip("the book was built without npm's part: the page has no model to try")


@pytest.fixture(scope="module")
def model() -> MiniVLM:
    return MiniVLM.load(threads=1)


def asked(tab: Any) -> None:
    """Wait until a question has been answered."""
    tab.wait_for_function(
        "() => !document.querySelector('[data-ask=ask]').disabled"
        " && document.querySelector('[data-ask=ask]').textContent === 'Ask'",
        timeout=120_000,
    )


def answers(tab: Any) -> list[str]:
    """Return what the page says of each galaxy."""
    told: list[str] = tab.locator(".ask-answer").evaluate_all(
        "all => all.map(each => each.childNodes[1].textContent)"
    )
    return told


def saved(pixels: Any, kind: str) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def pictures() -> list[tuple[str, bytes]]:
    """Return pictures of all skies, and some as a visitor has them: large, oblong, JPEG, WebP."""
    files: list[tuple[str, bytes]] = []
    for name, count in {"lsbg": 55, "morphology": 55, "radio": 50, "dwarfs": 20}.items():
        dataset = load(name)
        files += [("png", dataset.png(image)) for image in dataset.table["image_id"][:count]]
    galaxies = load("galaxy10")
    sizes = cycle([(256, 256), (900, 500), (333, 512), (48, 40)])
    kinds = cycle(["jpeg", "webp", "png"])
    for image in galaxies.table["image_id"][: PICTURES - len(files)]:
        size, kind = next(sizes), next(kinds)
        larger = Image.fromarray(galaxies.pixels(image)).resize(size)
        files.append((kind, saved(np.asarray(larger), kind)))
    return files


def test_answers_in_the_page_are_the_servers(
    desktop: Any, model: MiniVLM, with_model: None, record_property: Any
) -> None:
    desktop.evaluate(
        "async () => SecondSight.model.load((await new Promise(done => setTimeout(done)),"
        " ['ort.wasm', 'tokenizer.json', 'text.onnx', 'image.onnx', 'usual.npy']"
        ".map(name => ({ name, bytes: 1 }))), ['text', 'image'], () => {})"
    )
    ids = desktop.evaluate("texts => texts.map(SecondSight.model.tokens)", TEXTS)
    assert ids == [model.encoders.tokenizer.encode(text).ids for text in TEXTS]

    options = [vars(Option(str(place), "", text)) for place, text in enumerate(TEXTS)]
    heard = desktop.evaluate("options => options.map(SecondSight.score.wording)", options)
    assert heard == [wording(Option(**option)) for option in options]

    files = pictures()
    assert len(files) == PICTURES
    coded = [(f"image/{kind}", base64.b64encode(content).decode()) for kind, content in files]
    different, furthest = [], 0.0
    for sky, part in zip(cycle(read_toml(QUESTIONS, Bank).sky[:4]), range(0, PICTURES, 50)):
        question = Question(sky.question[0].options)
        told = desktop.evaluate(ASK, [coded[part : part + 50], [vars(o) for o in question.options]])
        for place, (vector, shares) in enumerate(told, start=part):
            kind, content = coded[place]
            pixels = picture(f"data:{kind};base64,{content}", "").pixels()
            off = np.abs(np.array(vector) - model._image(pixels)).max()
            if files[place][0] != "jpeg":
                furthest = max(furthest, float(off))
            if np.argmax(shares) != np.argmax(model.probabilities([pixels], question)):
                different.append(place)
    record_property("different", len(different))
    print(f"{len(different)} of {PICTURES} answers differ; vectors by {furthest:.1e} at most")
    assert furthest < 5e-3
    assert len(different) <= DIFFERENT * PICTURES, different
    assert desktop.wrong == []


@pytest.fixture
def from_disk(browser: Any, site: str) -> Iterator[Any]:
    with asking(browser, f"{HTML.as_uri()}/") as page:
        yield page


def test_listed_questions_are_answered_from_disk_as_the_model_does(
    from_disk: Any, model: MiniVLM
) -> None:
    tab = from_disk
    for sky in read_toml(QUESTIONS, Bank).sky[:4]:
        dataset = load(sky.dataset)
        if tab.evaluate("document.querySelector('[name=ask-sky]:checked').value") != sky.dataset:
            tab.check(f"[name=ask-sky][value={sky.dataset}]", force=True)
            tab.wait_for_function("name => location.hash.includes(`sky=${name}&`)", arg=sky.dataset)
        told = json.loads((WEB / f"ask-{sky.dataset}.js").read_text().split(", ", 1)[1][:-3])
        images = model.encoders.embed_images([dataset.pixels(name) for name in told["ids"]])
        for place, question in enumerate(sky.question):
            tab.select_option("[data-ask=question]", str(place))
            asked(tab)
            shares = [model.judge(image, Question(question.options)) for image in images]
            best = [question.options[int(np.argmax(each))].name for each in shares]
            near = sum(page != here for page, here in zip(answers(tab), best, strict=True))
            assert near <= 1, f"{sky.dataset}, {question.title}"
    tab.fill(".ask-row textarea", "something never said before")
    tab.click("[data-ask=ask]")
    tab.locator("[data-ask=status]", has_text="need the book behind a web server").wait_for()
    assert tab.wrong == []


def test_the_page_opens_light_and_asks_no_other_host(tab: Any, site: str) -> None:
    assert all(url.startswith(site) for url in tab.asked)
    own = {url.split("/")[-1] for url in tab.asked if "/_static/web/" in url}
    assert sum((WEB / name).stat().st_size for name in own) < 500_000
    assert not [name for name in own if name.endswith(".bin")]
    assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert tab.wrong == []


def test_a_changed_word_shows_what_flips(tab: Any, with_model: None) -> None:
    before = answers(tab)
    tab.fill(".ask-row >> nth=0 >> textarea", "a ring of little green blobs")
    assert tab.inner_text("[data-ask=ask]").startswith("Load the model (15.")
    tab.click("[data-ask=ask]")
    asked(tab)
    after = answers(tab)
    flips = sum(a != b for a, b in zip(before, after, strict=True))
    assert "agrees with the true category's name" in tab.inner_text("[data-ask=summary]")
    assert 0 < flips == tab.locator(".ask-was").count()
    assert f"{flips} of {len(after)} answers flip" in tab.inner_text("[data-ask=summary]")
    tab.locator("progress").wait_for(state="hidden")
    assert tab.wrong == []


def test_a_picture_of_ones_own_is_judged_and_sent_nowhere(
    tab: Any, model: MiniVLM, with_model: None
) -> None:
    dataset = load("morphology-256")
    content = dataset.png(dataset.table["image_id"].iloc[-1])
    file = {"name": "mine.png", "mimeType": "image/png", "buffer": content}
    tab.set_input_files("#ask-file", file)
    tab.locator("[data-ask=views]").wait_for(timeout=120_000)
    question = Question(read_toml(QUESTIONS, Bank).sky[0].question[0].options)
    shares = model.probabilities([picture_of(content)], question)
    best = question.options[int(np.argmax(shares))].name
    assert f"The model says {best}, {shares.max():.0%}" in tab.inner_text(".ask-seen")
    assert answers(tab)[0] == best
    assert "always picks one of the categories" in tab.inner_text(".ask-seen")
    assert not [url for url in tab.asked if url.endswith(".png") or "text.onnx" in url]
    tab.set_input_files("#ask-file", {**file, "buffer": b"no picture"})
    tab.locator("[data-ask=status]", has_text="can't read this file as an image").wait_for()
    tab.locator("[data-ask=views]").wait_for(state="hidden")
    assert tab.input_value("#ask-file") == ""
    assert tab.inner_text("[data-ask=what]").startswith("Picture ")
    assert tab.wrong == []


def picture_of(content: bytes) -> Any:
    return picture(f"data:image/png;base64,{base64.b64encode(content).decode()}", "").pixels()


def test_the_keyboard_alone_is_enough(tab: Any, with_model: None) -> None:
    tab.focus("[name=ask-sky]:checked")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("() => location.hash.includes('sky=lsbg&')")
    tab.keyboard.press("Tab")  # the list
    tab.keyboard.press("Tab")  # the first name
    tab.keyboard.type("smudge")
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => location.hash.includes('smudge')")
    focus = "document.activeElement"
    for _ in islice(cycle([0]), 40):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"{focus}.name") == "ask-galaxy":
            break
    tab.keyboard.press("ArrowRight")
    shown = tab.inner_text("[data-ask=what]")
    tab.keyboard.press("ArrowRight")
    assert tab.inner_text("[data-ask=what]") != shown
    assert tab.evaluate(f"{focus}.name") == "ask-galaxy"
    assert tab.wrong == []


def test_categories_come_and_go(tab: Any) -> None:
    rows = tab.locator(".ask-row")
    count = rows.count()
    tab.click("[data-ask=add]")
    assert rows.count() == count + 1
    assert tab.evaluate("document.activeElement.ariaLabel") == f"Name of category {count + 1}"
    for _ in range(count - 1):
        tab.locator(".ask-row button").first.click()
    assert rows.count() == 2
    assert tab.locator(".ask-row button").first.is_disabled()
    tab.click("[data-ask=ask]")
    tab.locator("[data-ask=status]", has_text="at least two").wait_for()


def test_the_same_question_once_more_keeps_the_comparison(tab: Any) -> None:
    tab.select_option("[data-ask=question]", "2")
    tab.locator("[data-ask=summary]", has_text="Compared with the previous question").wait_for()
    told, flips = tab.inner_text("[data-ask=summary]"), tab.locator(".ask-was").count()
    tab.click("[data-ask=ask]")
    asked(tab)
    assert tab.inner_text("[data-ask=summary]") == told
    assert tab.locator(".ask-was").count() == flips


def test_right_answers_are_counted_only_for_the_true_categories(tab: Any) -> None:
    assert "The model is right for" in tab.inner_text("[data-ask=summary]")
    colour = "() => document.querySelectorAll('.ask-row')[1].style.getPropertyValue('--ask-colour')"
    second = tab.evaluate(colour)
    tab.locator(".ask-row button").first.click()
    first = tab.evaluate(colour.replace("[1]", "[0]"))
    assert first == second
    tab.click("[data-ask=add]")
    tab.click("[data-ask=ask]")
    tab.locator("[data-ask=status]", has_text="without words was left out").wait_for()
    assert "Right answers are not counted" in tab.inner_text("[data-ask=summary]")


def test_the_address_holds_the_question(browser: Any, site: str, tab: Any) -> None:
    tab.select_option("[data-ask=question]", "2")
    tab.wait_for_function("() => location.hash.includes('whirlpool')")
    with asking(browser, site, hash_=tab.evaluate("location.hash")) as other:
        other.wait_for_function(
            "() => [...document.querySelectorAll('textarea')].some(e => e.value === 'a whirlpool')"
        )
        assert answers(other) == answers(tab)


def test_a_model_that_does_not_come_is_a_line_and_may_be_asked_for_again(
    desktop: Any, with_model: None
) -> None:
    desktop.route("**/text.onnx.bin", lambda route: route.fulfill(status=404))
    desktop.fill(".ask-row >> nth=0 >> textarea", "a ring of little green blobs")
    desktop.click("[data-ask=ask]")
    desktop.locator("[data-ask=status]", has_text="could not be loaded").wait_for()
    desktop.unroute("**/text.onnx.bin")
    desktop.click("[data-ask=ask]")
    asked(desktop)
    assert desktop.inner_text("[data-ask=status]") == ""
