"""Both stages on tiny networks: what is trained, what is counted, and how a training goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("extra_finetune", reason="training needs the extra `finetune`")

import torch
import transformers
from safetensors.torch import load_file

from llava_of_the_hub import save_llava_of_the_hub
from secondsight.errors import DataError
from secondsight.minivlm.picture import planes
from secondsight.training import loop
from secondsight.training.llava.chat_tokens import (
    DESCRIBE,
    IGNORED,
    collated,
    encoded,
    question_ids,
)
from secondsight.training.llava.chat_training import Chats, loss_of, losses_of
from secondsight.training.llava.conversations import Turn
from secondsight.training.llava.llava_model import (
    Llava,
    answers,
    encode_images,
    load_llava,
    make_llava,
)
from secondsight.training.llava.small_llavas import make_language_model, make_tokenizer
from secondsight.training.llava.two_stages import (
    ADAPTERS,
    LANGUAGE,
    PROJECTOR,
    Material,
    adapt_language_model,
    first_stage,
    second_stage,
    unfrozen,
)
from secondsight.training.llava.vision_tower import DEPTHS, SIDE, VisionTower, make_vision_tower
from secondsight.training.minivlm.network import ImageEncoder
from secondsight.training.settings import LanguageModelSize, LlavaSettings, Stage

TEXTS = ["A round glow.", "Two arms wind around the centre.", "A thin bar, seen from its side."]
TINY = LlavaSettings(
    words=Stage(2, 1e-2, 2), first=Stage(6, 1e-2, 2), second=Stage(6, 1e-2, 2), every=2, half=False
)
PICTURES = np.random.default_rng(1).integers(0, 255, (3, 64, 64, 3), np.uint8)


def made() -> tuple[Any, Material]:
    """Return a tiny LLaVA with random weights, and three pairs with conversations."""
    tokenizer = make_tokenizer([*TEXTS, DESCRIBE])
    language_model = make_language_model(LanguageModelSize(16, 2, 2), tokenizer, seed=1)
    torch.manual_seed(2)
    tower = make_vision_tower("trained", ImageEncoder())
    model = make_llava(tower, language_model, tokenizer, seed=3)
    features = encode_images(llava(model, tokenizer), PICTURES)
    talks = [(Turn("What is it?", text), Turn("How far?", "It can't be told.")) for text in TEXTS]
    talks[1] = ()  # one could not be read
    return model, Material(tokenizer, features, TEXTS, talks, features[:2], TEXTS[:2])


def llava(model: Any, tokenizer: Any) -> Llava:
    """Return the model with its tokenizer and its own way to take pictures."""
    return Llava(model, tokenizer, lambda pictures: torch.from_numpy(planes(pictures)))


def state(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return a copy of all weights."""
    return {name: one.detach().clone() for name, one in model.named_parameters()}


def moved(before: dict[str, torch.Tensor], model: torch.nn.Module) -> set[str]:
    """Return the names of the weights that are no longer what they were."""
    return {
        name
        for name, one in model.named_parameters()
        if name not in before or not torch.equal(before[name], one)
    }


def test_the_first_stage_trains_the_projector_and_nothing_else(tmp_path: Path) -> None:
    model, material = made()
    before = state(model)
    curve, count = first_stage(model, material, TINY, "one", tmp_path)
    allowed = {name for name in before if PROJECTOR[0] in name}
    assert moved(before, model) == allowed
    assert count == sum(before[name].numel() for name in allowed)
    assert [point.step for point in curve] == [2, 4, 6]
    assert curve[-1].loss < curve[0].loss


def test_the_second_stage_trains_all_but_the_image_encoder(tmp_path: Path) -> None:
    model, material = made()
    before = state(model)
    _, count = second_stage(model, material, TINY, "one", tmp_path)
    allowed = {name for name in before if "vision_tower" not in name}
    assert moved(before, model) <= allowed
    reached = {name for name, one in model.named_parameters() if one.grad is not None}
    assert reached == allowed
    assert count == sum(before[name].numel() for name in allowed)
    assert all(any(part in name for part in PROJECTOR + LANGUAGE) for name in allowed)


