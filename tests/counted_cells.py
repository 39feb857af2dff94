"""A plugin of pytest beside nbval: cells are counted as in a notebook, for the cards name them."""

from typing import Any

from nbval.kernel import RunningKernel


def _execute(kernel: Any, code: str, allow_stdin: bool | None = None) -> str:
    """Do as nbval does, but let the kernel count what it has run."""
    answers = bool(allow_stdin)
    return str(
        kernel.kc.execute(code, store_history=True, allow_stdin=answers, stop_on_error=False)
    )


RunningKernel.execute_cell_input = _execute
