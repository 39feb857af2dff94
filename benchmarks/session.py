"""Run an ONNX file on zeros in a process that does nothing else, and print its peak memory.

Called as `session.py FILE SIDE...`, the sides being those of what it takes; without a file it tells
what the imports alone take.
"""

import sys

import numpy as np
import onnxruntime
from machine import peak_bytes

RUNS = 5


def main() -> None:
    """Print the bytes."""
    for path in sys.argv[1:2]:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        given = np.zeros([int(side) for side in sys.argv[2:]], np.float32)
        for _ in range(RUNS):
            session.run(None, {session.get_inputs()[0].name: given})
    print(peak_bytes())


if __name__ == "__main__":
    main()
