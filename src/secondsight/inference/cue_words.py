"""The words around a category that say how it is meant: cues, denial, doubt, and where they end.

English, German, French, Spanish, Italian, Portuguese, Chinese and Japanese. A language is here with
its denials and doubts or not at all: a cue alone would read "Kategorie 1 passt nicht" as 1.
"""

import re

_CATEGORY = (
    r"category|class|label|option|code|kategorie|klasse|cat[ée]gorie|classe|categor[íi]a|clase"
    r"|opci[óo]n|opzione|op[çc][ãa]o"
)
_CATEGORY_SIGNS = r"类别|类|類別|類|分类为|选项|カテゴリー?|クラス|選択肢|第"
_ANSWER = (
    r"answer|choice|pick|conclusion|verdict|classification|prediction|decision|result|correction"
    r"|response|output|antwort|auswahl|ergebnis|klassifi[kz]ierung|r[ée]ponse|choix|respuesta"
    r"|elecci[óo]n|clasificaci[óo]n|risposta|scelta|classificazione|resposta|escolha"
    r"|classifica[çc][ãa]o"
)
_ANSWER_SIGNS = r"答案|回答|结论|结果|分类|分類|答え|解答|結論|选择|選択"
_CHOOSE = (
    r"choose|chose|pick|select|selected|go with|going with|went with|would say|'d say"
    r"|classif(?:y|ied)(?: (?:it|this)(?: \w{1,8})?| the \w{1,8})? as"
    r"|assign(?:ed)?(?: (?:it|this))?(?: to)?|settled? (?:on|for)|vote for"
)
_FILLER = (
    r"is|are|to|be|as|the|a|an|my|would|should|most|likely|probably|clearly|definitely|certainly"
    r"|best|final|therefore|thus|then|number|no|digit|ist|lautet|die|der|das|est|la|le|les|es|el"
    r"|[èé]|il|o|a|surely|simply|nummer|num[ée]ro|n[úu]mero"
)
_FILLER_SIGNS = r"是|为|為|应为|应该是|属于|は|が"
_LEAD = (
    rf"(?:[ \"'(\[{{:;,=#]|- |\b(?:{_FILLER}|{_CATEGORY}|{_ANSWER})\b"
    rf"|\b(?:of|for|in) (?:this|the) \w{{1,8}}\b|{_FILLER_SIGNS}|{_CATEGORY_SIGNS}){{0,16}}$"
)
# Each is looked for in the few characters before a code, up to that code.
CATEGORY = re.compile(rf"(?:\b(?:{_CATEGORY})\b|{_CATEGORY_SIGNS}){_LEAD}", re.IGNORECASE)
ANSWER = re.compile(rf"(?:\b(?:{_ANSWER}|{_CHOOSE})\b|{_ANSWER_SIGNS}){_LEAD}", re.IGNORECASE)
FINAL = re.compile(rf"\bfinal (?:{_ANSWER}|{_CATEGORY})\b{_LEAD}", re.IGNORECASE)
IT_IS = re.compile(
    r"\b(?:it|this|that)(?: is|'s)(?: an?| clearly| probably| most likely)?[ \"'(]{1,3}$"
    r"|\bbut (?:rather )?$|\b(?:therefore|thus|hence|so)[:,]? $|\bsondern $|\bmais $|\bsino $"
    r"|\b(?:ma|mas) $",
    re.IGNORECASE,
)
FRAMED = re.compile(
    r"(?:\bis|\bare|'s|\bas|\blike|\bshows|\bsee|\bbe|:)"
    r"(?: (?:an?|the|clearly|most likely|probably)){0,3}[ \"'(]{0,3}$",
    re.IGNORECASE,
)
IS_CHOSEN = re.compile(
    r"[\"')\]]{0,3} (?:is|fits|seems|looks|would be|matches)(?: the| my| most)?"
    r"(?: best| final| correct| right| likely| most likely| appropriate)?"
    r" (?:answer|choice|category|class|classification|correct|right|best|likely|appropriate"
    r"|match)\b",
    re.IGNORECASE,
)

