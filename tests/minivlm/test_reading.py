"""Prompts in many wordings, and the categories that each names."""

import json
import string
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondsight.inference.prompt import load_prompt
from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.mapping import LONGEST, mapping
from secondsight.minivlm.reading.mentions import mentions
from secondsight.minivlm.reading.read import read_question
from secondsight.minivlm.reading.tidy import unnumbered
from secondsight.minivlm.reading.yes_no import yes_or_no_alone
from secondsight.minivlm.server.schema import inlined

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = sorted(path.stem for path in (ROOT / "data" / "prompts").glob("*.md"))
WORDINGS = tomllib.loads((Path(__file__).parent / "wordings.toml").read_text("utf-8"))["prompt"]

Expected = list[tuple[str, str, str]]


def options_of(text: str, response_format: dict | None = None) -> Expected:
    found = read_question(text, response_format).options
    return [(option.code, option.name, option.description) for option in found]


def codes_of(text: str, response_format: dict | None = None) -> list[str]:
    return [option.code for option in read_question(text, response_format).options]


RING, BAR = "a closed loop of light", "a straight line through the middle"
CODED: Expected = [("1", "ring", RING), ("2", "bar", BAR)]
LETTERS: Expected = [("A", "ring", RING), ("B", "bar", BAR)]
NAMED: Expected = [("ring", "ring", RING), ("bar", "bar", BAR)]

LISTS: list[tuple[str, Expected]] = [
    (f"Category 1 (ring): {RING}\n\nCategory 2 (bar): {BAR}", CODED),
    (f"Sort it.\nClass 1: ring. {RING}\nClass 2: bar. {BAR}\nGive the digit only.", CODED),
    (f"1 - ring: {RING}\n2 - bar: {BAR}", CODED),
    (f"1) ring - {RING}\n2) bar - {BAR}", CODED),
    (f"1. ring: {RING}\n2. bar: {BAR}", CODED),
    (f"[1] ring: {RING}\n[2] bar: {BAR}", CODED),
    (f"1 (ring): {RING}\n2 (bar): {BAR}", CODED),
    (f"1 = ring ({RING})\n2 = bar ({BAR})", CODED),
    (f"1: ring, meaning {RING}\n2: bar, meaning {BAR}", CODED),
    (f"- 1: ring \u2014 {RING}\n- 2: bar \u2014 {BAR}", CODED),
    (f"- ring (1): {RING}\n- bar (2): {BAR}", CODED),
    (f"\u2022 1 \u2013 ring: {RING}\n\u2022 2 \u2013 bar: {BAR}", CODED),
    (f"\u20221: ring: {RING}\n\u20222: bar: {BAR}", CODED),
    (f"**1. ring**: {RING}\n**2. bar**: {BAR}", CODED),
    (f"**Category 1 (ring):** {RING}\n\n**Category 2 (bar):** {BAR}", CODED),
    (f"* **1** (ring): {RING}\n* **2** (bar): {BAR}", CODED),
    (f"`1` - ring: {RING}\n`2` - bar: {BAR}", CODED),
    (f'"1": ring - {RING}\n"2": bar - {BAR}', CODED),
    (f"Option #1: ring: {RING}\nOption #2: bar: {BAR}", CODED),
    (f"1 \u2192 ring: {RING}\n2 \u2192 bar: {BAR}", CODED),
    (f"A. ring: {RING}\nB. bar: {BAR}", LETTERS),
    (f"(A) ring: {RING}\n(B) bar: {BAR}", LETTERS),
    (f"A = ring: {RING}\nB = bar: {BAR}", LETTERS),
    (f"Type A (ring): {RING}\nType B (bar): {BAR}", LETTERS),
    (f"Options\n\nA \u2014 ring: {RING}\n\nB \u2014 bar: {BAR}\n\nOne letter, please.", LETTERS),
    (f"- **ring**: {RING}\n- **bar**: {BAR}", NAMED),
    (f"- **ring:** {RING}\n- **bar:** {BAR}", NAMED),
    (f"* ring \u2014 {RING}\n* bar \u2014 {BAR}", NAMED),
    (f"+ *ring*: {RING}\n+ *bar*: {BAR}", NAMED),
    (f"ring: {RING}\nbar: {BAR}\n\nWhich one is it?", NAMED),
    (f'"ring" - {RING}\n"bar" - {BAR}', NAMED),
    (f"**ring**\n{RING}\n\n**bar**\n{BAR}\n\nAnswer with one word.", NAMED),
    (f"## ring\n\n{RING}\n\n## bar\n\n{BAR}\n\n## Output\n\nOne word.", NAMED),
    (f"# Task\n\n## Class 1: ring\n{RING}\n## Class 2: bar\n{BAR}\n## Answer\nThe digit.", CODED),
    (f"### 1. ring\n- {RING}\n### 2. bar\n- {BAR}", CODED),
    (f"(a) ring: {RING}\n(b) bar: {BAR}", [("a", "ring", RING), ("b", "bar", BAR)]),
    (
        f"Class 1: {RING}\nClass 2: {BAR}",
        [("1", "", RING), ("2", "", BAR)],
    ),
    (
        "1. **ring**: closed.\n2. **bar**: straight.\n   - thin\n   - bright\n\n"
        "Rules:\n1. Answer with the number.\n2. Do not explain.",
        [("1", "ring", "closed."), ("2", "bar", "straight. thin; bright")],
    ),
    (
        "1. Look at the image.\n2. Decide which category fits.\n3. Answer with its letter.\n\n"
        f"A. ring: {RING}\nB. bar: {BAR}",
        LETTERS,
    ),
    (
        f"1: ring: {RING}\n2: bar: a straight line\n   through the middle\n\n"
        "The survey covered the southern sky.",
        CODED,
    ),
    ("A = elliptical\nB = lenticular", [("A", "elliptical", ""), ("B", "lenticular", "")]),
    ("Labels:\n- ring\n- bar\n", [("ring", "ring", ""), ("bar", "bar", "")]),
    ("1: ring\n2: bar\n\nReply with the name.", [("ring", "ring", ""), ("bar", "bar", "")]),
]

