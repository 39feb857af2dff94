from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `train` or `radio`")

from safetensors.torch import save_file  # noqa: E402

from secondsight.errors import DataError  # noqa: E402
from secondsight.training.checkpoint import keep, resume  # noqa: E402


@dataclass(frozen=True)
class Rate:
    """A training's settings."""

    rate: float = 0.1


class Training:
    """Two steps of which the second follows from the first, with a part that is never reached."""

    def __init__(self, out: int = 2) -> None:
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(3, out)
        self.idle = torch.nn.Linear(2, 2)
        self.weights = {
            f"{part}.{name}": weight
            for part in ("layer", "idle")
            for name, weight in getattr(self, part).named_parameters()
        }
        groups = [{"params": [weight]} for weight in reversed(self.weights.values())]
        self.optimizer = torch.optim.AdamW(groups, lr=0.1)

    def step(self) -> "Training":
        self.optimizer.zero_grad()
        self.layer(torch.ones(1, 3)).square().sum().backward()
        self.optimizer.step()
        return self

    def keep(self, file: Path) -> Path:
        keep(file, Rate(), self.weights, self.optimizer, {"loss": [1, 0.1]}, {"a.b": torch.ones(2)})
        return file

    def resume(self, file: Path, rate: float = 0.1) -> Any:
        return resume(file, Rate(rate), self.weights, self.optimizer)


def test_a_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "a.safetensors"
    one, other = Training().step(), Training()
    one.optimizer.param_groups[1]["lr"] = 0.03  # as a schedule would
    about, extra = other.resume(one.keep(file))
    assert about == {"loss": [1, 0.1]}
    assert torch.equal(extra["a.b"], torch.ones(2))
    one.step()
    other.step()
    for name, weight in one.weights.items():
        assert torch.equal(weight, other.weights[name])
    assert [path.name for path in file.parent.iterdir()] == ["a.safetensors"]


def test_without_a_file_a_training_starts(tmp_path: Path) -> None:
    assert Training().resume(tmp_path / "none.safetensors") is None


def test_other_settings_and_other_weights_are_refused(tmp_path: Path) -> None:
    Training().step().keep(tmp_path / "a.safetensors")
    for training, rate in ((Training(), 0.2), (Training(out=1), 0.1)):
        with pytest.raises(DataError, match=r"a\.safetensors is of a training with other settings"):
            training.resume(tmp_path / "a.safetensors", rate)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_that_is_cut_short_is_named(share: float, tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    Training().step().keep(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match=r"a\.safetensors is damaged .* remove it to start anew"):
        Training().resume(file)


def test_weights_alone_are_no_checkpoint(tmp_path: Path) -> None:
    save_file({"layer.weight": torch.ones(2)}, tmp_path / "a.safetensors")
    with pytest.raises(DataError, match=r"a\.safetensors is no checkpoint"):
        Training().resume(tmp_path / "a.safetensors")
