"""`make train-llava`: fine-tune small LLaVAs, measure them, write `data/finetune`."""

from secondsight.program import run_program

if __name__ == "__main__":
    run_program("secondsight.finetune.program:main", "finetune")