TABLES: list[tuple[str, Expected]] = [
    (
        "| code | name | description |\n|---|---|---|\n"
        f"| 1 | ring | {RING} |\n| 2 | bar | {BAR} |\n\nReply with the code.",
        CODED,
    ),
    (
        "| What it looks like | Class | Answer |\n|:--|:-:|--:|\n"
        f"| {RING} | **ring** | `1` |\n| {BAR} | **bar** | `2` |",
        CODED,
    ),
    (f"Name | Meaning\n--- | ---\nring | {RING}\nbar | {BAR}", NAMED),
    ("|Label|Digit|\n|-|--|\n|ring|1|\n|bar|2|", [("1", "ring", ""), ("2", "bar", "")]),
    (
        "| code | name | colour | look | also |\n|---|---|---|---|---|\n"
        f"| 1 | ring | blue | {RING} | it may be faint and broken |\n| 2 | bar | red | {BAR} | |",
        [("1", "ring", f"{RING}; it may be faint and broken"), ("2", "bar", BAR)],
    ),
    (
        "| code | name | look | also | seen in |\n|---|---|---|---|---|\n"
        f"| 1 | ring | {RING} |\n| 2 | bar | | it is thin, and as long as the disc | 3% |",
        [("1", "ring", RING), ("2", "bar", "it is thin, and as long as the disc")],
    ),
    (
        f"| code (name) | look |\n|---|---|\n| 1 (ring) | {RING} |\n| 2 (bar) | {BAR} |",
        CODED,
    ),
]

DATA: list[tuple[str, Expected]] = [
    (
        json.dumps(
            [
                {"id": 1, "label": "ring", "description": RING},
                {"id": 2, "label": "bar", "description": BAR},
            ],
            indent=1,
        ),
        CODED,
    ),
    ("Categories: " + json.dumps({"1": f"ring: {RING}", "2": f"bar: {BAR}"}), CODED),
    ("The classes are " + json.dumps({"ring": RING, "bar": BAR}), NAMED),
    (
        json.dumps(
            {"classes": {"ring": {"code": 1, "meaning": RING}, "bar": {"code": 2, "meaning": BAR}}}
        ),
        CODED,
    ),
    ("Use {'1': 'ring', '2': 'bar'} to code it.", [("1", "ring", ""), ("2", "bar", "")]),
    ('Allowed: ["ring", "bar"].', [("ring", "ring", ""), ("bar", "bar", "")]),
]

UNNAMED: Expected = [("1", "", RING), ("2", "", BAR)]

MAPPINGS: list[tuple[str, Expected]] = [
    (f"task: sort it\ncodes:\n  1: 'ring: {RING}'\n  2: 'bar: {BAR}'\nanswer: a digit", CODED),
    (
        f"codes:\n  1:\n    name: ring\n    look: {RING}\n  2:\n    name: bar\n    look: {BAR}",
        CODED,
    ),
    (f"1:\n  title: ring\n  means: {RING}\n2:\n  title: bar\n  means: {BAR}\n", CODED),
    (f"task: sort it\nclasses:\n  class 1 (ring): {RING}\n  class 2 (bar): {BAR}", CODED),
    (f"codes: {{1: {{name: ring, look: {RING}}}, 2: {{name: bar, look: {BAR}}}}}", CODED),
    (
        f"task: sort it\ncodes:\n  code 1: {RING}\n  code 2: {BAR}\n  note: one of them\n",
        UNNAMED,
    ),
    (
        json.dumps(
            {
                "task": "sort",
                "codes": {
                    "1": {"label": "ring", "any_of": [RING, "a circle"], "edge": None},
                    "2": {"label": "bar", "ends": {"look": "bright"}},
                },
            }
        ),
        [("1", "ring", f"{RING}; a circle; edge"), ("2", "bar", "ends bright")],
    ),
    ("codes:\n  1: yes\n  0: no\n", [("1", "yes", ""), ("0", "no", "")]),
    ("codes:\n  01: ring\n  02: bar\n", [("01", "ring", ""), ("02", "bar", "")]),
    (f"confidence:\n  1: sure\n  2: a guess\ncodes:\n  1: {RING}\n  2: {BAR}", UNNAMED),
    (f"steps:\n  1: look at it\n  2: answer\ncodes:\n  1: {RING}\n  2: {BAR}", UNNAMED),
    (f"asked:\n  1: is it big?\n  2: is it red?\ncodes:\n  1: {RING}\n  2: {BAR}", UNNAMED),
    (
        "codes:\n  1: only one arm\n  2: two arms",
        [("1", "only one arm", ""), ("2", "two arms", "")],
    ),
    (
        "codes:\n  1: if you see a closed loop\n  2: if it is a straight line",
        [("1", "", "if you see a closed loop"), ("2", "", "if it is a straight line")],
    ),
]

NUMBERED: list[tuple[str, Expected]] = [
    (f"1. Code 2, bar: {BAR}\n2. Code 1, ring: {RING}", CODED[::-1]),
    (f"1) **Code 1** (ring): {RING}\n2) **Code 2** (bar): {BAR}", CODED),
    (f"1. **Code 1, ring:** {RING}\n2. **Code 2, bar:** {BAR}", CODED),
    (f"- Code 1 \u2013 ring: {RING}\n- Code 2 \u2013 bar: {BAR}", CODED),
    (f"- Code 1 ring: {RING}\n- Code 2 bar: {BAR}", CODED),
    (f"- code 1: {RING}\n- code 2: {BAR}", UNNAMED),
    (f"Code 1 for rings: {RING}\nCode 2 for bars: {BAR}",
     [("1", "rings", RING), ("2", "bars", BAR)]),
]  # fmt: skip

LOOP, LINE = "there is a closed loop of light", "a straight line crosses the disc"
SPOKEN: Expected = [("1", "", LOOP), ("0", "", LINE)]

MENTIONS: list[tuple[str, Expected]] = [
    (f"If {LOOP}, you write 1. If {LINE}, you write 0.", SPOKEN),
    (f"If {LOOP}, so that is a 1. If {LINE}, call it a 0. One digit, please.", SPOKEN),
    (f"You write 1 when {LOOP}\n\nand you write 0 when {LINE}\n\nGive the code.", SPOKEN),
    (
        "The light closes to a loop. Then the code is 1. It may be faint and broken.\n\n"
        f"Or {LINE}. Thus the code is 0.",
        [("1", "", "The light closes to a loop may be faint and broken"), ("0", "", LINE)],
    ),
]

