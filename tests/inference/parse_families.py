# ruff: noqa: RUF001  (the quotes, digits and dashes of other scripts are the point)
r"""Families of answers as models write them, each with the only label it can bear.

A text carries the code that it names, or None where a careful reader would take no label from it:
it names none or several categories, denies one, or doubts. Texts on which readers may differ are
left out. In a template `<code>`, `<name>` and `<is>` stand for one category, `<other>`,
`<other_name>` and `<other_is>` for another of the same task, `<json>` for the code in JSON and
`<neutral>` for a sentence that names no category.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from secondsight.datasets.tasks import TASKS


@dataclass(frozen=True)
class Case:
    """A text and what may be read from it."""

    family: str
    task_name: str
    text: str
    expected: str | None
    outcome: str | None = None  # the only outcome allowed, where it matters


@dataclass(frozen=True)
class Pair:
    """Two categories of a task: the first is meant, the second is the foil."""

    task_name: str
    code: str
    other: str


PHRASES = {  # what stands after "It is", by task and code
    "dwarf": {"0": "not a dwarf galaxy", "1": "a dwarf galaxy"},
    "lsbg": {"0": "an artifact", "1": "an LSBG"},
    "morphology": {"0": "a round galaxy", "1": "a cigar-shaped galaxy"}
    | {"2": "an edge-on disk", "3": "a spiral galaxy"},
    "galaxy-zoo-2": {"A": "a round elliptical galaxy", "D": "an edge-on galaxy"}
    | {"E": "a barred spiral", "F": "an unbarred spiral", "G": "an irregular galaxy"}
    | {"H": "a merger"},
    "fanaroff-riley": {"0": "an FR I radio galaxy", "1": "an FR II radio galaxy"},
    "galaxy10": {"1": "a merging galaxy", "3": "an in-between round smooth galaxy"}
    | {"5": "a barred spiral galaxy", "8": "an edge-on galaxy without bulge"},
}

LETTERS = tuple(Pair("galaxy-zoo-2", *codes) for codes in ("HG", "ED", "AF"))
UNDENIABLE = (Pair("dwarf", "1", "0"), Pair("dwarf", "0", "1"))  # "not a dwarf" is a category
DENIABLE_DIGITS = (
    Pair("lsbg", "0", "1"),
    *(Pair("morphology", *codes) for codes in ("32", "01", "13")),
    *(Pair("fanaroff-riley", *codes) for codes in ("10", "01")),
    *(Pair("galaxy10", *codes) for codes in ("58", "31")),
)
DENIABLE = (*DENIABLE_DIGITS, *LETTERS)
DIGITS = (*DENIABLE_DIGITS, *UNDENIABLE, Pair("lsbg", "1", "0"))
NOT_ZERO = tuple(pair for pair in DIGITS if pair.code != "0")
PAIRS = (*DIGITS, *LETTERS)
FEW = (*UNDENIABLE, *DENIABLE[:3], DENIABLE[4], DENIABLE[6], *LETTERS[:2])


def words(pair: Pair) -> dict[str, str]:
    """Return what each placeholder stands for."""
    name_of = TASKS[pair.task_name].name_of
    return {
        "code": pair.code,
        "name": name_of[pair.code],
        "is": PHRASES[pair.task_name][pair.code],
        "other": pair.other,
        "other_name": name_of[pair.other],
        "other_is": PHRASES[pair.task_name][pair.other],
        "json": pair.code if pair.code.isdigit() else f'"{pair.code}"',
        "other_json": pair.other if pair.other.isdigit() else f'"{pair.other}"',
    }


def fill(template: str, pair: Pair) -> str:
    """Return the template with the pair's words."""
    values = words(pair)
    return re.sub(r"<([a-z_]+)>", lambda match: values.get(match[1], match[0]), template)


def clear(family: str, templates: Iterable[str], pairs: Iterable[Pair] = PAIRS) -> list[Case]:
    """Return cases that must be read as the pair's first category."""
    return [
        Case(family, pair.task_name, fill(template, pair), pair.code)
        for template, pair in product(templates, pairs)
    ]


def silent(family: str, templates: Iterable[str], pairs: Iterable[Pair] = FEW) -> list[Case]:
    """Return cases that bear no label."""
    return [replace(case, expected=None) for case in clear(family, templates, pairs)]


