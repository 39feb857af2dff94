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
