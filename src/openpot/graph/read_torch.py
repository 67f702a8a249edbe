"""PyTorch modules that the caller has in memory, as OpenVINO models.

This uses OpenVINO's PyTorch front end as it is, not ``openvino.convert_model``: that one starts a telemetry client.
torch itself is never imported here: whoever has a module has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from openpot.graph.types import Model


def is_torch_module(source: object) -> bool:
    """True for ``torch.nn.Module``, scripted modules and exported programs, without importing torch."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(source).__mro__}
    return any(
        name.startswith("torch.") and name.endswith((".Module", ".ScriptModule", ".ExportedProgram")) for name in names
    )


def read_torch_module(module: Any, example_input: Any = None) -> Model:
    """Convert a module in memory; its weights are copied and its training flags stay.

    Args:
        module: A ``torch.nn.Module``, a scripted module or a ``torch.export.ExportedProgram``.
        example_input: What the module is called with: a tensor or array, a list or tuple of positional inputs, or a
            dict of named ones. Sizes of the example stay open (dynamic) in the model. Exported programs need none.

    Raises:
        ConfigError: An example is needed and missing.
        ModelError: Tracing or conversion fails.
    """
    exported = type(module).__qualname__ == "ExportedProgram"
    if example_input is None and not exported and not type(module).__name__.endswith("ScriptModule"):
        raise ConfigError(
            f"a torch module ({type(module).__name__}) needs example_input=...: one input (or a tuple or dict of "
            "inputs) that it can be called with"
        )
    example = _convert_to_tensors(example_input)
    try:
        with _keep_training_flags(module):
            decoder = _decoder(module, example, exported)
            return _convert(decoder, None if exported else example)
    except Exception as error:
        text = str(error).strip().split("\n")
        raise ModelError(f"cannot convert the torch module {type(module).__name__}: {' '.join(text[:6])}") from error


def _decoder(module: Any, example: Any, exported: bool) -> Any:
    if exported:
        from openvino.frontend.pytorch.fx_decoder import TorchFXPythonDecoder

        return TorchFXPythonDecoder.from_exported_program(module)
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    return TorchScriptPythonDecoder(module, example_input=example, shared_memory=False)


def _convert(decoder: Any, example: Any) -> Model:
    from openvino.frontend import FrontEndManager

    from openvino import Model, PartialShape

    frontend = FrontEndManager().load_by_framework("pytorch")
    input_model = frontend.load(decoder)
    for place, tensor in _places(input_model, example):
        input_model.set_partial_shape(place, PartialShape([-1] * tensor.ndim))
        input_model.set_element_type(place, _element_type(tensor))
    return Model(frontend.convert(input_model))


def _element_type(tensor: Any) -> Any:
    from openvino import Type

    name = str(tensor.dtype).removeprefix("torch.")
    return Type.bf16 if name == "bfloat16" else Type(np.dtype(name))


def _convert_to_tensors(example: Any) -> Any:
    """NumPy arrays anywhere in an example as torch tensors."""
    if isinstance(example, np.ndarray | np.generic):
        return sys.modules["torch"].from_numpy(np.array(example))
    if isinstance(example, Mapping):
        return {key: _convert_to_tensors(value) for key, value in example.items()}
    if isinstance(example, list | tuple):
        return type(example)(_convert_to_tensors(value) for value in example)
    return example


def _places(input_model: Any, example: Any) -> list[tuple[Any, Any]]:
    """The inputs of the front end's model, each with the tensor of the example that it gets."""
    if isinstance(example, Mapping):
        named = [(input_model.get_place_by_tensor_name(name), value) for name, value in example.items()]
        return [(place, value) for place, value in named if place is not None and hasattr(value, "dtype")]
    places, tensors = input_model.get_inputs(), list(_flat(example))
    return list(zip(places, tensors, strict=True)) if len(places) == len(tensors) else []


def _flat(example: Any) -> Iterator[Any]:
    """The tensors of a positional example; nested lists and tuples are taken apart as tracing does."""
    if isinstance(example, list | tuple):
        for value in example:
            yield from _flat(value)
    elif hasattr(example, "dtype"):
        yield example


@contextmanager
def _keep_training_flags(module: Any) -> Iterator[None]:
    """Tracing puts a module into evaluation mode; this puts it back."""
    parts = list(module.modules()) if hasattr(module, "modules") else []
    flags = [part.training for part in parts]
    try:
        yield
    finally:
        for part, flag in zip(parts, flags, strict=True):
            part.training = flag