def plain(family: str, texts: Iterable[str], outcome: str | None = None) -> list[Case]:
    """Return texts that bear no label in any task."""
    return [Case(family, name, text, None, outcome) for text, name in product(texts, TASKS)]


def every(family: str, forms: Iterable[str]) -> list[Case]:
    """Return each category's code, name and aliases in each form."""
    return [
        Case(family, task.name, form.replace("<name>", name), category.code)
        for form in forms
        for task in TASKS.values()
        for category in task.categories
        for name in (category.code, category.name, *category.aliases)
    ]


NEUTRAL = "The object is centred in the frame and stands out well from the sky."

MARKED = r"""Answer: <code> | answer: <code>. | Category: <code> | Category <code>
Class: <code> | Label: <code> | Final answer: <code> | Final answer: **<code>**
**Answer:** <code> | **Answer: <code>** | The answer is <code>. | I choose option <code>
I would classify this as category <code>. | The correct category is <code>.
My classification: <code> | Classification: <code> | Option <code> | <answer><code></answer>"""
BRACKETED = r"""(<code>) | [<code>] | <code>) | <code>. | **<code>** | `<code>` | "<code>"
'<code>' | \boxed{<code>} | $\boxed{<code>}$ | “<code>” | ‘<code>’ | *<code>* | > <code>
\(\boxed{<code>}\)"""
WITH_NAME = r"""<code>: <name> | <code> - <name> | <code> – <name> | <code> (<name>)
<code>. <name> | Category <code> (<name>) | Category <code>: <name> | **<code>: <name>**
(<code>) <name> | <name> (<code>) | Answer: <code> (<name>) | The answer is <code>, <name>.
<name>, category <code>"""
SENTENCES = r"""This is <is>. | It is <is>. | The image shows <is>.
I would classify this as <is>. | Answer: <name> | Category: <name>
The correct category is "<name>". | It is clearly <is>. | Yes, this is <is>. | **<name>**
The source is <is>. | “<name>”"""
DENIED_CODES = r"""This is not category <code>. | It doesn't look like class <code>.
Not <code>. | Definitely not category <code>. | The answer is not <code>. | It isn't <code>.
Answer: not <code> | I would not choose <code>. | Category <code> can be ruled out.
Category <code> does not apply. | Neither <code> nor <other>. | It cannot be category <code>.
I don't think the answer is <code>. | I do not think this is category <code>.
I doubt that this is category <code>. | Category <code> is wrong. | This isn’t category <code>."""
DENIED_NAMES = r"""This is not <is>. | I do not think this is <is>. | It doesn't look like <is>.
Definitely not <is>. | I doubt that this is <is>. | This can't be <is>.
There is no sign that this is <is>. | It is neither <is> nor <other_is>.
I don't believe it's <is>. | It isn’t <is>."""
DOUBTED_CODES = r"""I cannot determine whether this is category <code>.
might be <code>, might be <other> | Could be <code>. | Maybe <code>? | <code>?
Perhaps category <code>. | I'm not sure if it's category <code>.
It's impossible to say whether the answer is <code>. | I can't decide between <code> and <other>.
It might be category <code>. | It could be either <code> or <other>.
Could it be category <code>? | It is unclear whether category <code> applies."""
DOUBTED_NAMES = r"""It is hard to say whether it is <is>. | This could be <is>. | Is this <is>?
<name>? | The image is too blurry to tell whether this is <is>. | I am not sure this is <is>.
Perhaps <is>. | It's unclear if this is <is>. | It might be <is>, but I can't tell.
Possibly <is>. | Maybe <is>? | I cannot tell if this is <is> or <other_is>.
I can neither confirm nor exclude that it is <is>."""
SEVERAL_CODES = r"""Category <code> or <other> | <code> and <other> | <code>, <other>
<code>/<other> | <code> or <other> | <code>-<other> | <code> – <other> | Answer: <code>, <other>
Both <code> and <other> | <code> & <other> | Categories <code> and <other> apply.
Answer: <code>\nAnswer: <other> | <code>; <other> | either <code> or <other>
(<code>), (<other>) | Category <code> and category <other> | Between <code> and <other>.
<code>\n<other> | **<code>** or **<other>** | The answer is <code> or <other>.
<code>|<other>"""
SEVERAL_NAMES = r"""either <is> or <other_is> | It is <is> or <other_is>.
Either <name> or <other_name>. | Both <is> and <other_is>. | Answer: <name> / <other_name>
Answer: <name>, <other_name> | It is <is>. It is <other_is>. | It is <is> and also <other_is>.
Somewhere between <is> and <other_is>."""
NO_CODES = r"""-<code> | +<code> | −<code> | <code>.5 | <code>e0 | <code>0% | <code>%
Answer: -<code> | Answer: <code>.5 | ~<code> | ≈<code> | <code>.5.2 | 0x<code> | .<code>5
The answer is <code>.5. | Answer: <code>.25 | Category: -<code> | <code>00
{"category": -<code>} | {"category": <code>.5} | {"category": "-<code>"}"""
MEASURED = r"""The galaxy is about <code> arcsec across. | The source extends over <code> kpc.
I see <code> bright knots. | Confidence: <code> | Probability: <code>
Image <code> shows a faint object. | The redshift is 0.<code>.
It was observed for <code> hours. | <code> Mpc | <code> stars lie in the field.
My confidence is <code> out of 10. | The frame is <code> arcmin wide. | <code>0 pixels"""
DISAGREEING = r"""<code>: <other_name> | <code> (<other_name>) | <code> - <other_name>
Answer: <code> (<other_name>) | Category <code>: <other_name> | **<code>** (<other_name>)
Category <code>, which is <other_is>. | {"category": <json>, "label": "<other_name>"}
{"category": "<code>: <other_name>"}"""
CORRECTED_NAMES = r"""This is not <other_is>; it is <is>. | It is <is>, not <other_is>.
Not <other_is> but <is>. | It is <is> rather than <other_is>.
This isn't <other_is>. It is <is>. | It is not <other_is>, but <is>."""
CORRECTED_CODES = r"""Not <other>, but <code>.
It is not category <other>; it is category <code>. | Category <code>, not <other>.
The answer is <code>, not <other>. | The answer is not <other>. It is <code>."""
SURE = r"""Category: <code>\nConfidence: High | <code>, High | <code> (confidence: 0.9)
<code>, 95% confidence | Category <code>, confidence: high | Answer: <code>\nConfidence: 0.85
**Category:** <code>\n**Confidence:** Low | Category: <code>; Confidence: Medium
<code> (high confidence) | Category: <name>\nConfidence: Medium"""
LINES = r"""<code>\n\n<neutral> | <neutral>\n\n<code> | **<code>**\n\n<neutral>
<neutral>\n\n**<code>** | Options: <name> or <other_name>. The outline settles it.\n\n<code>
<code>.\n<neutral> | <neutral>\n<code>.
I compared category <code> with category <other>.\n\n**<code>** | <code>\n\n<neutral>\n\n<code>
Let me look at it step by step. First the outline, then the core.\n\n<neutral>\n\n`<code>`"""
TWO_LINES = r"""<code>\n\n<neutral>\n\n<other> | **<code>**\n<neutral>\n**<other>**
Answer: <code>\n\n<neutral>\n\n<other> | <code>\n\n<neutral>\n\nThe answer is <other>."""
THOUGHT = r"""<think>Maybe category <other>? No.</think>\n<code>
<think>It is <other_is>.</think>Answer: <code> | <thinking>First <other>.</thinking>\n\n<code>
<reasoning>So <other_name>, or <name>?</reasoning>\n<name>
<reflection>I said <other>.</reflection>Category: <code> | <think></think>\n\n<code>
<THINK>\n<other>\n</THINK>\n<code> | Maybe <other>? No.\n</think>\n\n<code>
<think>\n<other>\n\n</think>\nIt is <is>. | <think><other>?</think>\n<think>No.</think>\n<code>
<think>Is it <other_is>?</think>{"category": <json>}"""
THOUGHT_ONLY = r"""<think>It is category <code>. | <think>The answer is <code>.</think>
<think>\n<code> | <thinking>So this is <is>. | <reasoning>Answer: <code></reasoning>
<think>Answer: <code>\n\n<code> | <think>Category <code>.</think>\nI am not sure.
<reflection>It is <is>.</reflection> | <think><code></think>\nI cannot tell."""
JSON = r"""{"category": <json>} | {"category": "<code>"} | {"label": <json>}
{"class": "<code>"} | {"answer": "<name>"} | {"classification": "<code>"}
{"category": <json>, "confidence": 0.9} | {"category": "<name>"}
{"reason": "faint and diffuse", "category": <json>} | {"Category": <json>}
{\n  "category": "<code>"\n} | {"category": "<code>", "confidence": "high"}
{"category": "<code>: <name>"}"""
JSON_WRAPPED = r"""```json\n{"category": <json>}\n``` | ```\n{"label": "<code>"}\n```
Here is my answer: {"category": <json>}
Sure! Here is the JSON:\n\n```json\n{"answer": <json>}\n```
{"category": <json>}\n\nI hope this helps.
```json\n{\n "category": "<code>",\n "confidence": 0.7\n}\n```\n"""
JSON_SEVERAL = r"""{"category": <json>, "category": <other_json>}
{"category": [<json>, <other_json>]} | {"category": <json>}\n{"category": <other_json>}
{"category": <json>, "answer": <other_json>} | [{"category": <json>}, {"category": <other_json>}]
{"category": "<code> or <other>"} | {"category": {"<code>": 0.6, "<other>": 0.4}}
{"<code>": 0.7, "<other>": 0.3} | {"category": "<name> or <other_name>"}
{"category": <json>}\n\nSorry, the answer is <other>.
```json\n{"label": <json>}\n```\n```json\n{"label": <other_json>}\n```"""
JSON_NONE = r"""{"category": null} | {} | {"category": ""} | {"category": "unknown"}
{"category": []} | [] | null | {"confidence": 1} | {"category": 42} | {"category": {}}
{"error": "no image"} | {"category": "none of them"}"""
ECHOED = r"""Choose <other> for <other_name> and <code> for <name>.
<other>: <other_name>\n<code>: <name>
The categories are <other> (<other_name>) and <code> (<name>).
A hallmark of <is> is its outline.
Please upload the image, and I will tell you whether it is <is>. | Should I answer <code>?
You asked whether this is <is>. | Answer <code> or <other>. | If this is <is>, answer <code>."""
LANGUAGES = r"""Kategorie <code> | Klasse: <code> | Antwort: <code> | Die Antwort ist <code>.
Catégorie <code> | Réponse : <code> | La réponse est <code>. | categoría <code>
Respuesta: <code> | La respuesta es <code>. | 答案：<code> | 类别：<code>
答案是<code>。 | 类别<code> | Kategorie: **<code>** | Categoría: <code>"""
LANGUAGES_NO = r"""Das ist nicht Kategorie <code>. | Kategorie <code> oder <other>
Ce n'est pas la catégorie <code>. | catégorie <code> ou <other> | No es la categoría <code>.
categoría <code> o <other> | 这不是类别<code>。 | 类别<code>或<other> | Vielleicht <code>.
Peut-être <code>. | Quizás <code>. | 可能是<code> | Weder <code> noch <other>.
Je ne sais pas si c'est la catégorie <code>. | Ich bin nicht sicher, ob es Kategorie <code> ist.
<code>、<other>"""
WRAPPERS = ("\ufeff@", "@\r\n", "  @  ", "\n\n@\n\n", "@\r\n\r\n", "\t@", "@\u200b", "\u00a0@")
CORE = ("<code>", "Answer: <code>", "<name>", "It is <is>.")
REFUSALS = r"""I'm sorry, I can't help with that.
I'm sorry, but I can't assist with that request. | I’m sorry, but I can’t help with that.
I cannot assist with that. | Sorry, I can't help with this image.
As an AI language model, I cannot view images. | I'm unable to help with this request."""
NOTHING = r"""Yes. | No. | I don't know. | Unknown | N/A | None of the above. | 42 | Z
The image shows a galaxy. | It is faint. | A beautiful galaxy. | A galaxy lies in the centre.
I see a galaxy. | ? | ... | Answer: | Category: | Unclassifiable | - | **"""

