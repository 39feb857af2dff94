"""`secondsight ask`: a model's answers about a folder of images, from nothing to a page."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table

from secondsight import paths
from secondsight.book.another_model import check_model, plan_for, quote_absent
from secondsight.book.execute import run_chapter
from secondsight.book.lone_page import write_page
from secondsight.book.record import local_server
from secondsight.book.wording import written
from secondsight.cli.shell import out, program, say
from secondsight.cli.spending import ask_to_spend, budget_of, check_room, did_you_mean, may_cost
from secondsight.datasets.registry import is_known
from secondsight.errors import ParameterError, SecondSightError
from secondsight.inference.ask import Plan
from secondsight.inference.budget import Budget
from secondsight.inference.cache import Cache
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import keep_prompt, readable_prompts, refuse_another
from secondsight.inference.recorder import Recorder, absent_places, recorded_as
from secondsight.inference.recording_plan import is_own, read_plan
from secondsight.metrics.confusion import Confusion
from secondsight.papers import your_galaxies
from secondsight.papers.read_answers import read_answers
from secondsight.papers.your_galaxies import Galaxies, Manner

CHAPTER = "12_your_galaxies"
SHAPES = "morphology-1"
TOLD = 8
"""So many names are listed in a line."""
RIGHT = "Images by label and answer; 95% Wilson intervals"


def ask(
    folder: Annotated[str, typer.Argument(help="A folder of images, or a data set's name.")],
    prompt: Annotated[
        str,
        typer.Option(
            help="A prompt's name in data/prompts, or the path of a file ending .md; of a folder "
            f"{SHAPES}, of a data set its own if not given."
        ),
    ] = "",
    model: Annotated[str, typer.Option(help="Whose answers; the local model's if not given.")] = "",
    base_url: Annotated[
        str | None, typer.Option(help="Where to ask; a server of our own is started if not given.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Only the first so many images; 0: all.")] = 0,
    repeats: Annotated[int, typer.Option(min=1, help="How often to ask about each image.")] = 1,
    examples: Annotated[
        int, typer.Option(min=0, help="Show so many labelled images of each category before.")
    ] = 0,
    output: Annotated[
        Path | None, typer.Option(help="Where all of it goes; FOLDER-answers here if not given.")
    ] = None,
    flips: Annotated[
        bool | None,
        typer.Option(help="Ask in other words too; only the local model if not given."),
    ] = None,
    skip_bad: Annotated[bool, typer.Option(help="Leave out what can't be used.")] = False,
    concurrency: Annotated[int, typer.Option(help="Requests under way at once.")] = 8,
    page: Annotated[bool, typer.Option(help="Write the page as HTML too.")] = True,
    max_tokens: Annotated[
        int, typer.Option(help="An answer's greatest length in tokens; 0: none is asked for.")
    ] = 0,
    max_usd: Annotated[
        float | None, typer.Option(help="Stop before more than this is spent, in US dollars.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Spend without a question.")] = False,
) -> None:
    """Ask a model about a folder of images, and show its answers beside labels and votes."""
    if limit < 0:
        raise ParameterError(f"the limit must be 1 image or more, or 0 for all, not {limit}")
    model = check_model(model) or read_plan().model
    manner = Manner(model, repeats, is_own(model) if flips is None else flips, examples, max_tokens)
    dataset = folder if is_known(folder) else str(Path(folder).resolve())
    prompt = placed(prompt or _own_question(folder))
    galaxies = your_galaxies.find(dataset, prompt, images=limit, skip_bad=skip_bad)
    _say_what(galaxies)
    place = (output or Path(f"{galaxies.dataset.name}-answers")).resolve()
    endpoint, budget = Endpoint(base_url, concurrency), budget_of(max_usd, model)
    recordings = place / "recordings"
    recorder = Recorder("new_episodes", endpoint, recordings, out.is_terminal, budget=budget)
    _record(galaxies, manner, recorder, sure=yes)
    answers = your_galaxies.ask_all(galaxies, manner, replace(recorder, mode="none"))
    _, options = manner.asked(galaxies)[your_galaxies.AS_ASKED]
    results = place / recorded_as(options.asked_as(galaxies.prompt.name), model)
    results.mkdir(exist_ok=True)
    your_galaxies.everything(galaxies, answers).to_csv(results / "answers.csv", index=False)
    _say_answers(galaxies, answers)
    given = {"dataset": dataset, "prompt": prompt, "images": limit, "skip_bad": skip_bad}
    given |= {"model": model, "repeats": repeats, "flips": manner.flips, "examples": examples}
    given |= {"max_tokens": max_tokens}
    notebook = results / f"{CHAPTER}.ipynb"
    run_chapter(CHAPTER, notebook, given | {"recordings": str(recorder.folder)})
    say(f"wrote {paths.typed(notebook)} and {paths.typed(results / 'answers.csv')}")
    if page:
        say(f"the page: {paths.typed(write_page(notebook, results / 'page'))}")
    _say_how_to_compare(galaxies, place, results.name)


def _say_how_to_compare(galaxies: Galaxies, place: Path, own: str) -> None:
    """Say what the recording is called, and how to hold it against the others of this folder."""
    name, recordings = galaxies.dataset.name, place / "recordings"
    say(f"recorded as {recorded_as(name, own)} in {paths.typed(recordings)}")
    tables = sorted(place.glob("*/answers.csv"))
    others = [path.parent.name for path in tables if path.parent.name != own]
    there = [recorded_as(name, each) for each in others]
    there = [each for each in there if _codes(each, recordings) == set(galaxies.task.codes)]
    if not there:
        return
    words = [program(), "compare", recorded_as(name, own), *there]
    words += ["--folder", paths.typed(recordings)]
    if galaxies.labelled and galaxies.folder:
        words += ["--images", paths.typed(galaxies.folder)]
    say(f"side by side: {shlex.join(words)}")


def _own_question(folder: str) -> str:
    """Return what is asked if nothing is said: the shapes, or what a data set's labels answer.

    Raises a ParameterError if the book asks nothing of them.
    """
    if not is_known(folder):
        return SHAPES
    try:
        planned = plan_for(dataset=folder).recording
    except ParameterError:
        planned = ()
    for recording in planned:
        if recording.dataset == folder:
            return recording.prompt
    known = ", ".join(prompt.name for prompt in readable_prompts())
    raise ParameterError(f"say with --prompt what the images of {folder} are asked: {known}")


def _codes(name: str, recordings: Path) -> set[str]:
    """Return among which codes a recording chose; none if that can't be said."""
    try:
        task = read_answers(name, recordings).task
    except SecondSightError:
        return set()
    return set(task.codes) if task else set()


