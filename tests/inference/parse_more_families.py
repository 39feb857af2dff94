# ruff: noqa: E501, RUF001  (long rows of texts; the quotes and dashes of other scripts)
"""More families of answers, in other phrasings, written before the parser was run on any."""

from parse_families import (
    DENIABLE,
    DIGITS,
    FEW,
    NOT_ZERO,
    Case,
    Pair,
    clear,
    lines,
    plain,
    silent,
)

SOME = (
    Pair("dwarf", "1", "0"),
    Pair("lsbg", "1", "0"),
    Pair("morphology", "2", "3"),
    Pair("galaxy-zoo-2", "F", "E"),
    Pair("fanaroff-riley", "0", "1"),
    Pair("galaxy10", "8", "5"),
)
NAMED = (*SOME[2:], DENIABLE[3], DENIABLE[9])

MARKED = r"""I'd go with <code>. | I pick category <code>. | My answer is <code>. | Predicted class: <code>
**Classification:** <code> | ### Answer\n<code> | ## Final answer\n\n**<code>** | Result: <code>
The galaxy belongs to category <code>. | The object falls into class <code>. | I select <code>.
- Category: <code> | Answer = <code> | ANSWER: <code> | Selected category: <code> | Choice: <code>
Based on the image, the answer is **<code>**. | Therefore, the answer is <code>. | <code>\n\n
The best match is category <code>. | This galaxy is category <code>. | It's category <code>.
Category "<code>" | category: '<code>' | The image corresponds to option <code>."""
NAMED_CODE = r"""Option <code>: <name> | Class <code>: <name> | <name> - category <code>
**Category <code>: <name>** | Answer: <code>: <name> | Final answer: <code> - <name>
The object is <is> (category <code>). | It is <is>, so the answer is <code>. | <code> = <name>
The category is <code> (<name>), since the outline is typical. | I classify it as <is> (<code>)."""
NAMES = r"""I classify this object as <is>. | In my judgement, this is <is>. | This is definitely <is>.
Classification: <name> | **Category:** <name> | Without doubt, this is <is>. | Label: "<name>"
I am confident that it is <is>. | The picture clearly shows <is>. | There is no doubt that this is <is>.
Final answer: <name>. | It's <is>. | What we see here is <is>. | The object in the image is <is>."""
MARKS = r"""__<code>__ | ***<code>*** | „<code>“ | «<code>» | 「<code>」 | <code>!
```\n<code>\n``` | <b><code></b> | \boxed{\text{<code>}} | $<code>$ | **(<code>)** | <code>.\r\n
**Answer**: `<code>` | "<name>" | '<name>' | `<name>` | *<name>* | <name>. | <answer><name></answer>"""
CONFIDENT = r"""<code>\nConfidence: 95% | Category: <code>\nConfidence: 87 | Answer: <code>. Confidence: high.
<code> (95%) | I am 90% sure that it is category <code>. | Answer: <code> (certainty 0.8)
Class: <code>\nProbability: 0.97 | <name> (confidence 0.75) | Confidence: high\nCategory: <code>"""
DENIED = r"""It's certainly not <code>. | Category <code> is not the right one. | <code> is incorrect.
I would rule out category <code>. | No, it is not category <code>. | This does not belong to class <code>.
That excludes category <code>. | I wouldn't say it's category <code>. | It can't be <code>.
Neither category <code> nor category <other> fits. | Class <code> seems wrong to me.
It doesn't appear to be in class <code>. | It isn't a category <code> object. | Never category <code>.
The object fails the criteria for category <code>. | Neither <code> nor <other>"""
DENIED_NAMES = r"""It doesn't appear to be <is>. | I would not call this <is>. | This is hardly <is>.
It is certainly not <is>. | No evidence suggests that this is <is>. | It is far from being <is>.
I wouldn't classify it as <is>. | This cannot be <is>. | This is by no means <is>.
The object lacks what one expects of <is>. | No, this is not <is>. | It does not seem to be <is>."""
DOUBTED = r"""Is it category <code>? | It may be category <code>. | I wonder whether it is <code>.
I can't say if it's category <code> or not. | It's not possible to determine if category <code> fits.
Either category <code> or category <other>; I can't tell. | <code>??? | Not sure, maybe <code>.
I hesitate between <code> and <other>. | It's a toss-up between <code> and <other>.
There is not enough information to say that it is category <code>. | <code> or <other>?
One might argue for category <code>. | It's difficult to judge whether category <code> is right."""
DOUBTED_NAMES = r"""I can't tell whether this is <is>. | It's not possible to say if this is <is>.
Whether this is <is> remains unclear. | It might as well be <is>. | Could this be <is>?
It may or may not be <is>. | I'm unsure whether we see <is>. | There are hints that it could be <is>.
The resolution is too low to confirm that it is <is>. | Is it <is>, or is it <other_is>?
More data are needed to decide whether it is <is>. | I don't know if it's <is>."""
SEVERAL = r"""<code> as well as <other> | category <code>, category <other> | <code> plus <other>
Either <code> or <other>. | <code> and/or <other> | <code>,<other> | [<code>, <other>] | <code> to <other>
Answer: <code>/<other>
- <code>\n- <other> | It fits both category <code> and category <other>. | <code> + <other>
Final answer: <code> or <other> | Answer: <code> and <other> | **<code>/<other>** | {<code>, <other>}
\boxed{<code>} or \boxed{<other>} | <code>: 50%, <other>: 50% | (<code>) or (<other>) | <code>→<other>"""
SEVERAL_NAMES = r"""<name> or <other_name> | <name>/<other_name> | <name>, <other_name>
a mix of <is> and <other_is> | It is <is> as well as <other_is>.
Part of it looks like <is>, part like <other_is>. | <name>\n<other_name> | **<name>** / **<other_name>**"""
NUMBERS = r"""Answer: 0.<code>7 | <code>.75 | ±<code> | <code>/10 | Score: <code>.5 | <code>e-3
<code>E5 | 1<code>5 | <code>×10^3 | Answer: <code>0% | Category: <code>.3 | {"category": 0.<code>5}
{"category": "<code>.5"} | {"category": "<code>%"} | ><code> | <<code> | \boxed{-<code>} | **-<code>**
\boxed{<code>.5} | $-<code>$"""
MEASURED = r"""The disk spans <code> arcmin. | There are <code> companions nearby. | Its mass is <code> solar masses.
Magnitude <code> | At a distance of <code> Mpc, it is faint. | The exposure took <code> seconds.
Figure <code> is too noisy. | Confidence: <code>0% | Version <code> of the image is corrupt.
The signal-to-noise ratio is <code>. | I count <code> sources. | Certainty: <code>"""
DISAGREE = r"""Option <code>: <other_name> | Answer: <code> - <other_name> | Final answer: <code>, <other_name>
<code>. <other_name> | <other_name> (<code>) | **Category <code>: <other_name>** | <code> = <other_name>
The object is <other_is> (category <code>). | {"class": <json>, "answer": "<other_name>"}"""
CORRECTED = r"""Category <other> is wrong; category <code> is right. | Not category <other>. Category <code>.
I rule out <other>. The answer is <code>. | It isn't <other>, it's <code>. | <code>, not <other>"""
CORRECTED_NAMES = r"""This is <is>, and not <other_is>. | Rather than <other_is>, this is <is>.
It isn't <other_is>, it is <is>. | It is <is>; it is not <other_is>. | Not <other_is>. It is <is>.
Instead of <other_is>, we see <is>. | While it is not <other_is>, it is <is>."""
LONG = """The frame shows a single bright source.\\n\\nIts outline is well defined.\\n\\n"""
LAST = (
    f"{LONG}<code>",
    f"{LONG}Answer: <code>",
    f"{LONG}**Answer: <code>**",
    f"{LONG}**Final answer:** <code>",
    f"{LONG}\\boxed{{<code>}}",
    f"<code>\\n\\n{LONG}",
    f"**Answer:** <code>\\n\\n{LONG}",
    f"Category: <code>\\nReason: {LONG}",
    f"{LONG}It is not <other_is>.\\n\\n<code>",
    f"Is it <is> or <other_is>?\\n{LONG}**<code>**",
    "1. The outline is sharp.\\n2. The core is bright.\\n\\nAnswer: <code>",
)
DIFFER = (
    f"<code>\\n{LONG}<other>",
    f"**<code>**\\n\\n{LONG}\\boxed{{<other>}}",
    f"{LONG}Answer: <code>\\n\\nCategory: <other>",
    f"<code>\\n\\n{LONG}**Answer: <other>**",
)
THOUGHT = r"""<think>\nClass <other>?\nOr <code>?\n</think>\n\nAnswer: <code>
<think>The answer is <other>.</think>\n\n**<code>** | <thinking>\n<other>\n</thinking>\n<name>
<reasoning>\n<code> or <other>.\n</reasoning>\n\n{"category": <json>} | <think>\n\n</think>\n\n<code>
<reflection>Not <code>, rather <other>.</reflection>\n\nCategory <code> | I think <other>.</think><code>
<think>{"category": <other_json>}</think>{"category": <json>} | <Think>So <other>.</Think>\nIt is <is>."""
UNFINISHED = r"""<think>\nThe answer must be <code>. So I will answer\n<code> | <thinking><code>
<reasoning>{"category": <json>} | <think>{"category": <json>}</think> | <reasoning>It is <is>.
<think>It is <is>.</think>\n\nI am unable to decide. | <think>\nFinal answer: <code>\n</think>\n\n"""
JSON = r"""{"answer": "<code>"} | {"class": <json>} | {"label": "<name>"} | {"classification": "<name>"}
{"confidence": "medium", "answer": <json>} | {"explanation": "The core is bright.", "class": "<code>"}
{"answer": "<code>"}\n | My classification:\n```json\n{"label": <json>}\n``` | ```JSON\n{"class": "<code>"}\n```
{"label": "<code>", "score": 0.98} | {"category": "Category <code>"} | \ufeff{"category": <json>}
The result is {"classification": "<code>"}, as requested. | {"category": "<code> (<name>)"}"""
JSON_NO = r"""{"label": <json>, "label": <other_json>} | {"answer": "<code>, <other>"} | {"class": "<name>/<other_name>"}
{"answer": ["<code>", "<other>"]} | {"class": "not <code>"} | {"category": "<code>?"} | {"answer": "maybe <code>"}
{"class": <json>}{"class": <other_json>} | {"category": "<code>", "label": "<other>"}
{"probabilities": {"<code>": 0.8, "<other>": 0.2}} | {"categories": [<json>, <other_json>]}
{"category": null, "note": "<name> or <other_name>"} | {"category": "uncertain"} | {"confidence": <json>}"""
LANGUAGES = r"""Die richtige Kategorie ist <code>. | Klasse <code> | **Antwort:** <code> | Option <code>.
La bonne catégorie est <code>. | Classe : <code> | Réponse: **<code>** | La categoría es <code>.
Respuesta final: <code> | Clase: <code> | 最终答案：<code> | 我选择<code> | 分类：<code> | 答案: <code> | 选项<code>"""
LANGUAGES_NO = r"""Das ist keine Kategorie <code>. | Entweder <code> oder <other>. | Nicht <code>.
Ce n'est pas <code>. | soit <code>, soit <other> | No es <code>. | <code> y <other> | <code> und <other>
<code> et <other> | 不是<code> | <code>或<other> | <code>和<other> | ¿<code>? | Es könnte <code> sein.
Ce pourrait être <code>. | Podría ser <code>. | 也许是<code> | 无法判断是否为<code> | 不确定是不是类别<code>"""
ECHOED = r"""Is it <code> or <other>? | Reply with <code> if it is <is>, with <other> otherwise.
Options:\n<code>. <name>\n<other>. <other_name> | Tell me more about <is>. | (<code>) <name> (<other>) <other_name>
Examples of <is> are rare. | What does category <code> mean? | Suppose it were category <code>."""
REFUSALS = r"""I can't help with that. | I cannot help with that request. | I'm not able to assist with that.
Sorry, but I can't assist with that. | I apologize, but I cannot help with this request. | I must decline.
I won't be able to help with this. | I’m sorry, I can’t assist with this. | I cannot process images."""
NOTHING = r"""Hmm. | The image is blank. | No answer. | None | null | undecided | It's blurry. | A star. | An asteroid?
I would need a better image. | Thank you! | Error: timeout | 99 | A or not, who knows. | {} | [] | ``` | \boxed{}
No category applies. | A nebula, I believe. | I am looking at the picture now. | A very faint source."""