OVERLAPS = {  # by task: text => label, where "-" is none
    "galaxy-zoo-2": """It is an elliptical galaxy. => - | It is a spiral galaxy. => - | 1 => -
The galaxy is an unbarred spiral. => F | A => A | A galaxy like this needs more depth. => -
G: irregular => G | I => -""",
    "galaxy10": """It is a spiral galaxy. => - | It is an edge-on galaxy. => - | 10 => -
in-between round smooth => 3 | unbarred tight spiral => 6 | 答案：７ => 7""",
    "fanaroff-riley": """FR 0 => - | FR III => - | FR I/II => - | FR I/FR II hybrid => -
FR-II => 1 | I cannot say. => - | Fanaroff–Riley type II => 1 | This is an FR I source. => 0""",
    "dwarf": """This is not a dwarf. => 0 | No, this is not a dwarf galaxy. => 0 | １ => 1
Yes, this is a dwarf. => 1 | 10 => - | 2 => -""",
    "lsbg": """This is not an LSBG. => 0 | non-LSBG => 0 | low surface brightness galaxy => 1
This is a low-surface-brightness galaxy. => 1""",
    "morphology": """edge‑on => 2 | edge on => 2 | It is an edge‑on disk. => 2 | smooth => -
4 => -""",
}


def lines(block: str) -> list[str]:
    """Return a block's templates, which bars and line ends part."""
    parts = re.split(r" \| |\n", block)
    return [part.replace("\\n", "\n").replace("<neutral>", NEUTRAL) for part in parts]


