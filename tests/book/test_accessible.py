from secondsight.book.accessible import mended

MENDED = {
    '<a class="reference" href="a.html">A page</a><details><summary><span>': '<a class="reference"'
    ' href="a.html">A page</a><details><summary aria-label="Below A page"><span>',
    '<div id="pst-primary-sidebar" class="bd-sidebar">': '<div role="complementary" '
    'aria-label="The book" id="pst-primary-sidebar" class="bd-sidebar">',
    '<button class="btn search-button-field" title="Search" aria-label="Search" data-x="y">': ""
    '<button class="btn search-button-field" title="Search" data-x="y">',
    '<i data-mode="auto"  title="System Settings"></i>': '<i data-mode="auto"></i>',
    '<summary aria-label="Toggle hidden content">': "<summary>",
    '<div class="citation" id="id2" role="doc-biblioentry">': '<div class="citation" id="id2">',
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    "<tr><th></th><th>name</th></tr>": "<tr><td></td><th>name</th></tr>",
    '<script defer src="../_static/scripts/fontawesome.js?digest=55"></script>': "",
    '<script src="../../searchindex.js"></script>': "",
    '<script src="searchindex.js"></script>': '<script src="searchindex.js"></script>',
    '<body data-default-mode="">': '<body data-default-mode="auto">',
    '<th class="head"><p></p></th>': '<td class="head"></td>',
}


def test_what_the_theme_leaves_out_is_put_in_once() -> None:
    for before, after in MENDED.items():
        assert mended(before) == after
        assert mended(after) == after


def test_the_rest_of_a_page_stays() -> None:
    page = (
        '<p title="Search">A <a href="b.html">b</a></p><details><summary>More</summary></details>'
    )
    assert mended(page) == page
