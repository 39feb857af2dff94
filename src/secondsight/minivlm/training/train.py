"""Training: seeded, with progress, resumable at every epoch."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import torch
from rich.progress import track
from safetensors.torch import load_file, save_file
from torch import Tensor

from secondsight.errors import DataError
from secondsight.minivlm.picture import Pixels, planes
from secondsight.minivlm.training.corpus import Corpus, load_corpus
from secondsight.minivlm.training.network import Pair, sigmoid_loss
from secondsight.simulate.seed import generator

TURNED = {"lsbg", "morphology", "radio"}
"""Skies whose pictures may be turned and mirrored; a sheet of panels may not."""

BLUR = 0.05
"""Standard deviation by which a text's 384 numbers are blurred, so that what is worded nearly alike
is taken alike."""


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
    """

    counts: dict[str, int] = field(
        default_factory=lambda: {
            "lsbg": 14_000,
            "morphology": 14_000,
            "dwarfs": 14_000,
            "radio": 7_000,
        }
    )
    epochs: int = 10
    batch: int = 128
    seed: int = 11
    rate: float = 1.5e-3
    decay: float = 0.05


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
    """Return planes, text embeddings, and which text goes with which picture.

    A text that two pictures drew goes with both. What is true of a picture and was drawn for
    another counts as the other's alone: told that it is true of both, the model understood wordings
    that it never saw less well.
    """
    chance = np.random.default_rng(batch.seed)
    pictures = turned(corpus.pictures[batch.rows], batch.turn)
    texts = corpus.texts_for(batch.rows, chance)
    true = torch.from_numpy((texts[:, None] == texts[None, :]).astype(np.float32))
    embeddings = corpus.embeddings[texts].astype(np.float32)
    blur = chance.normal(0, BLUR, embeddings.shape).astype(np.float32)
    embeddings = torch.from_numpy(embeddings + blur)
    light = torch.from_numpy(planes(pictures)).contiguous(memory_format=torch.channels_last)
    return light, embeddings, true


def train(
    settings: Settings, folder: Path, workers: int = 2, start: Path | None = None
) -> tuple[Path, dict[str, Corpus]]:
    """Train, or go on where an earlier run stopped; return the weights' file and the examples.

    Parameters
    ----------
    settings : Settings
    folder : Path
        Where examples, checkpoints and curves are kept.
    workers : int
        Processes that draw examples, and threads that train.
    start : Path, optional
        Weights to begin with; drawn at random if not given.

    Raises
    ------
    DataError
        If the loss is no longer a number, or `folder` holds another training's checkpoint.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(workers)
    corpora = {
        sky: load_corpus(sky, count, folder / "examples", workers)
        for sky, count in settings.counts.items()
    }
    pair = Pair()
    if start is not None:
        pair.load_state_dict(load_file(start), strict=False)
    groups = [
        {"params": [p for p in pair.parameters() if p.ndim > 1], "weight_decay": settings.decay},
        {"params": [p for p in pair.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.rate)
    steps = settings.epochs * len(plan(settings, 0))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.rate, total_steps=steps, pct_start=0.05
    )
    curve = _resume(folder, settings, pair, optimizer, schedule)
    for epoch in range(len(curve), settings.epochs):
        losses = dict.fromkeys(settings.counts, 0.0)
        batches = plan(settings, epoch)
        for batch in track(batches, f"epoch {epoch + 1} of {settings.epochs}"):
            losses[batch.sky] += _step(pair, optimizer, tensors(corpora[batch.sky], batch))
            schedule.step()
        share = {sky: sum(batch.sky == sky for batch in batches) for sky in losses}
        curve.append({sky: round(loss / share[sky], 4) for sky, loss in losses.items()})
        print(epoch + 1, curve[-1], flush=True)  # noqa: T201
        _keep(folder, settings, pair, optimizer, schedule, curve)
    return folder / "weights.safetensors", corpora


def _step(pair: Pair, optimizer: torch.optim.Optimizer, batch: tuple[Tensor, ...]) -> float:
    light, text, true = batch
    pair.train()
    with torch.autocast("cpu", torch.bfloat16):
        logits = pair(light, text)
    loss = sigmoid_loss(logits.float(), true)
    if not torch.isfinite(loss):
        raise DataError("training stopped: the loss is no longer a number; lower `rate`")
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(pair.parameters(), 1.0)
    optimizer.step()
    return float(loss)


def _keep(
    folder: Path,
    settings: Settings,
    pair: Pair,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    curve: list[dict[str, float]],
) -> None:
    """Write weights, optimizer and curve; the curve comes last and says that the rest is whole."""
    state = {
        "settings": asdict(settings),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "model": pair.state_dict(),
        "curve": curve,
    }
    half = folder / "checkpoint.half"
    torch.save(state, half)
    half.replace(folder / "checkpoint.pt")
    save_file(pair.state_dict(), folder / "weights.safetensors")
    (folder / "curve.json").write_bytes(orjson.dumps(curve))


def _resume(
    folder: Path,
    settings: Settings,
    pair: Pair,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> list[dict[str, float]]:
    """Load an earlier run's checkpoint, if there is one, and return its curve."""
    path = folder / "checkpoint.pt"
    if not path.exists():
        return []
    state = torch.load(path, weights_only=True)
    if state["settings"] != asdict(settings):
        raise DataError(f"{path} is of a training with other settings: remove it, or use another")
    pair.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    curve: list[dict[str, float]] = state["curve"]
    return curve
