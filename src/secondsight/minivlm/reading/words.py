"""The words by which prompts speak of categories, answers and confidence; none of a subject."""

import re

KIND = (
    "category|class|label|option|type|choice|code|group|kind|case|answer|number|bin|grade|value"
    "|classification|morphology|shape|letter|response"
)
KINDS = (
    "categories|classes|labels|options|types|choices|codes|groups|kinds|cases|answers|values"
    "|responses|possibilities|alternatives|bins|classifications|morphologies|shapes|words|letters"
    "|numbers|names|terms|outcomes|verdicts|tags"
)
VERB = (
    "answer|reply|respond|say|write|output|return|choose|select|pick|label|mark|give|use|call"
    "|classify|assign|type|enter|put|print|tag|vote|record|report|send|produce|name|state|emit"
)
IF = (
    r"only if|if and only if|if|when|whenever|where|wherever|in case|provided that|provided"
    r"|as long as|should"
    r"|to(?= (?:images|galaxies|objects|sources|everything|anything|all|any|every)\b)"
    r"|for(?! example| instance)"
)
MEANS = (
    r"stands for|means that|means|denotes|indicates|represents|corresponds to|refers to|signifies"
    r"|is for|is used for|is the code for|is"
)
ELSE = (
    r"otherwise|or else|else|if not|in (?:all|any|every) other cases?"
    r"|(?:for|in) (?:anything|everything|all) else|for all others?|for the rest"
)
FILLER = (
    "it|them|this|that|the|a|an|with|as|by|to|back|only|just|simply|exactly|either|word|words"
    "|letter|number|code|class|category|label|answer|value|digit|option|is|image|galaxy|object"
    "|source|picture|cutout|single|one|of|be|name|term|be|should|please|him|her|target|verdict"
)
NOT_A_KIND = {
    "step", "example", "rule", "note", "figure", "table", "question", "image", "part", "phase",
    "tip", "hint", "section", "panel", "point", "appendix", "item", "task", "stage", "version",
    "chapter", "page", "line", "row", "column", "criterion", "instruction", "guideline", "round",
    "confidence", "level", "about", "only", "and", "answer", "are", "the", "for", "reply", "say",
}  # fmt: skip
META = {
    "answer", "question", "note", "notes", "task", "output", "format", "example", "examples",
    "input", "context", "instruction", "instructions", "categories", "options", "confidence",
    "role", "description", "descriptions", "definition", "definitions", "classes", "labels",
    "codes", "background", "goal", "rules", "guidelines", "output format", "answer format",
    "response format", "response", "reply", "important", "reminder", "hint", "hints", "tip",
    "tips", "image", "text", "objective", "overview", "introduction", "what to do", "steps",
    "your task", "the task", "key", "legend", "warning", "remember", "system", "user", "assistant",
    "data", "how to answer", "the image", "the categories", "the options", "choices", "types",
    "answers", "possible answers", "category", "class", "label", "certainty", "reasoning",
    "purpose", "final answer", "your answer", "criteria", "return", "nb", "ps", "p.s", "n.b",
    "the classes", "the answer", "answering", "how sure you are", "what you see", "setting",
    "reply format", "how to reply", "output rules", "values", "code", "name", "names", "survey",
    "caution", "attention", "scale", "requirements", "definition of classes", "examine", "look",
    "your job", "job", "about", "about the image", "about the images", "the data", "the job",
}  # fmt: skip

INSTRUCTION = re.compile(
    r"(?:(?:please|now|then|finally|first|next|so|only|simply|just|always|never|thus|and|also"
    r"|(?:you|we) (?:must|should|may|can|need to|have to|will|are to)|do not|don't|in addition"
    r"|in your (?:answer|reply|response)|after that|in the end|to answer|as your answer)[ ,]+){0,3}"
    r"(?:(?:answer|reply|respond|return|output|give|write|state|choose|select|pick|classify|sort"
    r"|categori[sz]e|decide|determine|report|provide|explain|print|tell|indicate|assign|submit"
    r"|add|include|mention|end|finish|begin|start|express|rate|estimate|justify|repeat|think"
    r"|type|enter|send|produce|ignore|avoid|be concise|be brief|stick|limit|name|make sure|ensure"
    r"|examine|inspect|study|consider|compare|remember)\b(?! (?:this|here|it) (?:if|when|for))"
    r"|(?:say|use) (?:only|just|exactly|the|one|how|which|nothing|whether|your|these|no)\b"
    r"|look (?:at|carefully|closely)\b|label (?:the|this|each|every)\b|put your\b)"
    r"|(?:your|the|each|every|a|my|our) (?:\w+ )?(?:answer|reply|response|output|question|format"
    r"|verdict)\b|that is all\b|nothing else\b|one (?:word|number|letter|digit|character)\b"
    r"|(?:no|without) (?:other|extra|further|additional|explanations?|comments?|punctuation)\b"
    r"|(?:for example|e\.g\.|example|format|output|thus|so)\W+\S{1,20}(?: \S{1,20}){0,2}$"
    r"|(?:which|what|how) (?:of|is|are|category|class|one|type|kind|label|sure|certain|confident"
    r"|option|would|do)\b|is (?:it|this|the)\b|(?:if|when) (?:you|in doubt|several|none|two|more"
    r"|unsure|uncertain)\b|i (?:want|need|will|would)\b|(?:json|confidence|certainty)\b"
    r"|as well as your\b|(?:with|in) (?:your|one|a single|json|the format)\b"
    r"|(?:only|just) (?:the|one|a)\b|do not\b|don't\b|thank|let's\b|along with\b"
    r"|there (?:is|are) no"
    r" other\b|(?:these|those) are (?:all|the only)\b|high means\b|(?:a|the) (?:number|name|letter)"
    r" (?:alone|only)\b|exactly one\b|pay attention\b|keep\b|here is\b|below is\b|above is\b",
    re.IGNORECASE,
)
"""How a sentence begins that tells what to do, rather than what a category looks like."""

CONFIDENCE = re.compile(
    r"\bconfiden(?:ce|t)\b|\bcertainty\b|\bhow (?:sure|certain|reliable)\b|\bsureness\b",
    re.IGNORECASE,
)
LEVELS = {
    word: rank
    for rank, words in enumerate(
        (
            "highest|very high|certain|definite|definitely|absolutely certain|very sure|full",
            "high|sure|strong|very likely|confident|firm",
            "likely|probable|probably|fairly sure|fairly certain|somewhat sure|quite sure",
            "medium|moderate|mid|middle|middling|intermediate|average|fair|medium high",
            "possible|maybe|perhaps|unsure|tentative|not sure|doubtful|so so|medium low",
            "low|weak|uncertain|unlikely|guess|guessing|a guess|poor|slight",
            "very low|lowest|very unsure|very uncertain|none|pure guess",
        )
    )
    for word in words.split("|")
}
"""Words for a confidence and their rank, 0 for the highest."""