def test_with_adapters_the_language_model_itself_stays(tmp_path: Path) -> None:
    model, material = made()
    before = state(model)
    adapt_language_model(model, seed=0)
    _, count = second_stage(model, material, TINY, "one", tmp_path)
    after = {name.replace(".base_layer", ""): one for name, one in model.named_parameters()}
    for name, one in before.items():
        assert torch.equal(after[name], one) == (PROJECTOR[0] not in name), name
    adapted = sum(one.numel() for name, one in after.items() if ADAPTERS[0] in name)
    assert count == adapted + sum(
        one.numel() for name, one in before.items() if PROJECTOR[0] in name
    )


def test_adapters_change_nothing_before_they_are_trained() -> None:
    model, material = made()
    before = losses_of(model, material.held_out, TINY)
    adapt_language_model(model, seed=0)
    assert np.allclose(losses_of(model, material.held_out, TINY), before, atol=1e-6)


def test_the_loss_counts_answers_alone() -> None:
    model, material = made()
    tokenizer = material.tokenizer
    talk = encoded([Turn("What?", "A glow."), Turn("More?", "No.")], tokenizer, 16)
    said = tokenizer.decode([label for label in talk.labels if label != IGNORED])
    assert said == " A glow.</s> No.</s>"
    both = [talk, material.described.conversations[0]]
    ids, mask, labels = collated(both, tokenizer.pad_token_id)
    assert ids.shape == mask.shape == labels.shape
    own = model(input_ids=ids, attention_mask=mask, labels=labels, pixel_values=_pixels(2)).loss
    chats = Chats(both, tokenizer.pad_token_id, material.features[:2])
    ours = loss_of(model, chats, np.arange(2), TINY)
    assert torch.allclose(own, ours, atol=1e-5)  # the library's loss, and its own image encoder


def _pixels(count: int) -> torch.Tensor:
    return torch.from_numpy(planes(PICTURES[:count]))


def test_a_conversations_loss_does_not_hang_on_those_beside_it() -> None:
    model, material = made()
    chats = material.described
    together = losses_of(model, chats, TINY)
    for place, each in enumerate(chats.conversations):
        alone = losses_of(model, Chats([each], chats.pad, material.features[[place]]), TINY)
        assert np.allclose(alone, together[place], atol=1e-5)


def test_answers_are_those_of_the_library_from_pixels() -> None:
    model, material = made()
    tokenizer = material.tokenizer
    ours = answers(llava(model, tokenizer), material.features[:1], DESCRIBE, longest=6)
    ids = torch.tensor([question_ids(DESCRIBE, tokenizer, SIDE * SIDE)])
    written = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=_pixels(1),
        max_new_tokens=6, do_sample=False,
    )  # fmt: skip
    theirs = tokenizer.batch_decode(written[:, ids.shape[1] :], skip_special_tokens=True)
    assert ours == [" ".join(text.split()) for text in theirs]


