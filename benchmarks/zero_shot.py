"""What the small model of our own can do, and whether it reads what it is asked.

Accuracy on each simulated data set with its prompt, beside the bare names, chance, and classifiers
that were shown labels; what follows when two descriptions change places; other people's wordings of
the same question. What it makes of real pictures is measured by `real_sky.py`.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sets import SETS
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.proportion import proportion_confint

from secondsight.datasets.registry import load
from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.model import MiniVLM
from secondsight.minivlm.question import Question
from secondsight.minivlm.reading.read import read_question
from secondsight.simulate.seed import generator
from secondsight.simulate.skies import find_sky
from secondsight.training.minivlm.examples import draw_example

RESULTS = Path(__file__).parent / "results"
PARAPHRASES = Path(__file__).parent.parent / "tests" / "minivlm" / "paraphrases"
WORDINGS = ("other wordings", "wordings looked at", "wordings developed on")
"""Those that nobody looked into, those that somebody did, and our own."""
TRUE = {"faint_glow": "1", "circular": "0", "elongated_smooth": "1", "side_disc": "2", "arms": "3",
        "core_bright": "0", "ends_bright": "1", "satellite": "1"}  # fmt: skip
"""From a training picture's main fact to its label, for the classifier that is shown labels."""
SWAPPED = {"lsbg": (0, 1), "morphology": (0, 3), "radio": (0, 1), "dwarfs": (0, 1)}
LEARNT, SUBJECTS, SEED = 3_000, 1_000, 3


def images(model: MiniVLM, pictures: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
    """Return embeddings, some pictures at a time."""
    parts = [
        model.encoders.embed_images(pictures[start : start + 64])
        for start in range(0, len(pictures), 64)
    ]
    return np.concatenate(parts)


def answers(model: MiniVLM, seen: npt.NDArray[np.float32], question: Question) -> list[str]:
    """Return the most probable category of each embedded picture."""
    return [question.options[int(model.judge(image, question).argmax())].code for image in seen]


def share(right: int, total: int) -> dict[str, Any]:
    """Return an accuracy with its Wilson interval."""
    low, high = proportion_confint(right, total, method="wilson")
    return {"right": right, "images": total, "accuracy": round(right / total, 4),
            "wilson": [round(float(low), 4), round(float(high), 4)]}  # fmt: skip


def scored(found: Sequence[str], true: Sequence[str]) -> dict[str, Any]:
    """Return how many answers are right."""
    return share(sum(a == b for a, b in zip(found, true, strict=True)), len(true))


def pictures_of(name: str) -> tuple[list[npt.NDArray[np.uint8]], list[str]]:
    """Return a data set's pictures and labels; of the campaign as many dwarfs as other subjects."""
    sky, table = find_sky(name), load(name).table
    if name == "dwarfs":
        chance = generator(SEED, "zero-shot")
        half = SUBJECTS // 2
        table = table.groupby("label").sample(half, random_state=chance)
    return [sky.draw(image_id) for image_id in table["image_id"]], table["label"].tolist()


def probe(model: MiniVLM, sky: str) -> Any:
    """Return a logistic regression on the encoder's embeddings of labelled training pictures."""
    examples = [draw_example(sky, number) for number in range(100_000, 100_000 + LEARNT)]
    seen = images(model, [example.pixels for example in examples])
    labels = [TRUE.get(example.main[0], "0") for example in examples]
    if sky == "dwarfs":
        labels = [_truth(number) for number in range(100_000, 100_000 + LEARNT)]
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000)).fit(
        seen, labels
    )


def _truth(number: int) -> str:
    from secondsight.training.minivlm.examples import SUBJECTS as TRAINED
    from secondsight.training.minivlm.examples import subjects

    return "1" if subjects()[number % TRAINED].kind == "dwarf" else "0"


def swap(question: Question, pair: tuple[int, int]) -> Question:
    """Return a question with the descriptions of two categories exchanged."""
    options = list(question.options)
    one, other = pair
    options[one], options[other] = (
        replace(options[one], description=options[other].description),
        replace(options[other], description=options[one].description),
    )
    return replace(question, options=tuple(options))


