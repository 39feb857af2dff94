from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra `radio`")
pytest.importorskip("peft", reason="training needs the extra `radio`")
transformers = pytest.importorskip("transformers", reason="training needs the extra `radio`")

from secondsight.errors import DataError  # noqa: E402
from secondsight.training.radio.contrastive import embed, pair_loss  # noqa: E402
from secondsight.training.radio.siglip import KINDS, dual_encoder, load_siglip  # noqa: E402
from secondsight.training.settings import RadioSettings  # noqa: E402
from tiny_siglip import BOTH, TEXT, pictures_for, siglip_model  # noqa: E402

EXACT = RadioSettings(half=False)


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_logits_are_those_of_the_network_itself(kind: str) -> None:
    model, pictures = siglip_model(kind), pictures_for(kind)
    ids = torch.randint(2, 40, (6, 8))
    encoder = dual_encoder(model)
    images, texts = embed(encoder.image, pictures, EXACT), embed(encoder.text, (ids,), EXACT)
    names = ("pixel_values", "pixel_attention_mask", "spatial_shapes")
    given = dict(zip(names, pictures, strict=False))
    its = model(input_ids=ids, **given, return_loss=True)
    torch.testing.assert_close(
        encoder.scale * images @ texts.T + encoder.bias, its.logits_per_image
    )
    torch.testing.assert_close(pair_loss(encoder, images, texts), its.loss)


@torch.no_grad()
def test_patches_that_are_not_there_change_nothing() -> None:
    encoder = dual_encoder(siglip_model("siglip2"))
    patches, there, shapes = pictures_for("siglip2")
    noise = torch.randn_like(patches) * (1 - there[:, :, None])
    one = embed(encoder.image, (patches, there, shapes), EXACT)
    other = embed(encoder.image, (patches + noise, there, shapes), EXACT)
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_model_is_loaded_as_it_was(kind: str, tmp_path: Path) -> None:
    model = siglip_model(kind)
    model.save_pretrained(tmp_path)
    loaded = load_siglip(str(tmp_path))
    assert type(loaded) is type(model)
    weights = loaded.state_dict()
    assert all(torch.equal(weights[name], one) for name, one in model.state_dict().items())
    half = load_siglip(str(tmp_path), "cpu", torch.bfloat16)
    assert {one.dtype for one in half.parameters()} == {torch.bfloat16}


def test_weights_that_are_not_there_are_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in (str(tmp_path), "nobody/such-weights"):
        with pytest.raises(DataError, match=f"no weights of {name} .*or name a folder"):
            load_siglip(name)


def test_weights_in_no_safetensors_are_not_loaded(tmp_path: Path) -> None:
    model = siglip_model("siglip")
    model.config.save_pretrained(tmp_path)
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(DataError, match=r"no file named model\.safetensors"):
        load_siglip(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match="no weights of"):
        load_siglip(str(tmp_path))


def test_another_network_is_refused(tmp_path: Path) -> None:
    vision = {**BOTH, "image_size": 32, "patch_size": 16}
    config = transformers.CLIPConfig(text_config=TEXT, vision_config=vision)
    transformers.CLIPModel(config).save_pretrained(tmp_path)
    with pytest.raises(DataError, match="of the kind clip, not siglip or siglip2"):
        load_siglip(str(tmp_path))
