"""Which one category the sentences of a text choose, if they choose just one."""

from collections.abc import Iterable, Sequence

from secondsight.inference import cue_words
from secondsight.inference.meaning import Mention, Rank, Sentence, State


def said(sentences: Iterable[Sentence], least: Rank) -> list[Mention]:
    """Return the categories that are meant as said, of rank `least` or above, in order."""
    every = (mention for sentence in sentences for mention in sentence.mentions)
    return [one for one in every if one.state is State.SAID and one.rank >= least]


def chosen(sentences: Sequence[Sentence], least: Rank) -> str | None:
    """Return the code of the category that is given most plainly, unless the text gainsays it."""
    given = said(sentences, least)
    if not given:
        return None
    top = max(one.rank for one in given)
    best = [one for one in given if one.rank is top]
    if len({one.label for one in best}) > 1 or _gainsaid(sentences, best[-1]):
        return None
    return best[-1].label


def upheld(sentences: Sequence[Sentence], label: str, end: int) -> bool:
    """Whether the text after `end` leaves the category that its first line gives standing."""
    after = [sentence for sentence in sentences if sentence.start >= end]
    every = [mention for sentence in after for mention in sentence.mentions]
    return not (
        any(_plainly_other(one, label) for one in every)
        or any(one.label == label and one.state is State.DENIED for one in every)
        or any(_retracts(sentence, label) for sentence in after)
    )


def _gainsaid(sentences: Sequence[Sentence], answer: Mention) -> bool:
    every = [mention for sentence in sentences for mention in sentence.mentions]
    before = [one for one in every if one.end <= answer.start]
    after = [one for one in every if one.start >= answer.end]
    later = [one for one in sentences if one.start > answer.start]
    return (
        any(_disagrees(one, answer) for one in before)
        or any(_takes_back(one, answer) for one in after)
        or any(_retracts(sentence, answer.label) for sentence in later)
        or (answer.rank < Rank.FINAL and any(one.unsure and not one.mentions for one in later))
        or _beside_another(sentences, answer)
    )


def _disagrees(one: Mention, answer: Mention) -> bool:
    """Whether what came before an answer stands against it; a last word overrules all before it."""
    if answer.rank is Rank.FINAL or one.rank is Rank.LOOSE:
        return False
    if one.label == answer.label:
        return one.state is State.DENIED and answer.rank < Rank.ANSWER
    return one.state is State.SAID and one.framed


def _takes_back(one: Mention, answer: Mention) -> bool:
    if one.rank is Rank.LOOSE:
        return one.label != answer.label and one.state is State.DOUBTED
    if one.label == answer.label:
        return one.state is State.DENIED
    return one.state is State.DOUBTED or _plainly_other(one, answer.label)


def _plainly_other(one: Mention, label: str) -> bool:
    plainly = one.framed or one.rank >= Rank.CODE
    return one.label != label and one.state is State.SAID and plainly and one.rank > Rank.LOOSE


def _retracts(sentence: Sentence, label: str) -> bool:
    text = sentence.text.strip(" \n\"'(")
    if not sentence.mentions and cue_words.IS_WRONG.match(text):
        return True
    retracts = cue_words.RETRACTS.match(text)
    if not retracts or not sentence.mentions:
        return bool(retracts) and len(text.split()) == 1
    others = [one for one in sentence.mentions if one.label != label]
    contrasts = retracts[0].lower() in {"but", "not"}
    return any(not contrasts or one.state is not State.DENIED for one in others)


def _beside_another(sentences: Sequence[Sentence], answer: Mention) -> bool:
    """Whether the answer's own sentence goes on to another code: "category 1, maybe 2"."""
    return any(
        one.label != answer.label and one.rank is Rank.LOOSE and one.state is not State.DENIED
        for sentence in sentences
        if answer in sentence.mentions
        for one in sentence.mentions
        if one.start > answer.start
    )
