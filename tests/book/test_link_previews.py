from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from hygiene import ROOT
from secondsight.book.link_previews import SHOWN, link_first, previews, terms_of

GLOSSARY = """# Words

Prose: nothing here is a term.

```{glossary}
recall
  Of what deserves a name.

low-surface-brightness galaxy
LSBG
  A galaxy.
```
"""


def linked(*parts: nodes.Node, terms: list[str] | None = None) -> list[str]:
    document = new_document("page")
    document += nodes.paragraph("", "", *parts)
    link_first(document, terms or ["recall", "FR I", "FR II"])
    return [f"{x['reftarget']}: {x.astext()}" for x in document.findall(addnodes.pending_xref)]


def test_terms_are_those_of_the_glossary_and_no_prose() -> None:
    assert terms_of(GLOSSARY) == ["low-surface-brightness galaxy", "recall", "LSBG"]
    assert terms_of("# Words\n") == []


def test_the_projects_glossary_is_in_order_and_each_term_is_told_once() -> None:
    terms = terms_of((ROOT / "book" / "glossary.md").read_text(encoding="utf-8"))
    assert len(terms) == len({term.lower() for term in terms}) > 20


def test_the_first_mention_becomes_a_link_and_no_word_is_lost() -> None:
    text = "Recall falls; recall rises; recalling, an FR II and FR Is."
    paragraph = nodes.paragraph("", "", nodes.Text(text))
    document = new_document("page")
    document += paragraph
    link_first(document, ["recall", "FR II", "FR I"])
    assert paragraph.astext() == text
    found = [x.astext() for x in document.findall(addnodes.pending_xref)]
    assert found == ["Recall", "FR II", "FR Is"]


def test_code_links_and_titles_are_left_alone() -> None:
    assert linked(nodes.literal("", "recall")) == []
    assert linked(nodes.reference("", "recall")) == []
    assert linked(nodes.emphasis("", "recall")) == []
    assert linked(nodes.Text("recalled")) == []
    assert linked(nodes.Text("its recall.")) == ["recall: recall"]


def test_a_preview_is_a_terms_meaning() -> None:
    html = (
        '<dl class="glossary"><dt id="term-recall">recall<a href="#term-recall">#</a></dt>'
        "<dd><p>Of what deserves a name.</p></dd></dl>"
    )
    assert previews(html, SHOWN["book/glossary"]) == {
        "term-recall": "<b>recall</b> <p>Of what deserves a name.</p>"
    }


def test_a_preview_of_a_claim_is_the_claim_without_its_table() -> None:
    html = (
        '<section class="ss-claim" id="claim-a"><p><strong>It sees.</strong></p>'
        "<table><tr><td>0.5</td></tr></table></section>"
    )
    assert previews(html, SHOWN["book/claims"]) == {"claim-a": "<p><strong>It sees.</strong></p>"}


def test_no_link_is_put_into_one_of_plain_html() -> None:
    opened, closed = (nodes.raw("", tag, format="html") for tag in ('<a href="x.html">', "</a>"))
    assert linked(opened, nodes.Text("A claim of recall"), closed) == []