@pytest.mark.parametrize("kind", DEPTHS)
def test_a_vision_tower_passes_on_sixteen_tokens_and_stays_the_same_when_loaded(
    kind: str, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    encoder = ImageEncoder()
    tower = make_vision_tower(kind, encoder)
    tokens = tower(_pixels(2)).last_hidden_state
    assert tokens.shape == (2, SIDE * SIDE, tower.config.hidden_size)
    tower.save_pretrained(tmp_path)
    again = transformers.AutoModel.from_pretrained(tmp_path)
    assert isinstance(again, VisionTower)
    assert torch.equal(again.eval()(_pixels(2)).last_hidden_state, tokens)
    own = torch.equal(tower.body[0].weight, encoder.body[0].weight)
    assert own == (kind != "untrained")


def test_a_loss_that_is_no_number_stops_the_training(tmp_path: Path) -> None:
    model, material = made()
    with torch.no_grad():
        model.model.multi_modal_projector.linear_1.weight.fill_(float("nan"))
    with pytest.raises(DataError, match="no longer a number; lower `rate`"):
        first_stage(model, material, TINY, "one", tmp_path)


def test_a_checkpoint_of_other_texts_or_another_start_is_refused(tmp_path: Path) -> None:
    model, material = made()
    first_stage(model, material, TINY, "one", tmp_path)
    with pytest.raises(DataError, match="of a training with other settings"):
        first_stage(model, material, TINY, "one", tmp_path)  # it starts from what was learnt
    model, material = made()
    other = replace(material, captions=[*TEXTS[:2], "Another glow."])
    with pytest.raises(DataError, match="of a training with other settings"):
        first_stage(model, other, TINY, "one", tmp_path)


def test_a_killed_training_goes_on_and_ends_as_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, material = made()
    curve, _ = first_stage(whole, material, TINY, "one", tmp_path / "whole")
    program = f"""
import sys
import time
from pathlib import Path
import importlib.util
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
spec = importlib.util.spec_from_file_location("own", {__file__!r})
own = importlib.util.module_from_spec(spec)
spec.loader.exec_module(own)
from secondsight.training import checkpoint
keep = checkpoint.keep
def kept(*given):
    keep(*given)
    print("kept", flush=True)
    time.sleep(60)
checkpoint.keep = kept
model, material = own.made()
own.first_stage(model, material, own.TINY, "one", Path({str(tmp_path / "cut")!r}))
"""
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "kept\n"
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    model, material = made()
    steps = []
    step = loop._step
    monkeypatch.setattr(loop, "_step", lambda *given: steps.append(1) or step(*given))
    again, _ = first_stage(model, material, TINY, "one", tmp_path / "cut")
    assert len(steps) == TINY.first.steps - TINY.every
    assert [point.step for point in again] == [point.step for point in curve]
    assert np.allclose([p.loss for p in again], [p.loss for p in curve], atol=1e-6)
    for name, one in whole.named_parameters():
        assert torch.allclose(dict(model.named_parameters())[name], one, atol=1e-6), name
    (file,) = (tmp_path / "cut").glob("*.safetensors")
    held = {name for name in load_file(file) if name.startswith("weight/")}
    assert held == {f"weight/{name}" for name in unfrozen(model, PROJECTOR)}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_llava_of_the_hubs_form_is_loaded_and_trained(dtype: torch.dtype, tmp_path: Path) -> None:
    save_llava_of_the_hub(tmp_path / "model", TEXTS)
    loaded = load_llava(str(tmp_path / "model"), dtype=dtype)
    features = encode_images(loaded, PICTURES)
    assert features.shape == (3, 4, 16)
    talks = [(Turn("What is it?", text),) for text in TEXTS]
    material = Material(loaded.tokenizer, features, TEXTS, talks, features[:1], TEXTS[:1])
    settings = replace(TINY, half=dtype == torch.bfloat16)
    first_stage(loaded.model, material, settings, "one", tmp_path)
    before = state(loaded.model)
    adapt_language_model(loaded.model, seed=0)
    second_stage(loaded.model, material, settings, "one", tmp_path)
    after = {name.replace(".base_layer", ""): one for name, one in loaded.model.named_parameters()}
    for name, one in before.items():
        assert torch.equal(after[name], one) == (PROJECTOR[0] not in name), name
    trained = [one for one in after.values() if one.requires_grad]
    assert {one.dtype for one in trained} == {torch.float32}
    assert len(answers(loaded, features, DESCRIBE, longest=3)) == 3


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    tokenizer = make_tokenizer(TEXTS)
    make_language_model(LanguageModelSize(16, 2, 2), tokenizer, 0).save_pretrained(tmp_path)
    with pytest.raises(DataError, match="is a network of the kind llama, not llava"):
        load_llava(str(tmp_path))


def test_weights_that_can_not_be_had_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no weights of .*nowhere.*go online once, or name a folder"
    ):
        load_llava(str(tmp_path / "nowhere"))
