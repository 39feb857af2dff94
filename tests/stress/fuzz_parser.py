"""Parse texts that are nearly answers, and see that none is an error, a hang or another's label.

A case has a seed: the seed picks texts of the families and cuts, joins, repeats and litters them.
Whatever comes out, the parser must give one of its outcomes, a code of the task if it answered and
none if it did not, the same twice, and in less than two seconds of processor time.

    PYTHONPATH=src:tests:tests/inference python tests/stress/fuzz_parser.py --seconds 600 --seed 1

A case that failed is run again with `--only TASK:SEED`.
"""

import argparse
import random
import sys
import time

from parse_families import Case, all_cases
from parse_more_families import more_cases

from secondsight.datasets.tasks import TASKS
from secondsight.inference.parse import ANSWERED, OUTCOMES, Parser

CASES: list[Case] = [*all_cases(), *more_cases()]
LITTER = [
    "{", "}", '"', "```", "```json\n", "<think>", "</think>", "\\boxed{", "**", "\ufeff", "\x00",
    "\u202e", "\ud800", "not ", "1", "0.", "-", "%", " or ", "category ", "\n", "\r\n", ":", "?",
    "A ", "…", "\uff11", "é", "<|channel|>", "[", "(", "#", "&amp;", "e5",
]  # fmt: skip
LONGEST_RUN = 3_000
SECONDS = 2.0


def text_of(drawn: random.Random, task: str) -> str:
    """Return a text made of answers to a task."""
    texts = [case.text for case in CASES if case.task_name == task]
    text = drawn.choice(["", " ", "\n"]).join(drawn.choices(texts, k=drawn.randint(1, 4)))
    for _ in range(drawn.randint(0, 6)):
        place = drawn.randint(0, len(text))
        run = drawn.choice([1, 1, 1, 2, 30, LONGEST_RUN])
        litter = drawn.choice(LITTER) * run
        cut = place + drawn.choice([0, 0, 1, 5, 40])
        text = text[:place] + litter + text[cut:]
    return text


def complaint(task: str, seed: int) -> str | None:
    """Return what is wrong with how one case is parsed; None if nothing is."""
    text = text_of(random.Random(f"{task} {seed}"), task)
    start = time.process_time()
    first, second = (Parser(TASKS[task]).parse(text) for _ in range(2))
    took = (time.process_time() - start) / 2
    if first != second or first.outcome not in OUTCOMES:
        return f"{first} and {second}"
    if (first.label in TASKS[task].codes) is not (first.outcome == ANSWERED):
        return f"{first}"
    return f"{took:.1f} s for {len(text):,} characters" if took > SECONDS else None


def main() -> int:
    """Run cases until the time is up, and tell those that failed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", help="TASK:SEED")
    given = options.parse_args()
    if given.only:
        task, _, seed = given.only.rpartition(":")
        print(complaint(task, int(seed)) or "nothing wrong")
        return 0
    end, count, failed = time.monotonic() + given.seconds, 0, 0
    while time.monotonic() < end:
        seed = given.seed * 1_000_000 + count
        task = list(TASKS)[count % len(TASKS)]
        said = complaint(task, seed)
        failed += said is not None
        count += 1
        if said:
            print(f"{task}:{seed}: {said}")
    print(f"{count:,} cases, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
