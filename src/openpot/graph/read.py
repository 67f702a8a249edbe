"""Reading models: files of every format that OpenVINO knows, models in memory, torch modules in memory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openvino as ov
from openpot.errors import ConfigError, MissingFileError, ModelError
from openpot.graph.cut_off_files import AGAIN, find_cut_off
from openpot.graph.edit import set_model_name
from openpot.graph.onnx_external_data import check_external_data
from openpot.graph.read_torch import is_torch_module, read_torch_module
from openpot.graph.simplify import simplify
from openpot.graph.sniff import ModelFormat, has_constants, require_current_ir, sniff_model_format
from openpot.graph.stable_names import make_names_unique, name_inputs_and_outputs
from openpot.saved_files import require_unaltered
from openpot.typing_aliases import StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model

_CPP_PLACE = re.compile(r"(?:Exception from|Check '.*' failed at) \S+\.[ch]pp:\d+:?\s*")


def read_model(source: Any, weights: StrPath | None = None, example_input: Any = None) -> Model:
    """A model of the caller's own, whatever it comes from; the source itself is never changed.

    Names of nodes are unique afterwards, and every input and output has a tensor name. Models that come from a front
    end (not from IR or memory) are cleaned up as ``openvino.convert_model`` does.

    Args:
        source: A path (``.xml``, ``.onnx``, ``.pb``, ``.tflite``, ``.pdmodel``, a SavedModel folder), an
            ``openvino.Model``, or a torch module in memory.
        weights: The ``.bin`` of an IR if it does not lie beside the ``.xml`` under the same name.
        example_input: What a torch module is called with.

    Raises:
        MissingFileError: A file is not there.
        ModelError: The file or module cannot be read as a model.
        ConfigError: The source is none of these things.
    """
    if isinstance(source, ov.Model):
        model = source.clone()
        if source.get_friendly_name() == source.get_name():
            # A name of OpenVINO's process-wide counter: it would differ from run to run.
            set_model_name(model, "model")
    elif is_torch_module(source):
        model = read_torch_module(source, example_input)
        simplify(model)
        set_model_name(model, type(source).__name__)
    elif isinstance(source, str | Path) or hasattr(source, "__fspath__"):
        return _read_path(Path(source), Path(weights) if weights is not None else None)
    else:
        raise ConfigError(
            f"cannot read a model from a {type(source).__name__}: expected a path, an openvino.Model or a torch module"
        )
    return _name_all(model)


def _name_all(model: Model) -> Model:
    make_names_unique(model)
    name_inputs_and_outputs(model)
    return model


def _read_path(path: Path, weights: Path | None) -> Model:
    if "\0" in str(path):
        raise ConfigError(f"{str(path)!r} is no path: no name of a file holds a NUL character")
    try:
        return _name_all(_read_file(path, weights))
    except UnicodeDecodeError as error:  # a name in the file, which Python asks for
        raise ModelError(
            f"{str(path)!r} is damaged, or not of this kind: a name in it is no text ({error.reason}); {AGAIN}"
        ) from error


def _read_file(path: Path, weights: Path | None) -> Model:
    kind = sniff_model_format(path)
    if kind is ModelFormat.IR:
        return _read_ir(path, weights)
    if weights is not None and kind is not ModelFormat.PADDLE:
        raise ConfigError(f"{str(path)!r} holds its weights itself; leave out the weights file {str(weights)!r}")
    if kind is ModelFormat.ONNX:
        check_external_data(path)
    model = _read(path, weights)
    simplify(model)
    # Front ends call every model the same ("onnx_Frontend_IR").
    set_model_name(model, path.stem if path.is_file() else path.name)
    return model


def _read_ir(path: Path, weights: Path | None) -> Model:
    require_current_ir(path)
    require_unaltered(path)
    needed = weights if weights is not None else path.with_suffix(".bin")
    cut_off = find_cut_off(path, needed)
    if cut_off is not None:
        raise ModelError(cut_off)
    if weights is not None or has_constants(path):
        if not needed.exists():
            raise MissingFileError(f"there are no weights at {str(needed)!r} for the model {str(path)!r}")
        if not needed.is_file():
            raise ModelError(f"the weights {str(needed)!r} of {str(path)!r} are not a regular file")
        require_unaltered(needed)
    return _read(path, weights)


def _read(path: Path, weights: Path | None) -> Model:
    try:
        core = ov.Core()
        return core.read_model(str(path)) if weights is None else core.read_model(str(path), str(weights))
    except RuntimeError as error:
        raise ModelError(f"OpenVINO cannot read {str(path)!r}: {_shorten(str(error))}") from error


def _shorten(text: str, limit: int = 600) -> str:
    """An error text of OpenVINO without the places in its source code."""
    words = " ".join(_CPP_PLACE.sub("", text).split())
    return words if len(words) <= limit else words[:limit] + "..."
