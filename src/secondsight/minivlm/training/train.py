"""Training in two parts: first to see, then to understand words. Seeded, with progress.

First everything is trained on which texts of a batch are true of which picture: from a random
start that teaches at once. Then what is seen stays as it is, and the two projections that join it
to words are trained anew on which text was drawn for which picture: told that everything true is
alike, the model understood wordings that it never saw less well. The first part goes on at the
epoch where it was cut off; the second takes a minute.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import torch
from rich.progress import track
from safetensors.torch import save_file
from torch import Tensor, nn

from secondsight import checkpoint
from secondsight.dtypes import Pixels
from secondsight.minivlm.picture import planes
from secondsight.minivlm.training.captions import true_of
from secondsight.minivlm.training.corpus import Corpus, load_corpus
from secondsight.minivlm.training.network import Pair, TextHead, finite, sigmoid_loss
from secondsight.simulate.seed import generator

TURNED = {"lsbg", "morphology", "radio"}
"""Skies whose pictures may be turned and mirrored; a sheet of panels may not."""

BLUR = 0.05
"""Standard deviation by which a text's 384 numbers are blurred, so that what is worded nearly alike
is taken alike."""

WORDS_BIAS = -6.0
"""The sigmoid loss's bias at the start of the second part, where one text in `batch` fits."""


@dataclass(frozen=True)
class Settings:
    """How the model is trained.

    Attributes
    ----------
    counts : dict
        From each sky to how many examples there are of it.
    epochs, batch, seed : int
    rate : float
        The highest learning rate; it rises over the first twentieth and falls as a cosine.
    decay : float
        Weight decay.
    steps : int
        Batches of the second part, in ten portions for its curve.
    words_rate : float
        The second part's highest learning rate.
    """

    counts: dict[str, int] = field(
        default_factory=lambda: {
            "lsbg": 14_000,
            "morphology": 14_000,
            "dwarfs": 14_000,
            "radio": 7_000,
        }
    )
    epochs: int = 8
    batch: int = 128
    seed: int = 11
    rate: float = 1.5e-3
    decay: float = 0.05
    steps: int = 4_000
    words_rate: float = 2e-3


@dataclass(frozen=True)
class Batch:
    """Pictures of one sky, how they are turned, and a seed for the texts that go with them."""

    sky: str
    rows: npt.NDArray[np.intp]
    turn: int
    seed: int


def plan(settings: Settings, epoch: int) -> list[Batch]:
    """Return an epoch's batches, in an order that depends on the seed and the epoch alone."""
    chance = generator(settings.seed, "epoch", str(epoch))
    batches = []
    for sky, count in settings.counts.items():
        order = chance.permutation(count)
        for start in range(0, count - settings.batch + 1, settings.batch):
            rows = order[start : start + settings.batch]
            turn = int(chance.integers(8)) if sky in TURNED else 0
            batches.append(Batch(sky, rows, turn, int(chance.integers(2**31))))
    chance.shuffle(batches)  # type: ignore[arg-type]
    return batches


def turned(pictures: Pixels, turn: int) -> Pixels:
    """Return pictures (n, h, w, 3) in one of the eight ways to turn and mirror a square."""
    flipped = pictures[:, ::-1] if turn >= 4 else pictures
    return np.ascontiguousarray(np.rot90(flipped, turn % 4, axes=(1, 2)))


