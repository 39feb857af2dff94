from concurrent.futures import ThreadPoolExecutor

from secondsight.minivlm.memory import Memory


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    memory, made = Memory[bytes](2), []

    def get(key: bytes) -> bytes:
        return memory.get(key, lambda: made.append(key) or key)  # type: ignore[func-returns-value]

    for key in (b"a", b"b", b"a", b"c", b"a", b"b"):
        assert get(key) == key
    assert made == [b"a", b"b", b"c", b"b"]


def test_threads_share_a_memory_that_is_always_full() -> None:
    memory = Memory[int](3)
    keys = [bytes([number % 7]) for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        values = pool.map(lambda key: memory.get(key, lambda: key[0]), keys)
        assert list(values) == [key[0] for key in keys]
