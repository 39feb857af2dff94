import re
from pathlib import Path

import pytest

from secondsight.datasets.tasks import GALAXY10
from secondsight.descriptions.beyond import mentions
from secondsight.descriptions.texts import (
    OF_CLASSES,
    all_texts,
    fixed,
    paraphrase_of,
    references,
    text_set,
    text_sets,
)
from secondsight.errors import DataError
from secondsight.paths import DESCRIPTIONS

SETS = sorted(path.stem for path in DESCRIPTIONS.glob("*.toml"))
CLASSES = "\n".join(f'{code} = "text {code}"' for code in GALAXY10.codes)


def test_there_are_three_sets_of_references_at_least_each_reworded_once() -> None:
    assert len(references()) >= 3
    for name in references():
        assert text_set(paraphrase_of(name)).of == name


def test_references_stand_from_short_to_long() -> None:
    lengths = [sum(map(len, one.texts.values())) for one in references().values()]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("name", SETS)
def test_no_text_stands_twice_and_none_is_untidy(name: str) -> None:
    texts = list(text_set(name).texts.values())
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if text != " ".join(text.split())] == []


def test_no_text_stands_in_two_sets() -> None:
    assert len(set(all_texts().values())) == len(all_texts())


@pytest.mark.parametrize("name", [name for name in SETS if text_set(name).kind in OF_CLASSES])
def test_no_description_claims_what_an_image_does_not_show(name: str) -> None:
    assert [text for text in text_set(name).texts.values() if mentions(text)] == []


def test_the_rules_of_the_sets_are_kept() -> None:
    sentences = text_set("sentence").texts.values()
    assert all(10 <= len(text.split()) <= 20 for text in sentences)
    assert all(text.count(".") == 3 for text in text_set("paragraph").texts.values())
    assert all(text.count(".") == 2 for text in text_set("everyday").texts.values())
    names = re.compile(r"galax|spiral|merg|disturbed|edge-on|cigar|elliptical", re.I)
    assert not [text for text in text_set("paragraph").texts.values() if names.search(text)]


def test_examples_are_no_answers() -> None:
    assert not [name for name in all_texts() if name.startswith("examples/")]
    assert set(fixed().values()) <= set(all_texts().values())


def test_an_unknown_set_is_named_with_the_known_ones() -> None:
    with pytest.raises(DataError, match="no descriptions named 'nope'; known: everyday"):
        text_set("nope")


def test_a_set_that_nothing_rewords_is_named() -> None:
    with pytest.raises(DataError, match="no descriptions reword 'fixed'"):
        paraphrase_of("fixed")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('kind = "reference"\nrule = ""\n[texts]\n0 = "one"', "one text for each class"),
        (f'kind = "paraphrase"\nrule = ""\n[texts]\n{CLASSES}', "says what it rewords"),
        (f'kind = "reference"\nof = "x"\nrule = ""\n[texts]\n{CLASSES}', "says what it rewords"),
        (f'kind = "paraphrase"\nof = "x"\nrule = ""\n[texts]\n{CLASSES}', "no set of references"),
        ('kind = "other"\nrule = ""\n[texts]', "kind"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(DataError, match=said):
        text_sets(tmp_path)