GOES_ON = re.compile(
    r" (?!(?:is|because|since|as|with|for|or|and|which|due|based|although|though|but|given|it|this"
    r"|the|i|here|high|medium|low|if|in my|not|fits|seems|ist|weil|da|est|car|es|porque|perch[ée]"
    r"|und|et|y|e|o|ou|oder|rather|instead)\b)[a-zà-ÿ]"
)
"""A word right after a code that makes a count of it ("2 arms") or an article ("A spiral")."""

_ITEM = rf"(?:(?:{_CATEGORY}|maybe|perhaps|possibly|even|an?|the) )?"
JOINED_BY = (
    r"(?i: ?(?:[,;/&+-]|,? ?\b(?:and|und|et|y|e|ed|to|bis|or|nor|oder|ou|o|ni|noch|vs\.?|versus"
    r"|through)\b"
    rf"|和|及|と|或者?|または)? ?{_ITEM}[\"'(\[]?)"
)
JOINED = re.compile(JOINED_BY)
"""What stands between two categories of a list, and nothing else."""
OR_AFTER = re.compile(
    r"[\"')\]]{0,2}(?: ?/| ?,? (?:or|oder|bzw|ou|oppure|o|and/or)\b| ?(?:或|または|か))",
    re.IGNORECASE,
)
OR_BEFORE = re.compile(
    r"(?:/ ?|\b(?:or|oder|ou|oppure|o)|或者?|または)"
    rf" ?(?:(?:an?|the|eine?|une?|{_CATEGORY}) ){{0,2}}[\"'(]?$",
    re.IGNORECASE,
)

