"""Ask models, keep what they answered, and read what they meant."""

from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.parse import Answer, Parser
from secondsight.inference.prompt import Prompt, load_prompt
from secondsight.inference.texts import ask_texts
from secondsight.inference.two_step import ask_twice

__all__ = [
    "Answer",
    "Endpoint",
    "Parser",
    "Prompt",
    "ask",
    "ask_texts",
    "ask_twice",
    "load_prompt",
]
