"""Which model answers, within what budget, recorded and replayed; never what is asked."""

from deepcode.models.asker import Asker, Question, Tool
from deepcode.models.choose import Choice, build_model, choose_model, list_models
from deepcode.models.file_answer import Challenge, FileAnswer, FileEdits, Hunk, read_file_answer
from deepcode.models.json_answer import json_answer, parse_json_object

__all__ = [
    "Asker",
    "Challenge",
    "Choice",
    "FileAnswer",
    "FileEdits",
    "Hunk",
    "Question",
    "Tool",
    "build_model",
    "choose_model",
    "json_answer",
    "list_models",
    "parse_json_object",
    "read_file_answer",
]