_KINDS = {
    "sure": (
        r"\b(?:no|without(?: an?y?)?|beyond|little) (?:\w{1,11} )?(?:doubt|question)\b"
        r"|\bundoubtedly\b|\bdoubtless\b|\bif (?:i|you|we) (?:had to|have to|must|were to"
        r"|was to) \w{1,10}|\bif (?:forced|pressed)(?: to \w{1,10})?|\bas (?:well|far) as\b|\b(?:i"
        r"|my \w{1,14}|the (?:best )?(?:answer|choice)|(?:best|answer|choice"
        r"|classification)) would\b|\bnot only\b(?= .{0,40}but)|\bohne zweifel\b"
        r"|\bsans (?:aucun )?doute\b|\bsin duda\b|\bsenza dubbio\b|\bsem d[úu]vida\b"
        r"|\bin-?between\b"
    ),
    "possible": (
        r"\b(?:can|could) not be (?:\w{1,10} )?(?:excluded|ruled out|discarded|dismissed)\b"
    ),
    "unsure": (
        r"\b(?:not|non|nicht|pas|no|não) (?:\w{1,12} )?(?:sure|certain|confident|clear|s[ûu]rs?e?"
        r"|sicher|klar|seguro|segura|sicuro|sicura|certo|certa|estoy seguro|sono sicuro)\b"
        r"|\b(?:unsure|uncertain|unclear|undecided|inconclusive|indeterminate)\b|\b(?:hard"
        r"|difficult|impossible|tough|schwer|difficile|dif[íi]cil) (?:to|zu|[àa]|de|di|da|d') ?\w"
        r"|\b(?:can|could|do|am|is) not (?:\w{1,10} )?(?:tell|say|determine|decide|know|judge"
        r"|identify|classify|be determined|be certain|be sure|able to)\b|\bunable to\b|\bunsicher\b"
        r"|\bincertaine?\b|\bincert[oa]\b|\binseguro\b|\binciert[oa]\b|\bwei(?:ß"
        r"|ss) (?:ich )?nicht\b|\b(?:ne )?sais pas\b|\bno s[ée]\b|\bnon so\b|\bnão sei\b|无法"
        r"|不确定|不清楚|不知道|不能|わかりません|分かりません|わからない|分からない|不明"
        r"|判断できません|, ?(?:maybe|perhaps|possibly|vielleicht|peut-[êe]tre|quiz[áa]s?|tal vez"
        r"|forse|talvez)(?=[.!]?$)"
    ),
    "untrue": (
        r"\b(?:is|are|does|do|was|can) not(?: one| so| true| really| actually| the case| right"
        r"| correct| fit| match)?(?=[.!]?[\"')]{0,2}$)|\((?:wrong|incorrect|false|no|not)\)"
    ),
    "contrast": (
        r"\b(?:all|any|every|anything|everything)(?: (?:category|class|one|option))? (?:but|except"
        r"|other than)\b|\b(?:rather than|instead of|unlike|as opposed to|in contrast to"
        r"|contrary to|than|versus|vs|other than|except|excludes?|excluding|rules? out|ruling out"
        r"|rejects?|eliminates?|compared (?:to|with)|similar to|too \w{1,12} (?:to|for)"
        r"|anything but|anstatt|statt|anstelle|au lieu de|plut[ôo]t que|en lugar de|en vez de"
        r"|invece di|piuttosto che|em vez de|ao inv[ée]s de)\b|而非|并非|不是|不属于"
    ),
    "after": (
        r"\b(?:is|are|was|were|does|do|did|can|could|would|should|has|have|seems?|looks?|fits?"
        r"|applies|may|might) not\b(?! only)|\b(?:unlikely|improbable|implausible)\b|\b(?:wrong"
        r"|incorrect|false|impossible|excluded|ruled out|rejected|eliminated|untrue|invalid"
        r"|inconsistent)\b|[:=?] ?(?:no|nein|non|não)\b|(?:ではな|でな|じゃな|ではあり|ではなく|違"
        r"|思わない|思いません|ありません|不对|不符|不是|错|排除|否)|\bno (?:es|parece|se|creo|hay"
        r"|est[áa]|puede|pertenece|corresponde|encaja|era)\b|\b(?:non|não|nicht|keinesfalls|pas"
        r"|exclu(?:e|s|es)?|[ée]cart[ée]e?s?|descartad[ao]|esclus[ao]|scartat[ao]|exclu[íi]d[ao]"
        r"|falsch|faux|falso|incorrecto|errato|ausgeschlossen)\b"
    ),
    "not": (
        r"\bno (?:sign|evidence|indication|hint|trace|way|reason)s?\b|\b(?:not|never"
        r"|nothing(?! but)|nobody|no one|none of|refuse|decline|disagree|dismiss|discount|deny"
        r"|refute|neither|nor|cannot|hardly|barely|scarcely|fails?|failed|nicht|kein(?:e[rnms]?)?"
        r"|nie|niemals|weder|noch|pas|jamais|aucune?|ni|nunca|jam[áa]s|ning[úu]n(?:a|o)?|tampoco"
        r"|non|n[ée]|nessun[oa']?|mai|não|nem|nenhuma?|jamais|sin|senza|sem|ohne|sans)\b|不|没有?"
        r"|非|无|未|沒"
    ),
    "no": (
        r"\b(?:no|without|lacks?|lacking|lack of|absence of|free of|far from|nein)\b(?! ?[,:;.!])"
    ),
    "maybe": (
        r"\b(?:might|could|may|can be|maybe|perhaps|possib\w{1,4}|conceivabl[ey]|potential(?:ly)?"
        r"|presumabl[ey]|thought to be|used to be|almost|nearly|mistaken for|confused with|either"
        r"|whether|(?<!in )(?<!in-)between|doubt\w{0,5}|ambiguous|question(?:able)?|suspect"
        r"|wonder\w{0,3}|probability|likelihood|chances?|odds|score|confidence (?:in|of|for)"
        r"|at first|first glance|initially|originally|previously|candidates? (?:are|include)"
        r"|guessing|vielleicht|m[öo]glich\w{0,8}|eventuell|k[öo]nnte|entweder|ob|zwischen"
        r"|peut[- ][êe]tre|pourrait|possible(?:ment)?|soit|entre|tal vez|quiz[áa]s?|podr[íi]a"
        r"|puede (?:que|ser)|posible(?:mente)?|a lo mejor|forse|potrebbe|magari|possibile"
        r"|può essere|tra|talvez|poderia|pode ser|possivelmente|poss[íi]vel)\b|可能|也许|或许|是否"
        r"|难以|说不定|かもしれ|可能性|かどうか|たぶん|恐らくは?"
    ),
    "would": (
        r"\b(?:would|suppos(?:e|ing)|assum(?:e|ing)|imagine|hypothetical(?:ly)?|you (?:said|asked"
        r"|told|say|want|mean|think)|asked (?:whether|if|for|to)|example|means|stands for"
        r"|is defined|denotes|refers to|requires|describes|(?:tell|show) me|more about)\b"
    ),
    "if": r"\b(?:if|unless|were it|had it|wenn)\b|如果|もし",
    "likely": (
        r"\b(?:likely|probabl[ye]|best|think|believe|would say|answer|choose|pick|lean(?:ing)?"
        r"|go with|wahrscheinlich"
        r"|vermutlich|probablement|probablemente|probabilmente|provavelmente)\b|应该|大概|おそらく"
    ),
    "break": (
        r"[;()\[\]]|,(?! (?:dass|daß|ob|que|che)\b)| - |\b(?:but|although|though|because|since"
        r"|while|whereas|however|therefore|thus|hence|which|so|then|sondern|aber|denn|weil|obwohl"
        r"|mais|car|pero|sino|porque|ma|perch[ée]|mas|bens[ìi])\b|\band (?=(?:is|has|it|this|the|i"
        r"|we|shows?|so|therefore|thus|looks?|appears?|seems|belongs|falls|matches|fits|does|can"
        r"|should|my|lacks|no|not)\b)|\b(?:und (?=nicht|kein)|et (?=pas|non)|y (?=no )|e (?=non"
        r"|não))|而是|但是?|因为|所以|ではなく|でなく"
    ),
    "aside": (
        r"\b(?:with|showing|having|due to|given|based on|as|and|that|where|mit|avec|con|com)\b"
    ),
}
WORDING = re.compile(
    "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()), re.IGNORECASE
)
"""One pass over a sentence finds what bears on the categories in it; the group is the kind."""

SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+[\"')\]]{0,2}(?= |$)|\n", re.MULTILINE)
RETRACTS = re.compile(
    r"(?:or|but|let me (?:correct|re)\w{0,9}|alternatively|otherwise|actually|wait|no|nope|hmm"
    r"|correction|sorry|on second thought|scratch that|i mean|maybe"
    r"|perhaps|wrong|not|moment|nein|non|oder|ou|o)\b",
    re.IGNORECASE,
)
IS_WRONG = re.compile(
    r"(?:(?:no|wait)[,.]? )?(?:(?:that|this|it|which)(?: is|'s| was) |is )?"
    r"(?:not (?:right|correct|true)|wrong|incorrect|false)\b",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"\b(?:sorry|apologi[sz]e|unable to|can not (?:determine|identify|classify|assist|help|tell"
    r"|view|access|process|analy[sz]e)"
    r"|not able to|wo not|refuse|decline)",
    re.IGNORECASE,
)
OF = re.compile(r"(?:(\w{1,20}) )?of (?:an? |the )?[\"'(]{0,2}$", re.IGNORECASE)
SHOWN = frozenset(
    {"image", "picture", "photo", "photograph", "view", "example", "case", "instance", "typical"}
    | {"characteristic", "indicative", "suggestive", "type", "kind", "sort", "representative"}
    | {"consists", "appearance"}
)
"""A "hallmark of a merger" is no merger, but an image of one is."""
