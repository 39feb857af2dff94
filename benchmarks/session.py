"""Run an ONNX file on zeros in a process that does nothing else, and print its peak memory.

Called as `session.py FILE SHAPE...`, with the shape of each of its inputs as `1x6x64x64`; without a
file it tells what the imports alone take.
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
        names = [taken.name for taken in session.get_inputs()]
        zeros = [np.zeros([*map(int, shape.split("x"))], np.float32) for shape in sys.argv[2:]]
        for _ in range(RUNS):
            session.run(None, dict(zip(names, zeros, strict=True)))
    print(peak_bytes())


if __name__ == "__main__":
    main()
