"""What the small model makes of the real pictures that it may be developed on.

What it makes of the others is asked once, when its weights are made: `secondsight derive real_sky`.
Needs the real pictures.
"""

import argparse
from pathlib import Path

from secondsight.minivlm.model import MiniVLM
from secondsight.papers.skies.real_pictures import SETS, from_words, split
from secondsight.papers.skies.real_sky import HALVES, accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SETS))
    parser.add_argument("--weights", type=Path, help="a folder with the model's files")
    options = parser.parse_args()
    model = MiniVLM.load(options.weights) if options.weights else MiniVLM.load()
    print("| real pictures | images | accuracy |\n|---|---:|---|")
    for name in options.names:
        real = split(name, list(SETS[name].pictures()))[HALVES[0]]
        estimate = accuracy(from_words(model, name, real).assign(count=1))
        interval = f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
        print(f"| {name} | {estimate.n} | {interval} |")


if __name__ == "__main__":
    main()
