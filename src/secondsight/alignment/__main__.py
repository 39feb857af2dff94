"""`make train-radio`: adapt the small model to captions, measure it, write `data/alignment`."""

from secondsight.program import run_program

if __name__ == "__main__":
    run_program("secondsight.alignment.program:main", "radio")
