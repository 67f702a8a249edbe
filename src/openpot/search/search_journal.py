"""The journal of a search that POT's API keeps in a folder of its own: with other data the search starts anew."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from openpot.current_run import CurrentRun
from openpot.data.data_identity import identify_data
from openpot.errors import OpenPotWarning
from openpot.journal import Journal, hash_parts
from openpot.run_folder import describe_difference

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.typing_aliases import StrPath

JOURNAL_NAME = "accuracy_aware_journal.jsonl"
_DATA_KEY = hash_parts("the data set of this journal")


def open_search_journal(folder: StrPath, engine: Engine) -> CurrentRun:
    """A run whose answers are recorded in a folder, and depend on the data of the engine.

    If the journal is of other data an :class:`OpenPotWarning` says what differs, and it is not used. Engines that keep
    their data to themselves cannot be told apart by them.

    Raises:
        NotWritableError: the folder takes no files.
    """
    journal = Journal(Path(folder), JOURNAL_NAME)
    loader = getattr(engine, "data_loader", None)
    data = {} if loader is None else identify_data(loader)
    known = journal.get(_DATA_KEY)
    if known is not None and known != data:
        shown = "; ".join(describe_difference("data", known, data))
        text = f"the journal {str(journal.path)!r} is of other data, so the search starts anew: {shown}"
        warnings.warn(text, OpenPotWarning, stacklevel=2)
        journal.forget()
    run = CurrentRun(journal, hash_parts(data))
    if known != data:
        run.add(_DATA_KEY, data, "the data set")
    return run