def placed(prompt: str) -> str:
    """Return a prompt's name, or its file's absolute path: a notebook runs elsewhere."""
    return str(Path(prompt).absolute()) if prompt.endswith(".md") else prompt


def _say_what(galaxies: Galaxies) -> None:
    table = galaxies.dataset.table
    counts = f"{len(table):,} images, {galaxies.labelled:,} with a label"
    say(f"{galaxies.dataset.name}: {counts}, {len(galaxies.votes):,} with votes")
    for what, why in galaxies.left_out.items():
        say(f"left out: {what} {why}")
    if galaxies.ignored:
        more = ", …" if len(galaxies.ignored) > TOLD else ""
        say(f"no image: {', '.join(galaxies.ignored[:TOLD])}{more}")


def _record(galaxies: Galaxies, manner: Manner, recorder: Recorder, *, sure: bool) -> None:
    """Ask what is not recorded yet; without an address, of the local model by a server of ours."""
    endpoint = recorder.endpoint
    prompts = [asked for asked, _ in manner.asked(galaxies).values()]
    for asked in prompts:
        refuse_another(asked, recorder.folder)
    recorder.folder.mkdir(parents=True, exist_ok=True)
    cache = Cache(recorder.folder)
    plans = your_galaxies.plans(galaxies, manner)
    lacking = [(plan, places) for plan in plans if (places := absent_places(cache.find(plan.keys)))]
    if not lacking:
        say("all answers are recorded: nothing is asked")
        return
    local = endpoint.base_url is None and is_own(manner.model)
    if not local and may_cost(manner.model, endpoint.address):
        quotes = [quote_absent(plan, len(places)) for plan, places in lacking]
        for (plan, _), account in zip(lacking, quotes, strict=True):
            say(f"{plan.prompt.name}: {account}")
        if hint := "" if endpoint.base_url else did_you_mean(manner.model):
            say(hint)
        check_room(recorder.budget or Budget(), quotes)
        endpoint.client()  # a key that is missing is told before any question
        if not sure:
            ask_to_spend()
    for asked in prompts:
        keep_prompt(asked, recorder.folder)
    if not recorder.progress:
        say(_how_often(lacking))
    with local_server(endpoint) if local else nullcontext(endpoint) as server:
        your_galaxies.ask_all(galaxies, manner, replace(recorder, endpoint=server))


def _how_often(lacking: Sequence[tuple[Plan, Sequence[int]]]) -> str:
    """Return how often is asked, from the places of what each wording lacks."""
    count = sum(len(places) for _, places in lacking)
    images = len({plan.image_ids[place] for plan, places in lacking for place in places})
    total = f"asking {count:,} times: {images:,} image{'s' * (images != 1)}"
    return total if len(lacking) == 1 else f"{total}, in {len(lacking)} wordings"


def _say_answers(galaxies: Galaxies, answers: Mapping[str, pd.DataFrame]) -> None:
    table = answers[your_galaxies.AS_ASKED]
    if galaxies.labelled:
        out.print(_matrix(your_galaxies.confusion(table, galaxies.task)))
    counts = your_galaxies.outcomes(table).items()
    say(", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts))
    if len(galaxies.votes):
        share = written(your_galaxies.agreement_with_votes(galaxies, table))
        say(f"says what most volunteers say of {share} of the images voted on")
    for name, changed in your_galaxies.flips(answers).items():
        say(f"{name}: another answer for {written(changed)} of the images")


def _matrix(counted: Confusion) -> Table:
    """Return a confusion matrix for the terminal, with the share of each row that is right."""
    table = Table("true \\ answered", *counted.categories, *counted.others, "right", title=RIGHT)
    *rows, all_of_them = map(written, your_galaxies.rows_right(counted))
    for name, counts, right in zip(counted.categories, counted.counts.tolist(), rows, strict=True):
        table.add_row(name, *map(str, counts), right)
    empty = [""] * counted.counts.shape[1]
    table.add_row(f"all {counted.n:,}", *empty, all_of_them, style="bold")
    return table