PROSE: list[tuple[str, Expected]] = [
    (
        "Answer 1 if the image shows a faint diffuse cloud in the middle, and 0 if it shows "
        "anything else, such as a bright point, a ghost or an empty field.",
        [
            ("1", "", "the image shows a faint diffuse cloud in the middle"),
            (
                "0",
                "",
                "it shows anything else, such as a bright point, a ghost or an empty field",
            ),
        ],
    ),
    (
        "Reply with 'Small' if the object is tiny, otherwise reply 'Not small'.",
        [("Small", "Small", "the object is tiny"), ("Not small", "Not small", "otherwise")],
    ),
    (
        "Say yes if there is a closed loop; no otherwise.",
        [("yes", "yes", "there is a closed loop"), ("no", "no", "otherwise")],
    ),
    (
        "Label it Ring when a loop is seen, Junk when nothing is there.",
        [("Ring", "Ring", "a loop is seen"), ("Junk", "Junk", "nothing is there")],
    ),
    (
        "If the image shows a loop, answer 1. If it shows a line, answer 2. Otherwise, answer 0.",
        [
            ("1", "", "the image shows a loop"),
            ("2", "", "it shows a line"),
            ("0", "", "otherwise"),
        ],
    ),
    (
        "For a ring, answer R; for a bar, answer B. If you cannot tell, answer B.",
        [("R", "ring", ""), ("B", "bar", "")],
    ),
    (
        "Reply 2 when both are there, 1 when just one is there, or 0 when there is none.",
        [("2", "", "both are there"), ("1", "", "just one is there"), ("0", "", "there is none")],
    ),
    (
        "In the image, if you see arms then say 'S'; else say 'E'.",
        [("S", "", "you see arms"), ("E", "", "else")],
    ),
    (
        "Look at it and respond with 1 for an extended cloud and 0 for anything else. "
        "Do not explain. For example: 1",
        [("1", "extended cloud", ""), ("0", "anything else", "")],
    ),
    (
        f"Give a digit (1 = ring: {RING}; 2 = bar: {BAR}).",
        CODED,
    ),
    (
        "- Answer 1 if there is a loop.\n- Answer 0 if there is no loop.",
        [("1", "", "there is a loop"), ("0", "", "there is no loop")],
    ),
    (
        "Codes: 0=junk, 1=ring. Look at the image. Rings look like closed loops of light. "
        "They have no end. Junk looks like streaks or ghosts. Answer with the code.",
        [
            ("0", "junk", "streaks or ghosts."),
            ("1", "ring", "closed loops of light. They have no end."),
        ],
    ),
    (
        "The possible classes are ring, bar and disc.\n\nA ring is a closed loop of light. "
        "A bar is a straight line; a disc is flat.",
        [
            ("ring", "ring", "a closed loop of light."),
            ("bar", "bar", "a straight line"),
            ("disc", "disc", "flat."),
        ],
    ),
    (
        "Sort it into one of two classes: star (a sharp point), galaxy (a fuzzy patch).",
        [("star", "star", "a sharp point"), ("galaxy", "galaxy", "a fuzzy patch")],
    ),
    (
        "0 means a point and 1 means a patch of light. Which is it?",
        [("0", "", "point"), ("1", "", "a patch of light")],
    ),
]

NAMES: list[tuple[str, list[str]]] = [
    (
        "Is this galaxy round, cigar-shaped, edge-on or spiral?",
        ["round", "cigar-shaped", "edge-on", "spiral"],
    ),
    ("Is the source a spiral or an elliptical galaxy? One word.", ["spiral", "elliptical"]),
    ("Classify the image as one of: FRI, FRII", ["FRI", "FRII"]),
    ("Decide whether this source is compact or extended.", ["compact", "extended"]),
    ("What is it: a star, a galaxy, or an artifact?", ["star", "galaxy", "artifact"]),
    ("Choose between star and galaxy.", ["star", "galaxy"]),
    ("Classify the galaxy as smooth, clumpy or disturbed.", ["smooth", "clumpy", "disturbed"]),
    ("Options: ring | bar | disc", ["ring", "bar", "disc"]),
    ("Pick one of the following labels: ring/bar/disc.", ["ring", "bar", "disc"]),
    ("Respond with either 'star' or 'galaxy'.", ["star", "galaxy"]),
    ("Possible answers are: ring, bar.", ["ring", "bar"]),
    ("Answer only with 0 or 1.", ["0", "1"]),
    ("Does the picture show a star or a galaxy?", ["star", "galaxy"]),
    ("Choose between A (merger) and B (isolated).", ["A", "B"]),
    ("artifact (0) or galaxy (1)?", ["0", "1"]),
    ("Is it (a) a ring, (b) a bar, or (c) neither?", ["a", "b", "c"]),
    ("Turn it into 0 (star), 1 (galaxy) or 2 (other).", ["0", "1", "2"]),
    ('Output format: {"category": "ring|bar|disc"}', ["ring", "bar", "disc"]),
]

