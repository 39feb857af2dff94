"""Training in two parts: first to see, then to understand words. Seeded, with progress.

First the pictures' side is trained on which of the things that captions say are so: from a random
start that teaches at once. Then what is seen stays as it is, and the two projections that join it
to words are trained on which text was drawn for which picture. The first part goes on at the epoch
where it was cut off; the second takes a minute.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import torch
from rich.progress import track
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from secondsight.dtypes import Pixels
from secondsight.minivlm.picture import planes
from secondsight.simulate.seed import generator
from secondsight.training.loop import Rows, Training, Weights, in_portions, train, whole_batches
from secondsight.training.minivlm.corpus import Corpus, load_corpus
from secondsight.training.minivlm.network import POOLED, Pair, TextHead, sigmoid_loss
from secondsight.training.minivlm.sentence_encoder import embed
from secondsight.training.settings import MiniVLMSettings

TURNED = {"lsbg", "morphology", "radio"}
"""Skies whose pictures may be turned and mirrored; a sheet of panels may not."""

BLUR = 0.05
"""Standard deviation by which a text's 384 numbers are blurred, so that what is worded nearly alike
is taken alike."""

GAIN, TINT, GRAIN, LIFT = 0.15, 0.08, 0.06, (-0.02, 0.06)
"""Spreads of what the root of a picture's light is multiplied by, in all and in each colour, the
strongest noise, and what is added to the light, so that no camera's own stretch is learnt."""

WEIGHTS_FILE, CURVE_FILE = "weights.safetensors", "curve.json"
Losses = dict[str, float]
"""From a sky to its mean loss."""
Drawn = tuple[str, Rows, Rows]
"""A sky, rows of its pictures, and for each a text that is true of it."""

JOINING = ("image.head.", "text.", "log_scale", "bias")
"""What the names of the weights begin with that the second part trains."""
WORDS_BIAS = -6.0
"""The sigmoid loss's bias at the start of the second part, where one text in `batch` fits."""


@dataclass(frozen=True)
class Batch:
    """Pictures of one sky, how they are turned, and a seed for the texts that go with them."""

    sky: str
    rows: Rows
    turn: int
    seed: int


def plan(settings: MiniVLMSettings, epoch: int) -> list[Batch]:
    """Return an epoch's batches, in an order that depends on the seed and the epoch alone."""
    chance = generator(settings.seed, "epoch", str(epoch))
    batches = []
    for sky, count in settings.counts.items():
        for rows in whole_batches(chance.permutation(count), settings.batch):
            turn = int(chance.integers(8)) if sky in TURNED else 0
            batches.append(Batch(sky, rows, turn, int(chance.integers(2**31))))
    chance.shuffle(batches)  # type: ignore[arg-type]
    return batches


def turned(pictures: Pixels, turn: int) -> Pixels:
    """Return pictures (n, h, w, 3) in one of the eight ways to turn and mirror a square."""
    flipped = pictures[:, ::-1] if turn >= 4 else pictures
    return np.ascontiguousarray(np.rot90(flipped, turn % 4, axes=(1, 2)))


def tensors(corpus: Corpus, batch: Batch) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """Return both views' planes, and which facts each picture has."""
    chance = np.random.default_rng(batch.seed)
    whole, middle = (
        weathered(layered(turned(view[batch.rows], batch.turn)), batch.sky, chance)
        for view in (corpus.wholes, corpus.middles)
    )
    return (whole, middle), torch.from_numpy(corpus.facts[batch.rows].astype(np.float32))


def layered(pictures: Pixels) -> Tensor:
    """Return the planes of pictures (n, h, w, 3), laid out as convolutions like them."""
    return torch.from_numpy(planes(pictures)).contiguous(memory_format=torch.channels_last)


