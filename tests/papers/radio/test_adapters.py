"""The counts against the network itself, where torch is installed, and against arithmetic."""

import pytest

from secondsight.datasets.published import published_number
from secondsight.papers.radio.adapters import (
    SIDES,
    adapter_weights,
    choice_shares,
    choice_table,
    choices,
    parameters,
    trained_share,
)

ATTENTION = ("q_proj", "k_proj", "v_proj", "out_proj")
SCRIPT = ("q_proj", "k_proj", "v_proj", "fc1", "fc2")
BOTH = ("vision", "text")


def test_one_adapter_in_every_layer() -> None:
    assert adapter_weights("text", 8, ["q_proj"]) == 12 * 8 * (768 + 768)
    assert adapter_weights("text", 4, ["fc1"]) == 12 * 4 * (768 + 3072)
    assert adapter_weights("vision", 8, ["v_proj"]) == adapter_weights("text", 8, ["v_proj"])


def test_the_pooling_has_an_output_an_mlp_and_one_matrix_for_the_rest() -> None:
    more = {
        name: adapter_weights("vision", 8, [name]) - adapter_weights("text", 8, [name])
        for name in ("out_proj", "fc1", "fc2", "in_proj")
    }
    assert more == {"out_proj": 12_288, "fc1": 30_720, "fc2": 30_720, "in_proj": 24_576}


def test_no_adapters_train_nothing_and_an_unknown_matrix_is_refused() -> None:
    assert trained_share(BOTH, 8, []) == 0
    assert trained_share([], 8, ATTENTION) == 0
    with pytest.raises(ValueError, match="no matrix is named gate_proj"):
        adapter_weights("text", 8, ["q_proj", "gate_proj"])


@pytest.mark.parametrize(("rank", "modules"), [(8, (*ATTENTION, "in_proj")), (4, SCRIPT)])
def test_two_choices_print_the_published_shares_of_one_tower(
    rank: int, modules: tuple[str, ...]
) -> None:
    for tower in BOTH:
        printed = published_number(f"trained_percent_{tower}").value
        assert round(100 * trained_share([tower], rank, modules), 2) == printed
    assert round(100 * trained_share(BOTH, rank, modules), 2) == 0.32


def test_the_printed_share_of_both_is_the_sum_of_the_other_two() -> None:
    vision, text, both = (
        published_number(f"trained_percent_{which}").value for which in (*BOTH, "both")
    )
    assert round(vision + text, 2) == both


def test_the_weights_are_those_of_the_network() -> None:
    torch = pytest.importorskip("torch", reason="building SigLIP needs the extra `train`")
    transformers = pytest.importorskip("transformers", reason="needs the extra `train`")
    with torch.device("meta"):
        config = transformers.SiglipConfig(text_config={"vocab_size": 256_000}, vision_config={})
        network = transformers.SiglipModel(config)
    assert parameters() == sum(weights.numel() for weights in network.parameters())
    named = dict(network.named_modules())
    for tower in BOTH:
        for module in SCRIPT:
            found = [
                one
                for name, one in named.items()
                if name.startswith(f"{tower}_model.") and name.endswith(f".{module}")
            ]
            sides = sum(one.in_features + one.out_features for one in found)
            assert adapter_weights(tower, 4, [module]) == 4 * sides, (tower, module)


def test_every_choice_is_a_row_above_what_is_printed() -> None:
    shares = choice_shares(8)
    stated = {side: shares[f"half_{side}"] for side in SIDES}
    table = choice_table(8, stated)
    assert table["adapters beside"].tolist() == [c[0] for c in choices(8).values()] + ["as printed"]
    assert table["images"].tolist()[-2:] == [shares["half_vision"]] * 2
    assert shares["mixed_text"].value > shares["half_text"].value