HOLE, CROSSED = "light closes around an empty middle", "a straight line runs through the middle"
ACROSS: list[tuple[str, Expected]] = [
    (
        "| | 1: ring | 2: bar |\n|---|---|---|\n| outline | closed | open |\n"
        "| middle | dark | lit |\n"
        "\nWhich column fits?",
        [
            ("1", "ring", "outline: closed; middle: dark"),
            ("2", "bar", "outline: open; middle: lit"),
        ],
    ),
    (
        "| sign | points to 1 (bar) | points to 0 (ring) |\n|-|-|-|\n| outline | open | closed |",
        [("1", "bar", "outline: open"), ("0", "ring", "outline: closed")],
    ),
    (f"| Class 1 - ring | Class 2 - bar |\n|---|---|\n| {RING} | {BAR} |\n\nWhich?", CODED),
    (f"| code | 1 | 2 |\n|---|---|---|\n| name | ring | bar |\n| | {RING} | {BAR} |", CODED),
    (f"| what | ring (1) | bar (2) |\n|---|---|---|\n| | {RING} | {BAR} |", CODED),
    (
        "| band | panel 1 | panel 2 |\n|---|---|---|\n| ring | red light | blue light |\n"
        "| bar | dim light | no light |",
        [("ring", "ring", "red light"), ("bar", "bar", "dim light")],
    ),
]
BEHIND_ITS_MEANING: list[tuple[str, Expected]] = [
    (
        f"Sometimes {HOLE}. Please put 1 for these. Elsewhere {CROSSED}. Please put 0 for those.",
        [("1", "", f"Sometimes {HOLE}."), ("0", "", f"Elsewhere {CROSSED}.")],
    ),
    (
        f"If {HOLE}, we have the first kind (class 1, ring). If {CROSSED}, we have the other kind"
        " (class 2, bar).",
        [
            ("1", "ring", f"{HOLE}, we have the first kind"),
            ("2", "bar", f"{CROSSED}, we have the other kind"),
        ],
    ),
    (
        f"This is how we sort. When {HOLE}, we put 1, meaning ring. When {CROSSED}, we put 2.",
        [("1", "ring", HOLE), ("2", "", CROSSED)],
    ),
    (
        "Galaxies with a loop around nothing go into class\n0. Galaxies inclined by 30 degrees that"
        " a line divides belong to class 1.",
        [
            ("0", "", "Galaxies with a loop around nothing"),
            ("1", "", "Galaxies inclined by 30 degrees that a line divides"),
        ],
    ),
    (
        f"1. Does a line cross it? If so, write 0.\n2. Does a loop close? If not, write 0.\n"
        f"3. Has it got this far? Then {HOLE}: write 1.",
        [("0", "", "Does a line cross it?"), ("1", "", f"Has it got this far? {HOLE}")],
    ),
]
IN_JSON: list[tuple[str, Expected]] = [
    (
        '{"type": "object", "properties": {"shape": {"type": "integer", "enum": [1, 2],'
        f' "description": "1: {RING}. 2: {BAR}"}}, "certainty": {{"enum": ["low", "high"]}}}}}}',
        [("1", "1", RING), ("2", "2", BAR)],
    ),
    (
        f'{{"job": "sort it", "codes": {{"1": "ring: {RING}", "2": "bar: {BAR}"}}, "send": "it"}}'
        "\n\nGo.",
        CODED,
    ),
    (
        '{"goal": "sort", "certainty": {"1": "low", "2": "high"}, "kinds": {"A": {"name": "ring",'
        f' "look": "{RING}"}}, "B": {{"name": "bar", "look": "{BAR}"}}}}}}\nGo.',
        LETTERS,
    ),
]
ASKED_AND_ANSWERED: list[tuple[str, Expected]] = [
    (
        f"Q. When is a picture coded 1?\nA. When {HOLE}.\n\nQ. When is it coded 2?\n"
        f"A. When {CROSSED}.\n\nQ. And this one?\nA.",
        [("1", "", HOLE), ("2", "", CROSSED)],
    ),
    (
        f"Question: What do I type?\nAnswer: 1 for {RING}, 2 when {CROSSED}.\n\n"
        "Question: Your number?",
        [("1", "", RING), ("2", "", CROSSED)],
    ),
    (
        f"Q: Is it so that {HOLE}?\nA: Then 0.\n\nQ: Is it so that {CROSSED}?\nA: Then 1.\n\n"
        "The code only.",
        [("0", "", f"{HOLE}?"), ("1", "", f"{CROSSED}?")],
    ),
    ("Q: Which is it?\nA: ring\nB: bar", [("A", "ring", ""), ("B", "bar", "")]),
]
NAMED_LIKE_ORDERS: list[tuple[str, Expected]] = [
    (
        f"**1 (take)**\n- {RING}\n- nothing within\n\n**0 (return)**\n- {BAR}\n- stars nearby",
        [("1", "take", f"{RING}; nothing within"), ("0", "return", f"{BAR}; stars nearby")],
    ),
    (
        f"### 1 (keep)\n* {RING}\n* dark within\n\n### 2 (ignore)\n* {BAR}\n* round stars nearby",
        [("1", "keep", f"{RING}; dark within"), ("2", "ignore", f"{BAR}; round stars nearby")],
    ),
]
NONE = [
    "",
    "Describe this image",
    "Describe this image.",
    "What is the redshift?",
    "Describe the galaxy's shape, colour and size in two or three sentences.",
    "Is there anything unusual or interesting in this image?",
    "Look at the image and tell me what you see. Answer in one or two sentences.",
    "1. Look at the image.\n2. Describe what you see.\n3. Do not guess.",
    "Hello",
    "Write a caption for the picture, as short and clear as possible.",
    "# Task\nDescribe the picture.\n# Format\nPlain text.",
    "What is this?",
    "Is the label in panel 1 the same as in panel 2?",
    "Describe the labels. Panel 1 shows the stars in blue light, and panel 2 in red light.",
    "The picture spans 30 arcsec at redshift 2. Its label is missing. Say what you see.",
    "The number of galaxies in the 10 fields rose from 12 to 15 since 2019. Describe it.",
    "Which of the 2 panels shows more stars? The label gives 4 magnitudes in 30 arcsec.",
    "Describe it in 2 or 3 sentences. Do not exceed 50 words. Number the sentences.",
    "The label says 12 hours. The code was run for 3 days. Describe what you see.",
    "Give the survey's code in one word: it has 2 bands and 5 fields.",
    "Code 1 or code 2: describe what you see.",
]


@pytest.mark.parametrize(
    ("text", "expected"), LISTS + TABLES + DATA + MAPPINGS + NUMBERED + MENTIONS + PROSE
)
def test_the_categories_of_a_prompt(text: str, expected: Expected) -> None:
    assert options_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    ACROSS + BEHIND_ITS_MEANING + IN_JSON + ASKED_AND_ANSWERED + NAMED_LIKE_ORDERS,
)
def test_codes_in_unusual_places(text: str, expected: Expected) -> None:
    assert options_of(text) == expected


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_alone_have_no_descriptions(text: str, expected: list[str]) -> None:
    assert codes_of(text) == expected
    assert {option.description for option in read_question(text).options} == {""}


@pytest.mark.parametrize("text", NONE)
def test_a_prompt_that_names_no_categories_has_none(text: str) -> None:
    assert read_question(text).options == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(" - ", " \u2013 "),
        lambda text: f"\n\n  \n{text}\n\n",
        lambda text: f"You are an expert. You will see one image of the sky.\n\n{text}",
        lambda text: f"{text}\n\nAnswer with the number of the category and nothing else.",
        lambda text: f"{text}\nAnswer with the number alone.",
        lambda text: f"{text}\n\nFor example: 1",
        lambda text: f"{text}\n\nDo not write anything else. Your answer must be one digit.",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        f"Category 1 (ring): {RING}\n\nCategory 2 (bar): {BAR}",
        f"1 - ring: {RING}\n2 - bar: {BAR}",
        f"- 1: ring - {RING}\n- 2: bar - {BAR}",
        f"1) ring - {RING}\n2) bar - {BAR}",
    ],
)
def test_what_stands_around_a_list_does_not_change_it(
    text: str, change: Callable[[str], str]
) -> None:
    assert options_of(change(text)) == CODED


def schema(category: dict, **more: dict) -> dict:
    properties = {"category": category, **more}
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "strict": True,
            "schema": {"type": "object", "properties": properties, "required": list(properties)},
        },
    }


LISTED = f"1 - ring: {RING}\n2 - bar: {BAR}"