def overlaps() -> list[Case]:
    """Return the texts in which a name lies within another, or within a common word."""
    rows = [(name, *row.split(" => ")) for name, block in OVERLAPS.items() for row in lines(block)]
    return [
        Case("names that overlap", name, text, None if label == "-" else label)
        for name, text, label in rows
    ]


def wrapped() -> list[str]:
    """Return the plainest answers, each with the marks and blanks that surround it in files."""
    return [wrapper.replace("@", core) for wrapper, core in product(WRAPPERS, CORE)]


def clear_cases() -> list[Case]:
    """Return the families that must be read."""
    return [
        *every("each code and name", ("<name>", "Answer: <name>", '{"category": "<name>"}')),
        *clear("code after a word", lines(MARKED), FEW),
        *clear("code in brackets or quotes", lines(BRACKETED), FEW),
        *clear("code with its name", lines(WITH_NAME), FEW),
        *clear("name in a sentence", lines(SENTENCES), PAIRS),
        *clear("blanks and marks around", wrapped(), FEW[1:7:2]),
        *clear("whole floats", ("<code>.0", '{"category": <code>.0}'), DIGITS),
        *clear("confidence beside", lines(SURE), FEW),
        *clear("first or last line", lines(LINES), FEW),
        *clear("after the reasoning", lines(THOUGHT), FEW),
        *clear("JSON", lines(JSON), FEW),
        *clear("JSON in prose or fences", lines(JSON_WRAPPED), FEW),
        *clear("other languages", lines(LANGUAGES), FEW[1:8]),
        *clear("one denied, one affirmed: names", lines(CORRECTED_NAMES), DENIABLE),
        *clear("one denied, one affirmed: codes", lines(CORRECTED_CODES), FEW),
    ]