def unescaped(templates: tuple[str, ...]) -> list[str]:
    """Return written-out templates with true line ends."""
    return [template.replace("\\n", "\n") for template in templates]


def read(block: str) -> list[str]:
    """Return a block's templates with true line ends and marks."""
    return [t.replace("\\r", "\r").replace("\\ufeff", "\ufeff") for t in lines(block)]


def more_cases() -> list[Case]:
    """Return every family's cases."""
    return [
        *clear("code after a word", read(MARKED), SOME),
        *clear("code with name", read(NAMED_CODE), SOME),
        *clear("name in a sentence", read(NAMES), SOME),
        *clear("marks", read(MARKS), SOME[1:5]),
        *clear("confidence", read(CONFIDENT), SOME[:4]),
        *clear("lines", unescaped(LAST), SOME[2:]),
        *clear("after the reasoning", read(THOUGHT), SOME[:5]),
        *clear("JSON", read(JSON), SOME[1:5]),
        *clear("languages", read(LANGUAGES), SOME[1:5]),
        *clear("corrected codes", read(CORRECTED), SOME),
        *clear("corrected names", read(CORRECTED_NAMES), NAMED),
        *clear("whole floats", ("**<code>.0**", '{"answer": <code>.0}'), DIGITS[:6]),
        *silent("denied codes", read(DENIED), SOME[:5]),
        *silent("denied names", read(DENIED_NAMES), NAMED),
        *silent("doubted codes", read(DOUBTED), SOME[:5]),
        *silent("doubted names", read(DOUBTED_NAMES), SOME),
        *silent("several codes", read(SEVERAL), SOME[1:5]),
        *silent("several names", read(SEVERAL_NAMES), SOME[1:]),
        *silent("numbers", read(NUMBERS), NOT_ZERO[:4]),
        *silent("measured", read(MEASURED), NOT_ZERO[:4]),
        *silent("disagreeing", read(DISAGREE), SOME),
        *silent("lines that differ", unescaped(DIFFER), SOME),
        *silent("unfinished reasoning", read(UNFINISHED), SOME[:5]),
        *silent("JSON with none or several", read(JSON_NO), SOME[:4]),
        *silent("no answer in other languages", read(LANGUAGES_NO), SOME[1:4]),
        *silent("echoed", read(ECHOED), FEW[2:8]),
        *plain("refusals", read(REFUSALS), "refused"),
        *plain("empty", ("\r\n\r\n", "\n \n", " \t "), "empty"),
        *plain("nothing", read(NOTHING)),
    ]