def test_a_schemas_codes_are_joined_with_the_text() -> None:
    found = read_question(LISTED, schema({"type": "string", "enum": ["2", "1"]}))
    assert found.options == (Option("2", "bar", BAR), Option("1", "ring", RING))
    assert found.fields == ("category",)
    assert found.confidence == ()


def test_a_schemas_codes_may_be_names_or_numbers() -> None:
    assert options_of(LISTED, schema({"enum": ["Ring", "Bar"]})) == [
        ("Ring", "ring", RING),
        ("Bar", "bar", BAR),
    ]
    assert options_of(LISTED, schema({"type": "integer", "enum": [1, 2]})) == CODED


def test_a_schemas_codes_are_names_where_the_text_says_nothing() -> None:
    asked = schema({"enum": ["ring", "bar"]}, confidence={"enum": ["Low", "High", "Medium"]})
    found = read_question("What is it?", asked)
    assert found.options == (Option("ring", "ring", ""), Option("bar", "bar", ""))
    assert found.confidence == ("High", "Medium", "Low")
    assert found.fields == ("category", "confidence")


def test_a_schemas_codes_are_described_by_prose() -> None:
    text = "Rings are closed loops. A bar is a straight line. Which one is this?"
    assert options_of(text, schema({"enum": ["ring", "bar"]})) == [
        ("ring", "ring", "closed loops."),
        ("bar", "bar", "a straight line."),
    ]


def test_a_confidence_may_come_first_and_have_another_name() -> None:
    properties = {
        "certainty": {"type": "string", "enum": ["unsure", "sure"]},
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": ["ring", "bar"]},
    }
    found = read_question(LISTED, {"type": "json_schema", "schema": {"properties": properties}})
    assert found.fields == ("verdict", "certainty")
    assert found.confidence == ("sure", "unsure")


def test_a_schema_may_keep_its_codes_elsewhere() -> None:
    asked = schema({"$ref": "#/$defs/Kind", "description": "1 = ring, 2 = bar"})
    whole = asked["json_schema"]["schema"]
    whole["$defs"] = {"Kind": {"type": "string", "enum": ["1", "2"]}}
    asked["json_schema"]["schema"] = inlined(whole)
    assert options_of("Sort it.", asked) == [("1", "ring", ""), ("2", "bar", "")]


@pytest.mark.parametrize(
    "asked",
    [
        {}, {"type": "text"}, {"type": "json_schema"}, {"json_schema": 3}, {"properties": []},
        {"type": "json_schema", "json_schema": {"schema": {"properties": {"a": 1}}}},
        schema({"enum": "ring"}), schema({"enum": [None, {}]}), schema({"$ref": 3}),
    ],
)  # fmt: skip
def test_an_odd_schema_leaves_the_texts_categories(asked: dict) -> None:
    assert options_of(LISTED, asked) == CODED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("State your confidence as High, Medium or Low.", ("High", "Medium", "Low")),
        ("State your confidence as Low, Medium or High.", ("High", "Medium", "Low")),
        ("Give your confidence (low/medium/high).", ("high", "medium", "low")),
        ("How sure are you: certain, likely or unsure?", ("certain", "likely", "unsure")),
        ("Confidence levels:\n- Low: a guess\n- High: it is plain\n", ("High", "Low")),
        ("Confidence: High means it is plain, Low means a guess.", ("High", "Low")),
        ("Add your confidence on a scale of 1 to 5.", ("5", "4", "3", "2", "1")),
        ("Also state your confidence.", ("High", "Medium", "Low")),
        ('Add your certainty: "very high", "high" or "low".', ("very high", "high", "low")),
        ("Do not state your confidence.", ()),
        ("Nothing else.", ()),
    ],
)
def test_the_words_for_a_confidence(text: str, words: tuple[str, ...]) -> None:
    found = read_question(f"{LISTED}\n\nAnswer with the number. {text}")
    assert found.confidence == words
    assert [(o.code, o.name, o.description) for o in found.options] == CODED


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('Reply in JSON with keys "label" and "confidence".', ("label", "confidence")),
        ("Reply in JSON with the fields confidence and class.", ("class", "confidence")),
        ('Return {"kind_of_galaxy": 1, "confidence": "High"}', ("kind_of_galaxy", "confidence")),
        ('Example: {"reason": "...", "answer": "<1 or 2>"}', ("answer",)),
        ("Answer as a JSON object.", ("category",)),
        (
            '```json\n{"verdict": "<number>", "certainty": "<High|Low>"}\n```',
            ("verdict", "certainty"),
        ),
        ("Answer with the number.", ()),
    ],
)
def test_the_fields_of_an_answer_in_json(text: str, fields: tuple[str, ...]) -> None:
    found = read_question(f"{LISTED}\n\n{text}")
    assert found.fields == fields
    assert [(o.code, o.name, o.description) for o in found.options] == CODED


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Give JSON with one key, verdict.", ("verdict",)),
        ("Reply with JSON: the field mark is the number, the field certainty is High, Medium or"
         " Low.", ("mark", "certainty")),
        ('Put the number under "kind" in JSON, under "kind" and nowhere else.', ("kind",)),
    ],
)  # fmt: skip
def test_the_fields_of_an_answer_in_words(text: str, fields: tuple[str, ...]) -> None:
    assert read_question(f"{LISTED}\n\n{text}").fields == fields


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Say nothing but 'PICKED CLASS: $NUMBER' (no quotes).", "PICKED CLASS: \x00"),
        ("Close with \"It is: <number>\".", "It is: \x00"),
        ("Your last line must read 'ANSWER: $LETTER', LETTER being one of 1,2.", "ANSWER: \x00"),
        ("Reply so:\nCategory: <number>\nConfidence: <High|Medium|Low>\nWhy: <a sentence>",
         "Category: \x00\nConfidence: \x01"),
        ("Reply so:\nConfidence: [High, Medium or Low]\nClass: [the number]",
         "Confidence: \x01\nClass: \x00"),
        ("Answer: [number]\nReason: [one line]\nConfidence: [High/Medium/Low]",
         "Answer: \x00\nConfidence: \x01"),
        ("Form: **Label:** {number}, **Confidence:** {High/Medium/Low}",
         "Label: \x00, Confidence: \x01"),
        ("End with \"Result: X\" where X is the number.", "Result: \x00"),
        ("For example: `Verdict: 2`.", "Verdict: \x00"),
        ("Begin your reply with 'My pick =' and then the number.", "My pick = \x00"),
        ("Use this form:\n\n```\nFinal answer: <the number>\n```", "Final answer: \x00"),
        ("Put the number between <label></label> tags.", "<label>\x00</label>"),
        ("Write \\boxed{number}.", "\\boxed{\x00}"),
        ("Answer:", "\x00"),
        ("Answer with the number.", "\x00"),
        ("Do not write a label: the number is enough.", "\x00"),
    ],
)  # fmt: skip
def test_the_form_of_a_plain_answer(text: str, form: str) -> None:
    found = read_question(f"{LISTED}\n\n{text}")
    assert found.form == form
    assert [(o.code, o.name, o.description) for o in found.options] == CODED
    assert (found.fields, found.passage) == ((), "")


