"""Work on many images, shared among processes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Result = TypeVar("Result")


def in_chunks(
    work: Callable[[list[str]], Result], image_ids: Sequence[str], size: int, workers: int
) -> Iterator[Result]:
    """Yield what `work` returns of each `size` image ids, in their order.

    With one worker it is done here; with more, each process starts anew and takes chunks in turn.
    """
    chunks = [list(image_ids[start : start + size]) for start in range(0, len(image_ids), size)]
    if workers == 1:
        yield from map(work, chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, chunks)