def silent_cases() -> list[Case]:
    """Return the families that bear no label."""
    return [
        *silent("denied codes", lines(DENIED_CODES)),
        *silent("denied names", lines(DENIED_NAMES), DENIABLE),
        *silent("doubted codes", lines(DOUBTED_CODES)),
        *silent("doubted names", lines(DOUBTED_NAMES)),
        *silent("several codes", lines(SEVERAL_CODES)),
        *silent("several names", lines(SEVERAL_NAMES)),
        *silent("numbers that are no codes", lines(NO_CODES), NOT_ZERO),
        *silent("measured numbers", lines(MEASURED), NOT_ZERO),
        *silent("code and name disagree", lines(DISAGREEING)),
        *silent("first and last line differ", lines(TWO_LINES)),
        *silent("reasoning only", lines(THOUGHT_ONLY)),
        *silent("JSON with several", lines(JSON_SEVERAL)),
        *plain("JSON with none", lines(JSON_NONE)),
        *silent("the question echoed", lines(ECHOED)),
        *silent("no answer in other languages", lines(LANGUAGES_NO), FEW[1:8]),
        *plain("refusals", lines(REFUSALS), "refused"),
        *plain("empty", ("", " ", "\n\n", "\t", "\r\n", "   \n "), "empty"),
        *plain("no category named", lines(NOTHING)),
    ]


def all_cases() -> list[Case]:
    """Return every family's cases."""
    return [*clear_cases(), *silent_cases(), *overlaps()]
