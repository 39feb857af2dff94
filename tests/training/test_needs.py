"""What chapters and `secondsight record` read works without what only trains."""

import subprocess
import sys

READ = (
    "papers.llava_results",
    "papers.radio_results",
    "training.llava.captioned_pictures",
    "training.llava.conversations",
    "training.llava.description_scores",
    "training.minivlm.examples",
    "training.minivlm.fact_captions",
    "training.radio.embedding_scores",
    "training.radio.radio_galaxies",
    "training.settings",
)


def test_what_is_read_needs_no_extra() -> None:
    imports = "".join(f"import secondsight.{module}\n" for module in READ)
    loaded = "print(*({'torch', 'transformers', 'peft', 'onnx', 'safetensors'} & set(sys.modules)))"
    code = f"import sys\n{imports}{loaded}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "\n"), ended.stderr