def test_a_form_may_ask_for_the_name() -> None:
    found = read_question(f"{LISTED}\n\nReply so: Class: <name of the class>")
    assert (found.form, [o.code for o in found.options]) == ("Class: \x00", ["ring", "bar"])


def test_tags_around_each_category_are_no_form() -> None:
    listed = "<class>ring: a loop</class>\n<class>bar: a line</class>\n<class>disc: flat</class>"
    assert read_question(f"Which is it?\n{listed}").form == "\x00"


@pytest.mark.parametrize(
    ("text", "yes", "asked"),
    [
        ("Is it a ring? yes or no", "yes", "a ring"),
        ("Is this galaxy barred? (yes/no)", "yes", "barred"),
        ("Does the image show a ring? Yes/No", "Yes", "a ring"),
        ("Reply yes or no only.\n\nCan you see a bar in this image?", "yes", "a bar"),
        ("This is an image of the sky. Is it a ring or not? Answer yes or no.", "yes", "a ring"),
        ("True or false: this is a ring.", "True", "a ring"),
        ("Is it smooth? y/n", "y", "smooth"),
        ("Answer yes or no: does the galaxy have a bar?", "yes", "a bar"),
        ('Is there a bar in this galaxy? Answer "Yes" or "No".', "Yes", "a bar"),
    ],
)
def test_yes_stands_for_what_is_asked(text: str, yes: str, asked: str) -> None:
    said, other = read_question(text).options
    assert (said.code, said.description, other.description) == (yes, asked, "otherwise")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Is it a spiral?", "a spiral"),
        ("You are an astronomer.\n\nIs this galaxy barred?", "barred"),
        ("Look at the image. Does it show a ring?", "a ring"),
        ("Is there a bar in this galaxy? Answer in one word.", "a bar"),
        ("Question: is this an elliptical galaxy or not?", "an elliptical galaxy"),
        ("Can you see spiral arms?", "spiral arms"),
    ],
)
def test_a_question_alone_may_leave_nothing_but_yes_or_no(text: str, asked: str) -> None:
    said, other = yes_or_no_alone(text)
    assert (said.code, said.description) == ("Yes", asked)
    assert (other.code, other.description) == ("No", "otherwise")


@pytest.mark.parametrize(
    "text",
    [
        "What is it?",
        "Describe the image.",
        "Can you describe the image?",
        "Is it a spiral? Explain why.",
        "Is it a spiral or an elliptical?",
        "Is there anything unusual?",
        "Do you see something?",
        "Is it a spiral? Is it barred?",
        "Tell me what is in the image. Is it a spiral?",
    ],
)
def test_a_question_that_wants_words_is_no_yes_or_no(text: str) -> None:
    assert yes_or_no_alone(text) == ()


def test_a_yes_or_no_beside_categories_is_no_category() -> None:
    assert options_of(f"{LISTED}\n\nAlso tell whether it is bright (yes/no).") == CODED


def test_a_truth_value_of_a_schema_is_yes_or_no() -> None:
    found = read_question("Is it a ring?", schema({"type": "boolean"}))
    assert [(o.code, o.description) for o in found.options] == [
        ("true", "a ring"),
        ("false", "otherwise"),
    ]


def test_listed_codes_come_before_a_truth_value() -> None:
    found = read_question(LISTED, schema({"type": "boolean"}, kind={"enum": [1, 2]}))
    assert found.fields == ("kind",)


def test_json_may_be_asked_for_beside_the_text() -> None:
    assert read_question(LISTED, {"type": "json_object"}).fields == ("category",)


SAID = "The object is a closed loop with 2 bright ends, and no bar is seen."


