"""How the networks of this project are trained: one loop, and what is trained with it.

`settings`, `results` and what makes the pictures and texts that are learnt from need nothing but
the default install; chapters read these. All that computes with torch needs an extra: `minivlm/`
the extra `train`, `radio/` the extra `radio`, `llava/` the extra `finetune`.
"""
