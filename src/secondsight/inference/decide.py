"""Which one category the sentences of a text choose, if they choose just one."""

from collections.abc import Iterable, Sequence

from secondsight.inference import cue_words
from secondsight.inference.meaning import Mention, Rank, Sentence, State


def stated(sentences: Iterable[Sentence], least: Rank) -> list[Mention]:
    """Return the categories that are meant as said, of rank `least` or above, in order."""
    every = (mention for sentence in sentences for mention in sentence.mentions)
    return [mention for mention in every if mention.state is State.SAID and mention.rank >= least]


def chosen(sentences: Sequence[Sentence], least: Rank) -> str | None:
    """Return the code of the category that is given most plainly, unless the text gainsays it."""
    given = stated(sentences, least)
    if not given:
        return None
    top = max(mention.rank for mention in given)
    best = [mention for mention in given if mention.rank is top]
    if len({mention.label for mention in best}) > 1 or _gainsaid(sentences, best[-1]):
        return None
    return best[-1].label


def upheld(sentences: Sequence[Sentence], label: str, end: int) -> bool:
    """Whether the text after `end` leaves the category that its first line gives standing."""
    after = [sentence for sentence in sentences if sentence.start >= end]
    every = [mention for sentence in after for mention in sentence.mentions]
    return not (
        any(_plainly_other(mention, label) for mention in every)
        or any(mention.label == label and mention.state is State.DENIED for mention in every)
        or any(_retracts(sentence, label) for sentence in after)
    )


def _gainsaid(sentences: Sequence[Sentence], answer: Mention) -> bool:
    every = [mention for sentence in sentences for mention in sentence.mentions]
    before = [mention for mention in every if mention.end <= answer.start]
    after = [mention for mention in every if mention.start >= answer.end]
    later = [sentence for sentence in sentences if sentence.start > answer.start]
    return (
        any(_disagrees(mention, answer) for mention in before)
        or any(_takes_back(mention, answer) for mention in after)
        or any(_retracts(sentence, answer.label) for sentence in later)
        or (answer.rank < Rank.FINAL and any(each.unsure and not each.mentions for each in later))
        or _beside_another(sentences, answer)
    )


def _disagrees(mention: Mention, answer: Mention) -> bool:
    """Whether what came before an answer stands against it; a last word overrules all before it."""
    if answer.rank is Rank.FINAL or mention.rank is Rank.LOOSE:
        return False
    if mention.label == answer.label:
        return mention.state is State.DENIED and answer.rank < Rank.ANSWER
    return mention.state is State.SAID and mention.framed


def _takes_back(mention: Mention, answer: Mention) -> bool:
    if mention.rank is Rank.LOOSE:
        return mention.label != answer.label and mention.state is State.DOUBTED
    if mention.label == answer.label:
        return mention.state is State.DENIED
    return mention.state is State.DOUBTED or _plainly_other(mention, answer.label)


def _plainly_other(mention: Mention, label: str) -> bool:
    plainly = mention.rank > Rank.LOOSE and (mention.framed or mention.rank >= Rank.CODE)
    return plainly and mention.label != label and mention.state is State.SAID


def _retracts(sentence: Sentence, label: str) -> bool:
    text = sentence.text.strip(" \n\"'(")
    if not sentence.mentions and cue_words.IS_WRONG.match(text):
        return True
    retracts = cue_words.RETRACTS.match(text)
    if not retracts or not sentence.mentions:
        return bool(retracts) and len(text.split()) == 1
    others = [mention for mention in sentence.mentions if mention.label != label]
    contrasts = retracts[0].lower() in {"but", "not"}
    return any(not contrasts or mention.state is not State.DENIED for mention in others)


def _beside_another(sentences: Sequence[Sentence], answer: Mention) -> bool:
    """Whether the answer's own sentence goes on to another code: "category 1, maybe 2"."""
    return any(
        mention.label != answer.label
        and mention.rank is Rank.LOOSE
        and mention.state is not State.DENIED
        for sentence in sentences
        if answer in sentence.mentions
        for mention in sentence.mentions
        if mention.start > answer.start
    )