@pytest.mark.parametrize(
    "quoted",
    [
        f'Answer: "{SAID}"',
        f"Answer: \u201c{SAID}\u201d",
        f"Answer: {SAID}",
        f"**Description:** {SAID}",
        f"Here is what another model wrote:\n\n{SAID}",
        f'The model said, "{SAID}"',
        f"```\n{SAID}\n```",
        f"```text\n{SAID}\n```",
        f'"""{SAID}"""',
        f"<answer>{SAID}</answer>",
        f"<description>\n{SAID}\n</description>",
        f"Text to classify:\n> {SAID}",
        f"---\n{SAID}\n---",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_quoted_text_is_the_passage(quoted: str, first: bool) -> None:
    parts = [quoted, LISTED] if first else [LISTED, quoted]
    text = "\n\n".join(["Turn the text into a class number.", *parts, "Answer with the number."])
    found = read_question(text)
    assert found.passage == SAID
    assert [(o.code, o.name, o.description) for o in found.options] == CODED


@pytest.mark.parametrize(
    "text",
    [
        LISTED,
        'Answer "Yes" or "No".',
        "Write it as <answer>1</answer>.",
        f"```\n{LISTED}\n```",
        f"<categories>\n{LISTED}\n</categories>\n<output>your answer</output>",
        'Return ```json\n{"category": "1"}\n```',
        "Answer: ",
    ],
)
def test_a_prompt_that_quotes_nothing_has_no_passage(text: str) -> None:
    assert read_question(text).passage == ""


def test_a_repeated_code_counts_once_and_is_completed() -> None:
    text = f"1: ring\n2: bar: {BAR}\n1: loop: {RING}"
    assert codes_of(text) == ["1", "2"]
    assert read_question(text).options[0].name == "ring"


NOUNS = ["ring", "bar", "shell", "halo", "clump", "arc", "jet", "tight pair", "dark lane", "core"]
ADJECTIVES = ["bright", "faint", "straight", "curved", "broad", "narrow", "dusty", "blue"]
TRAITS = ["a sharp edge", "a tail", "small knots", "even light", "a hole in it", "spikes"]


@st.composite
def made_options(draw: st.DrawFn) -> list[Option]:
    count = draw(st.integers(2, 6))
    names = draw(st.permutations(NOUNS))[:count]
    codes = draw(
        st.sampled_from(
            [
                [str(number) for number in range(count)],
                [str(number + 1) for number in range(count)],
                list(string.ascii_uppercase[:count]),
            ]
        ).flatmap(st.permutations)
    )
    said = [
        f"{draw(st.sampled_from(ADJECTIVES))} and {draw(st.sampled_from(ADJECTIVES))} light "
        f"{draw(st.sampled_from(['with', 'without']))} {draw(st.sampled_from(TRAITS))}"
        for _ in names
    ]
    return [Option(*parts) for parts in zip(codes, names, said, strict=True)]


def lines(form: str, between: str = "\n") -> Callable[[list[Option]], str]:
    return lambda options: between.join(
        form.format(c=option.code, n=option.name, d=option.description) for option in options
    )


def table(columns: str) -> Callable[[list[Option]], str]:
    heads = {"c": "Code", "n": "Name", "d": "Description"}
    head = " | ".join(heads[column] for column in columns)
    row = " | ".join(f"{{{column}}}" for column in columns)
    rule = "|".join(["---"] * len(columns))
    return lambda options: f"| {head} |\n|{rule}|\n" + lines(f"| {row} |")(options)


STYLES = {
    **{
        form: lines(form)
        for form in (
            "Category {c} ({n}): {d}", "Class {c}: {n}. {d}.", "{c} - {n}: {d}", "{c}) {n} - {d}",
            "({c}) {n}: {d}", "{c}. {n}: {d}", "- {c}: {n} - {d}", "* **{c}** ({n}): {d}",
            "{c} = {n} ({d})", "- **{c} ({n})**: {d}", "{c}: {n}; {d}", "- {n} ({c}): {d}",
            "- **{n}** ({c}): {d}", "{c} \u2014 {n} \u2014 {d}", "**{c}**: {n}: {d}",
            "Use {c} for {n}: {d}.", "Type {c}, {n}: {d}",
        )
    },
    "paragraphs": lines("Category {c} ({n}): {d}.", "\n\n"),
    "loose": lines("{c}. **{n}**\n\n   {d}", "\n\n"),
    "headings": lines("## {c}: {n}\n\n{d}", "\n\n"),
    "inline": lambda options: "Codes: " + lines("{c} = {n}: {d}", "; ")(options) + ".",
    "json": lambda options: json.dumps(
        [{"code": o.code, "name": o.name, "description": o.description} for o in options]
    ),
    "mapping": lambda options: json.dumps({o.code: f"{o.name}: {o.description}" for o in options}),
    **{columns: table(columns) for columns in ("cnd", "ncd", "dnc", "ndc", "dcn")},
}  # fmt: skip

BEFORE = ["", "Look at the image and sort it.\n\n", "You are an expert.\n\nThe categories are:\n\n"]
BEHIND = ["", "\n\nAnswer with the code and nothing else.", "\n\nReply with one code only."]


@pytest.mark.parametrize("style", STYLES)
@given(made_options(), st.sampled_from(BEFORE), st.sampled_from(BEHIND))
def test_any_options_in_any_style_are_read(
    style: str, options: list[Option], before: str, behind: str
) -> None:
    found = options_of(before + STYLES[style](options) + behind)
    expected = [(option.code, option.name, option.description) for option in options]
    assert [(code, name, said.rstrip(".")) for code, name, said in found] == expected


SENTENCES = {
    "if": ("Answer {c} if you see {d}", ", ", "."),
    "when": ("{c} when there is {d}", "; ", "."),
    "first": ("If there is {d}, answer {c}.", " ", ""),
    "lines": ("- Reply {c} if the image shows {d}.", "\n", ""),
}


@pytest.mark.parametrize("style", SENTENCES)
@given(made_options())
def test_any_options_in_sentences_are_read(style: str, options: list[Option]) -> None:
    form, between, end = SENTENCES[style]
    found = read_question(lines(form, between)(options) + end).options
    assert [option.code for option in found] == [option.code for option in options]
    for option, read in zip(options, found, strict=True):
        assert option.description in read.description
        assert len(read.description) < len(option.description) + 20


@given(st.permutations(NOUNS).flatmap(lambda n: st.integers(2, 6).map(lambda k: n[:k])))
def test_any_names_are_read(names: list[str]) -> None:
    for text in (
        f"Is this object a {', a '.join(names[:-1])} or a {names[-1]}?",
        f"Classify it as one of: {', '.join(names)}.",
        f"Choose between {', '.join(names[:-1])} and {names[-1]}.",
        "Options:\n" + "\n".join(f"- {name}" for name in names),
        f"The categories are {', '.join(names[:-1])} and {names[-1]}.",
    ):
        assert codes_of(text) == list(names), text


MAPPED = {
    "plain": "  {c}: '{n}: {d}'",
    "named": "  {c}:\n    name: {n}\n    look: {d}",
    "kind": "  category {c} ({n}): {d}",
    "described first": "  {c}:\n    description: {d}\n    label: {n}",
    "flow": "  '{c}': {{title: {n}, means: {d}}}",
    "parts": "  code {c} ({n}):\n    any of:\n      - {d}",
}


def numbered(draw: st.DrawFn, first: int) -> list[Option]:
    """Return options with numbers as codes, counted from `first`, in any order."""
    options = draw(made_options())
    codes = draw(st.permutations(range(first, first + len(options))))
    pairs = zip(options, codes, strict=True)
    return [Option(str(code), option.name, option.description) for option, code in pairs]


numbered_options = st.composite(numbered)


@pytest.mark.parametrize("form", MAPPED)
@given(numbered_options(first=0), st.sampled_from(["", "task: sort it\nconfidence: none\n"]))
def test_any_mapping_is_read_in_its_order(form: str, options: list[Option], before: str) -> None:
    text = f"{before}codes:\n{lines(MAPPED[form])(options)}\nanswer: the code alone\n"
    expected = [(option.code, option.name, option.description) for option in options]
    assert options_of(text) == expected


@given(numbered_options(first=0) | numbered_options(first=1), st.sampled_from(["\n\n", " "]))
def test_any_numbers_spoken_of_are_read(options: list[Option], between: str) -> None:
    for form in (
        "There is {d}, and you write {c}.",
        "Where you notice {d}, the code is {c}.",
        "The number {c} is reserved for {d}.",
    ):
        told = between.join(["Give the code alone.", lines(form, between)(options)])
        found = {option.code: option for option in mentions(told)}
        assert list(found) == [option.code for option in options]
        for option in options:
            assert option.description in found[option.code].description, form


@given(st.permutations([f"If {LOOP}, so write 1.", f"If {LINE}, so write 0."]))
def test_it_does_not_matter_which_number_is_spoken_of_first(told: list[str]) -> None:
    found = {option.code: option.description for option in mentions(" ".join(told))}
    assert found == {"1": LOOP, "0": LINE}


@pytest.mark.parametrize(
    "text",
    [
        f"The code is 30 for {LOOP}. The code is 40 for {LINE}.",
        f"Write 1 for {LOOP}.",
        f"Write 1 for {LOOP}. Write 0 for {LINE}."[:60],
        f"In step 1 you see {LOOP}. In step 2 you see {LINE}. Give a label.",
    ],
)
def test_numbers_that_no_categories_are_counted_by(text: str) -> None:
    assert mentions(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "1: ring",
        "1: ring\n1: bar\n2: bar: disc",
        "2019: a ring\n2020: a bar",
        "[1, 2]",
        "- 1: ring\n- 2: bar",
        "a: &a {1: ring, 2: bar}\nb: *a",
        "a: # a comment\n  &a {1: ring, 2: bar}\nb: *a",
        "a: # a comment\n  &a [ring]\n1: # a comment\n  *a\n2: # a comment\n  *a",
        'codes: {1: "ring \\uD800", 2: bar}',
        "1: Is there a ring?\n2: Is there a bar?",
        "1: Look at the image.\n2: Describe it.\n3: Do not guess.",
        "certainty: {1: sure, 2: a guess}",
        "a: {a: {a: {a: {a: {a: {1: ring, 2: bar}}}}}}",
        "? [a]\n: b\n1: ring\n2: bar",
        "!!bool maybe: 1",
        "!!int '': 1",
        "!!timestamp never: 1",
        '"\\UFFFFFFFF": 1',
        f"%YAML {'9' * 5000}.1\n---\n1: ring\n2: bar",
        "1: ring\n2: bar\n" * 2000,
    ],
)
def test_no_mapping_of_categories(text: str) -> None:
    assert mapping(text) == ()


YAML = [
    "1", "2", ": ", ":\n", "\n", "  ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a ", "!!bool ",
    "!!timestamp ", "!!int ", "!!set ", "!!python/name:a ", "? ", "|\n", ">-\n", "'", '"', "~",
    "\\U", "null", "no", "0x", "0b_", "1e999", "2020-99-99", "12:30", "<<: ", "---\n", "...\n",
    "%YAML 1.", "# ", "@", "`", "=", "code ", "(ring)", "name", "look", "\x00", "\ud800",
    "FFFFFFFF",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(YAML), max_size=40).map("".join))
