"""An import step by step: stage, check (the dry run), answer, commit in batches, undo.

Staging and checking write nothing but the staged rows. Committing writes each batch in a transaction of its own and is
resumable: a row that has its record is not written again.
"""

from core.imports.operations.checking import answer_questions, check_run
from core.imports.operations.committing import OpenQuestionsError, Progress, RowsRefusedError, commit_run
from core.imports.operations.staging import stage_file, stage_files
from core.imports.operations.undoing import undo_run

__all__ = [
    "OpenQuestionsError",
    "Progress",
    "RowsRefusedError",
    "answer_questions",
    "check_run",
    "commit_run",
    "stage_file",
    "stage_files",
    "undo_run",
]