def weathered(planes: Tensor, sky: str, chance: np.random.Generator) -> Tensor:
    """Return planes of another gain, tint, background and noise, if the sky is of `TURNED`."""
    if sky not in TURNED:
        return planes
    count, _, height, width = planes.shape
    gain = 1 + GAIN * chance.standard_normal((count, 1, 1, 1))
    tint = TINT * chance.standard_normal((count, 3, 1, 1))
    coarse = chance.standard_normal((count, 3, height // 2, width // 2), dtype=np.float32)
    noise = torch.from_numpy(coarse).repeat_interleave(2, 2).repeat_interleave(2, 3)
    level = torch.from_numpy(GRAIN * chance.random((count, 1, 1, 1))).float()
    lift = torch.from_numpy(chance.uniform(*LIFT, (count, 1, 1, 1))).float()
    light = planes[:, :3] * torch.from_numpy(gain + tint).float() + level * noise
    light = (light.clamp(min=0) ** 2 + lift).clamp(min=0).sqrt()
    whole = torch.cat([light.clamp(0, 1), planes[:, 3:]], dim=1)
    return whole.contiguous(memory_format=torch.channels_last)


def blurred(embeddings: npt.NDArray[np.float16], chance: np.random.Generator) -> Tensor:
    """Return texts' embeddings, blurred."""
    blur = chance.normal(0, BLUR, embeddings.shape)
    return torch.from_numpy((embeddings + blur).astype(np.float32))


def train_both(settings: MiniVLMSettings, folder: Path, workers: int = 2) -> dict[str, Corpus]:
    """Train both parts, or go on where an earlier run stopped; return the examples.

    They, checkpoints, curves and the weights (`WEIGHTS_FILE`) are kept in a folder. `workers` is
    how many processes draw examples, and how many threads train.

    Raises DataError if the loss is no longer a number, or `folder` holds another training's
    checkpoint.
    """
    torch.set_num_threads(workers)
    corpora = {
        sky: load_corpus(sky, count, folder / "examples", workers)
        for sky, count in settings.counts.items()
    }
    pair, pictures = learn_to_see(settings, corpora, folder)
    words = learn_words(pair, settings, corpora)
    save_file(pair.state_dict(), folder / WEIGHTS_FILE)
    curve = orjson.dumps({"pictures": pictures, "words": words})
    (folder / CURVE_FILE).write_bytes(curve)
    return corpora


def learn_to_see(
    settings: MiniVLMSettings, corpora: dict[str, Corpus], folder: Path
) -> tuple[Pair, list[Losses]]:
    """Train the pictures' side on which facts are so; return the networks, and epochs' losses.

    Each sky has a matrix of its own from what is gathered of a picture to the facts that the sky's
    captions can say. These matrices are needed no more afterwards.
    """
    torch.manual_seed(settings.seed)
    pair = Pair()
    facts = nn.ModuleDict(
        {sky: nn.Linear(POOLED, corpus.facts.shape[1]) for sky, corpus in corpora.items()}
    )
    seeing = [*pair.image.named_parameters(), *facts.named_parameters()]
    weights = {name: part for name, part in seeing if not name.startswith("head.")}
    steps = settings.epochs * len(plan(settings, 0))

    def batches(epoch: int) -> Iterable[Batch]:
        return track(plan(settings, epoch), f"epoch {epoch + 1} of {settings.epochs}")

    def loss(batch: Batch) -> Tensor:
        views, true = tensors(corpora[batch.sky], batch)
        with torch.autocast("cpu", torch.bfloat16):
            logits = facts[batch.sky](pair.image.pool(*views))
        return sigmoid_loss(logits.float(), true)

    def point(done: list[tuple[Batch, float]]) -> Losses:
        means = _means([(batch.sky, lost) for batch, lost in done], settings)
        print(means, flush=True)  # noqa: T201
        return means

    schedule = _schedule(weights, settings.rate, settings.decay, steps)
    training = Training(weights, schedule, settings.epochs, batches, loss, point, clip=1.0)
    return pair, train(training, settings, folder / "checkpoint.safetensors")


def learn_words(pair: Pair, settings: MiniVLMSettings, corpora: dict[str, Corpus]) -> list[Losses]:
    """Train both projections anew on which text was drawn; return the losses of each tenth."""
    torch.manual_seed(settings.seed)
    pools = {sky: pooled(pair, corpus) for sky, corpus in corpora.items()}
    pair.text.load_state_dict(TextHead().state_dict())
    with torch.no_grad():
        pair.log_scale.fill_(Pair().log_scale.item())
        pair.bias.fill_(WORDS_BIAS)
    sentences = {sky: embed(corpus.texts) for sky, corpus in corpora.items()}
    chance = generator(settings.seed, "words")
    tenth = max(1, settings.steps // 10)

    def loss(drawn: Drawn) -> Tensor:
        sky, rows, texts = drawn
        same = torch.from_numpy((texts[:, None] == texts[None, :]).astype(np.float32))
        read = blurred(sentences[sky][texts], chance)
        return sigmoid_loss(pair.logits(pair.image.project(pools[sky][rows]), read).float(), same)

    weights = {name: part for name, part in pair.named_parameters() if name.startswith(JOINING)}
    training = Training(
        weights,
        _schedule(weights, settings.words_rate, settings.decay, settings.steps),
        -(-settings.steps // tenth),
        _drawn(corpora, settings, tenth, chance),
        loss,
        lambda done: _means([(drawn[0], lost) for drawn, lost in done], settings),
        clip=1.0,
    )
    return train(training)


def _drawn(
    corpora: dict[str, Corpus], settings: MiniVLMSettings, tenth: int, chance: np.random.Generator
) -> Callable[[int], Iterator[Drawn]]:
    """Return from a tenth of the steps to its batches: the skies in turn, drawn as they come."""
    skies = list(corpora)

    def batches(part: int) -> Iterator[Drawn]:
        steps = range(part * tenth, min((part + 1) * tenth, settings.steps))
        for step in track(steps, f"joining to words, from step {steps.start + 1}"):
            sky = skies[step % len(skies)]
            rows = chance.integers(0, len(corpora[sky].facts), settings.words_batch)
            yield sky, rows, corpora[sky].texts_for(rows, chance)

    return batches


def pooled(pair: Pair, corpus: Corpus) -> Tensor:
    """Return what the image encoder gathers of each picture, before it is projected."""
    pair.eval()
    return in_portions(
        lambda whole, middle: pair.image.pool(layered(whole), layered(middle)),
        128,
        corpus.wholes,
        corpus.middles,
    )


def _means(losses: list[tuple[str, float]], settings: MiniVLMSettings) -> Losses:
    by_sky = {sky: [loss for name, loss in losses if name == sky] for sky in settings.counts}
    return {sky: round(sum(own) / len(own), 4) for sky, own in by_sky.items() if own}


def _schedule(weights: Weights, rate: float, decay: float, steps: int) -> LRScheduler:
    """Return AdamW at a rate that rises and falls; what isn't a matrix doesn't decay."""
    groups: list[dict[str, Any]] = [
        {
            "params": [weight for weight in weights.values() if weight.ndim > 1],
            "weight_decay": decay,
        },
        {
            "params": [weight for weight in weights.values() if weight.ndim <= 1],
            "weight_decay": 0.0,
        },
    ]
    rise = max(0.05, 2 / steps) if steps else 0.05  # of a few steps, two at least
    optimizer = torch.optim.AdamW(groups, lr=rate)
    return OneCycleLR(optimizer, rate, total_steps=max(1, steps), pct_start=rise)