def tensors(corpus: Corpus, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Return planes, text embeddings, and which texts are true of which pictures."""
    chance = np.random.default_rng(batch.seed)
    pictures = turned(corpus.pictures[batch.rows], batch.turn)
    texts = corpus.texts_for(batch.rows, chance)
    true = true_of(corpus.facts[batch.rows], corpus.says[texts])
    light = torch.from_numpy(planes(pictures)).contiguous(memory_format=torch.channels_last)
    return light, blurred(corpus, texts, chance), torch.from_numpy(true.astype(np.float32))


def blurred(corpus: Corpus, texts: npt.NDArray[np.intp], chance: np.random.Generator) -> Tensor:
    """Return the texts' embeddings, blurred."""
    embeddings = corpus.embeddings[texts].astype(np.float32)
    blur = chance.normal(0, BLUR, embeddings.shape).astype(np.float32)
    return torch.from_numpy(embeddings + blur)


def train(settings: Settings, folder: Path, workers: int = 2) -> tuple[Path, dict[str, Corpus]]:
    """Train, or go on where an earlier run stopped; return the weights' file and the examples.

    Parameters
    ----------
    settings : Settings
    folder : Path
        Where examples, checkpoints and curves are kept.
    workers : int
        Processes that draw examples, and threads that train.

    Raises
    ------
    DataError
        If the loss is no longer a number, or `folder` holds another training's checkpoint.
    """
    torch.set_num_threads(workers)
    corpora = {
        sky: load_corpus(sky, count, folder / "examples", workers)
        for sky, count in settings.counts.items()
    }
    pair, pictures = learn_to_see(settings, corpora, folder)
    words = learn_words(pair, settings, corpora)
    save_file(pair.state_dict(), folder / "weights.safetensors")
    curve = orjson.dumps({"pictures": pictures, "words": words})
    (folder / "curve.json").write_bytes(curve)
    return folder / "weights.safetensors", corpora


def learn_to_see(
    settings: Settings, corpora: dict[str, Corpus], folder: Path
) -> tuple[Pair, list[dict[str, float]]]:
    """Train everything on which texts are true; return the networks, and each epoch's losses."""
    torch.manual_seed(settings.seed)
    pair = Pair()
    optimizer = _optimizer(list(pair.parameters()), settings.rate, settings)
    steps = settings.epochs * len(plan(settings, 0))
    schedule = _schedule(optimizer, settings.rate, steps)
    file, weights = folder / "checkpoint.safetensors", dict(pair.named_parameters())
    curve: list[dict[str, float]] = []
    if kept := checkpoint.resume(file, settings, weights, optimizer):
        curve = kept[0]["curve"]
        schedule.load_state_dict(kept[0]["schedule"])
    for epoch in range(len(curve), settings.epochs):
        losses = dict.fromkeys(settings.counts, 0.0)
        batches = plan(settings, epoch)
        for batch in track(batches, f"epoch {epoch + 1} of {settings.epochs}"):
            light, text, true = tensors(corpora[batch.sky], batch)
            with torch.autocast("cpu", torch.bfloat16):
                logits = pair(light, text)
            losses[batch.sky] += _step(pair, optimizer, logits, true)
            schedule.step()
        share = {sky: sum(batch.sky == sky for batch in batches) for sky in losses}
        curve.append({sky: round(loss / share[sky], 4) for sky, loss in losses.items()})
        print(epoch + 1, curve[-1], flush=True)  # noqa: T201
        about = {"curve": curve, "schedule": schedule.state_dict()}
        checkpoint.keep(file, settings, weights, optimizer, about)
    return pair, curve


def learn_words(
    pair: Pair, settings: Settings, corpora: dict[str, Corpus]
) -> list[dict[str, float]]:
    """Train both projections anew on which text was drawn; return the losses of each tenth."""
    torch.manual_seed(settings.seed)
    seen = {sky: pooled(pair, corpus) for sky, corpus in corpora.items()}
    pair.text.load_state_dict(TextHead().state_dict())
    with torch.no_grad():
        pair.log_scale.fill_(Pair().log_scale.item())
        pair.bias.fill_(WORDS_BIAS)
    trained = [*pair.image.head.parameters(), *pair.text.parameters(), pair.log_scale, pair.bias]
    optimizer = _optimizer(trained, settings.words_rate, settings)
    schedule = _schedule(optimizer, settings.words_rate, settings.steps)
    chance = generator(settings.seed, "words")
    skies, losses = list(corpora), []
    for step in track(range(settings.steps), "joining to words"):
        sky = skies[step % len(skies)]
        corpus = corpora[sky]
        rows = chance.integers(0, len(corpus.facts), settings.batch)
        texts = corpus.texts_for(rows, chance)
        drawn = torch.from_numpy((texts[:, None] == texts[None, :]).astype(np.float32))
        logits = pair.logits(pair.image.project(seen[sky][rows]), blurred(corpus, texts, chance))
        losses.append((sky, _step(pair, optimizer, logits, drawn)))
        schedule.step()
    tenth = max(1, settings.steps // 10)
    portions = [losses[start : start + tenth] for start in range(0, len(losses), tenth)]
    return [_means(portion, skies) for portion in portions]


def pooled(pair: Pair, corpus: Corpus) -> Tensor:
    """Return what the image encoder gathers of each picture, before it is projected."""
    pair.eval()
    with torch.inference_mode():
        parts = [
            pair.image.pool(torch.from_numpy(planes(corpus.pictures[start : start + 128])))
            for start in track(range(0, len(corpus.pictures), 128), "looking at the pictures")
        ]
    return torch.cat(parts).clone()


def _means(losses: list[tuple[str, float]], skies: list[str]) -> dict[str, float]:
    of = {sky: [loss for name, loss in losses if name == sky] for sky in skies}
    return {sky: round(sum(found) / len(found), 4) for sky, found in of.items() if found}


def _optimizer(
    parameters: list[nn.Parameter], rate: float, settings: Settings
) -> torch.optim.Optimizer:
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": settings.decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate)


def _schedule(
    optimizer: torch.optim.Optimizer, rate: float, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    rise = max(0.05, 2 / steps) if steps else 0.05  # of a few steps, two at least
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=max(1, steps), pct_start=rise
    )


def _step(pair: Pair, optimizer: torch.optim.Optimizer, logits: Tensor, true: Tensor) -> float:
    pair.train()
    loss = sigmoid_loss(logits.float(), true)
    finite(loss)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(pair.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())
