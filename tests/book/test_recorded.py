from pathlib import Path

import pytest

from secondsight.book.recorded import recordings_of
from secondsight.inference.recording_plan import read_plan

OWN = read_plan().model
COMMITTED = [f"lsbg.lsbg-1.{OWN}.parquet", "conversations.conversation-1.rule-writer-1.toml"]
NAMES = [
    f"dwarfs.dwarf-1.{OWN}.jsonl",
    "dwarfs.dwarf-1.gpt-4.1-mini.parquet",
    "dwarfs.dwarf-1.org--name.parquet",
    f"my.camp.dwarf-1.{OWN}.parquet",
    f"my.camp.dwarf-1.{OWN}.toml",
    f"my.camp.dwarf-1.{OWN}.jsonl",
    f"camp.dwarf-1.{OWN}.jsonl",
    "conversations.conversation-1.rule-writer-1.jsonl",
]
ANYBODYS = ["merged.parquet", "camp.a-prompt-that-is-gone.gpt.jsonl"]
NEVER = [f"dwarfs.dwarf-1.{OWN}.lock", f"dwarfs.dwarf-1.{OWN}.aside"]


@pytest.mark.parametrize(
    ("datasets", "model", "shown"),
    [
        (["lsbg"], "", []),
        (["dwarfs"], "", NAMES[:1]),
        (["dwarfs", "radio"], "gpt-4.1-mini", NAMES[1:2]),
        (["dwarfs"], "org/name", NAMES[2:3]),
        (["dwarfs"], f"{OWN},org/name", [NAMES[0], NAMES[2]]),
        (["my.camp"], "", NAMES[3:6]),
        (["camp"], "", NAMES[6:7]),
        (["conversations"], "gpt-4.1-mini", NAMES[7:]),
    ],
)
def test_a_private_recording_is_shown_by_the_chapters_of_its_images_and_model(
    tmp_path: Path, datasets: list[str], model: str, shown: list[str]
) -> None:
    for name in [*COMMITTED, *NAMES, *ANYBODYS, *NEVER]:
        (tmp_path / name).touch()
    found = {path.name for path in recordings_of(datasets, model, tmp_path)}
    assert found == {*COMMITTED, *ANYBODYS, *shown}
