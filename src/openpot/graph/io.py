"""Loads models from disk and saves them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpot.graph.model import CompressedModel
from openpot.typing_aliases import StrPath


def load_model(model_config: Mapping[str, Any], target_device: str = "ANY") -> CompressedModel:
    """Load a model or a cascade.

    Args:
        model_config: ``{'model_name', 'model', 'weights'}``; the weights default to the ``.bin`` beside an ``.xml``;
            ``model`` may be of any format that OpenVINO reads, or an ``openvino.Model``. A cascade has ``{'model_name',
            'cascade': [{'name', 'model', 'weights'}, ...]}``; one of a single model counts as that model.
        target_device: The device that the model is meant for.

    Raises:
        ConfigError: The configuration is incomplete.
        MissingFileError: A file is not there.
        ModelError: A file cannot be read as a model.
    """
    return CompressedModel(config=model_config, target_device=target_device)


def save_model(
    model: CompressedModel, save_path: StrPath, model_name: str | None = None, for_stat_collection: bool = False
) -> list[dict[str, str]]:
    """Save a model or a cascade as OpenVINO IR, whole or not at all.

    Everything is written beside its target and read back before the first old file is replaced. A crash at any moment
    leaves a valid old or new pair of files of each model. Equal models give equal bytes.

    Args:
        model: What to save.
        save_path: The folder; made if it is not there.
        model_name: Stem of the files; default: the name that the model has itself. Members of a cascade are called
            ``<model_name>_<member>`` or ``<member>``.
        for_stat_collection: Keep the prefixes that the members of a cascade have in memory.

    Returns:
        ``[{'model': path of the .xml, 'weights': path of the .bin}]``, with ``'name'`` for members of a cascade.

    Raises:
        NotWritableError: The folder cannot be made or takes no files.
        FileError: Writing failed; what was there before is whole.
    """
    return model.save(save_path, model_name=model_name, for_stat_collection=for_stat_collection)