def measure(model: MiniVLM, name: str, prompt: str) -> dict[str, Any]:
    """Return what was measured on one data set."""
    pictures, true = pictures_of(name)
    seen = images(model, pictures)
    question = read_question(load_prompt(prompt).text)
    plain = answers(model, seen, question)
    exchanged = answers(model, seen, swap(question, SWAPPED[name]))
    codes = [question.options[place].code for place in SWAPPED[name]]
    other = dict(zip(codes, reversed(codes), strict=True))
    touched = [(a, b) for a, b in zip(plain, exchanged, strict=True) if a in other]
    differing = [(a, b) for a, b in zip(plain, exchanged, strict=True) if a != b]
    followed = sum(other.get(a) == b for a, b in differing)
    words = paraphrases(prompt)
    said = {about: worded(model, seen, true, question, words[about]) for about in WORDINGS}
    bare = read_question(load_prompt(f"{prompt}-names").text)
    counts = np.unique(true, return_counts=True)[1]
    return {
        "data set": name,
        "zero-shot": scored(plain, true),
        "bare names": scored(answers(model, seen, bare), true),
        "labelled probe": scored(probe(model, name).predict(seen), true),
        "most frequent": round(float(counts.max() / counts.sum()), 4),
        "swapped": {
            "answers touched": len(touched),
            "differed": len(differing),
            "followed the description": followed,
        },
        **said,
    }


def worded(
    model: MiniVLM,
    seen: npt.NDArray[np.float32],
    true: Sequence[str],
    question: Question,
    words: Sequence[str],
) -> list[float | None]:
    """Return the accuracy with each wording; None where its categories were not found."""
    asked = [read_question(text) for text in words]
    return [
        scored(answers(model, seen, one), true)["accuracy"] if _read(one, question) else None
        for one in asked
    ]


def _read(found: Question, question: Question) -> bool:
    """Whether a wording's categories were found, and each with what it is."""
    codes = {option.code for option in found.options if option.description or option.name}
    return codes == {option.code for option in question.options}


def paraphrases(prompt: str) -> dict[str, list[str]]:
    """Return other wordings of a prompt, by what was done with them."""
    path = PARAPHRASES / f"{prompt.rsplit('-', 1)[0]}.toml"
    words: dict[str, list[str]] = {about: [] for about in WORDINGS}
    for entry in tomllib.loads(path.read_text("utf-8"))["paraphrase"]:
        unseen, looked_at, ours = WORDINGS
        about = ours if "source" in entry else looked_at if entry["looked_at"] else unseen
        words[about].append(entry["text"])
    return words


def written(result: dict[str, Any]) -> str:
    """Return an accuracy as text."""
    low, high = result["wilson"]
    return f"{result['accuracy']:.3f} ({low:.3f} to {high:.3f})"


def listed(accuracies: Sequence[float | None]) -> str:
    """Return accuracies as text, worst to best, and how many wordings were not read."""
    read = sorted(value for value in accuracies if value is not None)
    said = ", ".join(f"{value:.2f}" for value in read)
    if len(read) < len(accuracies):
        return f"{said}; {len(accuracies) - len(read)} not read"
    return said or "none left"


def markdown(results: list[dict[str, Any]]) -> str:
    """Return the results as a page."""
    head = "| data set | images | zero-shot | bare names | probe with labels | most frequent |"
    lines = [head, "|---|---:|---|---|---|---:|"]
    for r in results:
        cells = [written(r[key]) for key in ("zero-shot", "bare names", "labelled probe")]
        lines.append(
            f"| {r['data set']} | {r['zero-shot']['images']} | {' | '.join(cells)} "
            f"| {r['most frequent']:.3f} |"
        )
    read = ["| data set | answers that differed | of these followed the description "
            "| wordings nobody looked into, worst to best | wordings looked at "
            "| fifteen of our own, on which phrases and reading were developed |",
            "|---|---:|---:|---|---|---|"]  # fmt: skip
    for r in results:
        swapped = r["swapped"]
        followed = swapped["followed the description"] / max(swapped["differed"], 1)
        read.append(
            f"| {r['data set']} | {swapped['differed']} | {followed:.0%} "
            f"| {' | '.join(listed(r[about]) for about in WORDINGS)} |"
        )
    return "\n\n".join(map("\n".join, [lines, read])) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SETS))
    parser.add_argument("--dry", action="store_true", help="write no files")
    options = parser.parse_args()
    model = MiniVLM.load()
    results = []
    for name in options.names:
        print(f"measuring {name}", file=sys.stderr)
        results.append(measure(model, name, SETS[name]))
    page = markdown(results)
    if not options.dry:
        said = json.dumps({"sets": results}, indent=1) + "\n"
        (RESULTS / "zero_shot.json").write_text(said, encoding="utf-8")
        (RESULTS / "zero_shot.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