def test_no_text_raises_as_a_mapping(text: str) -> None:
    found = mapping(text)
    assert len(found) != 1
    assert all(option.code.isdigit() for option in found)


SPEECH = [
    "1", "0", "2 ", "30", ". ", "\n\n", "a line", " code ", " write ", "if ", "; ", "? ", "- ",
    "so ", '"', "(", ")", "panel ",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(SPEECH), max_size=40).map("".join))
def test_no_text_raises_as_numbers_spoken_of(text: str) -> None:
    found = mentions(text)
    assert len(found) != 1
    assert len({option.code for option in found}) == len(found)
    assert all(option.description for option in found)


MARKS = ["Code ", "1", "12", ", ", "ring", ": ", " (", ")", "**", "\n", "  ", "1. ", "- "]


@given(st.text() | st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
def test_a_text_without_its_numbering_stays_so(text: str) -> None:
    assert unnumbered(unnumbered(text)) == unnumbered(text)
    assert unnumbered(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("fragment", ["[", "{", "[1, ", "? ", "- ", "a: ", "{1: ", "!", "'", " "])
def test_a_text_as_long_as_a_mapping_may_be_is_read(fragment: str) -> None:
    assert mapping((fragment * LONGEST)[:LONGEST]) == ()


FRAGMENTS = [
    "Category ", "Answer ", "1", "0", "A", "(", ")", ": ", " - ", "\n", "\n\n", "- ", "* ", "# ",
    "**", "|", "|---|---|\n", "if ", "otherwise ", ", ", " or ", ". ", '"', "'", "```", "<answer>",
    "</answer>", "{", "}", "[", "]", '"label"', "confidence ", "High", "Low", "JSON ", "ring",
    "bar", " is ", "one of ", "?", "\u2014", "\u2022", "\ud800", "\x00", "\u00a0", "\t", "code: ",
    "name: ", "classes ", "between ", "= ", "> ", '"""', "for ", "1. ", "\r\n", "---\n",
]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
def test_no_text_raises_and_codes_are_never_repeated(text: str) -> None:
    codes = codes_of(text)
    assert len(set(codes)) == len(codes)
    assert all(codes)


@pytest.mark.parametrize(
    "fragment",
    [
        *FRAGMENTS,
        " ",
        "a",
        "answer with ",
        "a, ",
        "x\n",
        "1: a\n",
        "if a, answer 1; ",
        "1) a ",
        "<a>",
        "- a: b\n",
        "a (1) ",
        "your my ",
        "is it ",
        "in <answer> ",
        "'ANSWER: $L",
        "Confidence: <a>\n",
        "yes or no ",
    ],
)
def test_a_very_long_text_is_read(fragment: str) -> None:
    codes = codes_of(fragment * (60_000 // len(fragment)))
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording["text"][:40])
def test_a_wording_is_read_as_it_is_meant(wording: dict) -> None:
    found = read_question(wording["text"])
    assert [[o.code, o.name, o.description] for o in found.options] == wording["options"]
    assert found.confidence == tuple(wording.get("confidence", ()))
    assert found.fields == tuple(wording.get("fields", ()))
    assert found.passage == wording.get("passage", "")


@pytest.mark.parametrize("name", PROMPTS)
def test_our_own_prompts_are_read(name: str) -> None:
    prompt = load_prompt(name)
    found = read_question(prompt.text)
    said = [option.description for option in found.options]
    assert sorted(option.code for option in found.options) == sorted(prompt.categories.codes)
    assert all(option.name for option in found.options)
    assert bool(found.confidence) is prompt.confidence
    assert (found.fields, found.passage) == ((), "")
    assert said == [""] * len(said) if name.endswith("-names") else all(said)
    assert not [text for text in said if "nothing else" in text or "confidence" in text]
    assert read_question(prompt.text, prompt.schema_asked).options == tuple(
        sorted(found.options, key=lambda option: prompt.categories.codes.index(option.code))
    )
