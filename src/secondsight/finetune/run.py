"""One run: a model goes through its stages and is measured before, between and after them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from secondsight.finetune.dialogue import DESCRIBE, FAR
from secondsight.finetune.evaluation import (
    Outcomes,
    beyond,
    of_descriptions,
    of_losses,
    others,
)
from secondsight.finetune.experiment import Course
from secondsight.finetune.llava import Talker, answers, look
from secondsight.finetune.recipe import Material, first_stage, second_stage
from secondsight.finetune.results import HOWS, MOMENTS
from secondsight.finetune.settings import Arm, Settings
from secondsight.finetune.stages import Point, Talks, talk_losses
from secondsight.minivlm.training.sentences import embed_in_full


class Run:
    """A model that was fine-tuned, and what it was at each moment.

    Parameters
    ----------
    course : Course
    talker : Talker
        The model before fine-tuning; it is changed in place.
    name : str
        What checkpoints and printed lines are named by.
    arm : Arm
        Whether there is a first stage, and whose conversations are learnt.
    settings : Settings
    folder : Path
        Where checkpoints are kept.
    adapters : bool
        Whether low-rank adapters are trained in the language model's place.
    before : bool
        Whether the model is measured before it is trained.

    Attributes
    ----------
    curves : dict
        From a stage to its loss curve.
    outcomes : dict
        From a moment to the metrics' values by picture.
    said : dict
        From a moment and a way of `HOWS` to a text a picture.
    weights : dict
        From a stage to how many weights it trained.
    """

    def __init__(
        self,
        course: Course,
        talker: Talker,
        name: str,
        arm: Arm,
        settings: Settings,
        folder: Path,
        *,
        adapters: bool = False,
        before: bool = False,
    ) -> None:
        self.course, self.talker, self.settings = course, talker, settings
        self.material = Material(
            talker.tokenizer,
            look(talker, course.learnt.pictures),
            course.learnt.captions,
            course.talks[arm.prompt],
            look(talker, course.held.pictures),
            course.held.captions,
        )
        self.asked = look(talker, course.asked)
        self.curves: dict[str, list[Point]] = {}
        self.outcomes: dict[str, Outcomes] = {}
        self.said: dict[str, dict[str, list[str]]] = {}
        self.weights: dict[str, int] = {}
        if before:
            self._measure(MOMENTS[0])
        if arm.first:
            self._stage("stage 1", first_stage, name, folder)
            self._measure(MOMENTS[1])
        self._stage("stage 2", partial(second_stage, adapters=adapters), name, folder)
        self._measure(MOMENTS[2])

    def _stage(
        self, stage: str, train: Callable[..., tuple[list[Point], int]], name: str, folder: Path
    ) -> None:
        self.curves[stage], self.weights[stage] = train(
            self.talker.model, self.material, self.settings, name, folder
        )

    def _measure(self, moment: str) -> None:
        model, tokenizer = self.talker.model, self.talker.tokenizer
        held = self.material.held_out
        swapped = Talks(held.talks, self.material.held_seen[others(self.course.sizes.held_out)])
        own, other = (
            talk_losses(model, talks, tokenizer.pad_token_id, self.settings)
            for talks in (held, swapped)
        )
        self.said[moment] = self._answers()
        described = self.said[moment]["described"]
        rows = embed_in_full(described).astype(np.float64)
        cosines = {name: rows @ one.T for name, one in self.course.references.items()}
        self.outcomes[moment] = (
            of_losses(own, other)
            | of_descriptions(described, self.course.labels, cosines)
            | {f"beyond.{how}": beyond(texts) for how, texts in self.said[moment].items()}
        )

    def _answers(self) -> dict[str, list[str]]:
        """Return what the model says of each picture, in each of the ways of `HOWS`."""
        ways = ((DESCRIBE, None), (DESCRIBE, self.settings.seed), (FAR, None))
        return {
            how: answers(
                self.talker.model, self.talker.tokenizer, self.asked, question, drawn=drawn
            )
            for how, (question, drawn) in zip(HOWS, ways, strict=True)
        }
