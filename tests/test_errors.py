import pytest

from secondsight import errors

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.SecondSightError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_notebook_shows_one_line(kind: type[errors.SecondSightError]) -> None:
    assert kind("go this way")._render_traceback_() == [f"{kind.__name__}: go this way"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_when_it_is_raised(kind: type[errors.SecondSightError]) -> None:
    assert (kind.__doc__ or "").strip().endswith(".")


def test_what_a_terminal_obeys_is_taken_out_of_a_text() -> None:
    odd = "a\x1b[1;31mb\x1b]0;title\x07c\x9b\x00\x7f\u202ed\r\ne\tf"
    assert errors.plain(odd) == "abcd\ne\tf"
    assert errors.plain_line(odd) == "abcd e f"
    assert errors.DataError(odd)._render_traceback_() == ["DataError: abcd\ne\tf"]
