"""A model among the files of an export of optimum-intel: what has to lie beside it for others to load it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PREFIX = "openvino_"
"""How optimum-intel calls the files of models and tokenizers."""
CONFIGURATION = "config.json"
_RECORDS = frozenset({"run.json", "report.html"})


@dataclass(frozen=True)
class ExportedFiles:
    """The files of an export.

    Attributes:
        stem: what the file of the model is called without its suffix.
        companions: what lies beside it and is no other model: configurations, tokenizers and their models.
    """

    stem: str
    companions: tuple[Path, ...]


def find_exported_files(model: Path) -> ExportedFiles | None:
    """The files that belong to a model by the names of optimum-intel; None for any other model.

    Args:
        model: the path of its ``.xml``, called ``openvino_...xml``, with a ``config.json`` beside it.
    """
    home = model.parent
    if model.suffix != ".xml" or not model.name.startswith(PREFIX) or not (home / CONFIGURATION).is_file():
        return None
    return ExportedFiles(model.stem, tuple(sorted(path for path in home.iterdir() if _is_companion(path))))


def _is_companion(path: Path) -> bool:
    if not path.is_file() or (path.is_symlink() and not path.exists()):
        return False
    is_model = path.name.startswith(PREFIX) and path.suffix in (".xml", ".bin") and "tokenizer" not in path.stem
    return not is_model and path.name not in _RECORDS
