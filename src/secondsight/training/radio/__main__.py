"""`make train-radio`: adapt the small model to captions, measure it, write `data/alignment`."""

from secondsight.training.command import run_program, training_options


def main() -> None:
    """Do every run, or go on where an earlier one stopped."""
    import torch

    from secondsight.training.radio.adaptation import adapt_and_measure, prepare
    from secondsight.training.results import RADIO
    from secondsight.training.settings import RadioSettings

    given = training_options("radio", __doc__, "alignment").parse_args()
    torch.set_num_threads(given.threads)
    settings = RadioSettings(device=given.device)
    tables = adapt_and_measure(prepare(given.start), settings, given.folder)
    for name, table in tables.items():
        RADIO.write(table, RADIO.folder / name)


if __name__ == "__main__":
    run_program(main, "radio")
