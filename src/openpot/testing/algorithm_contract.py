"""The contract of algorithms: :class:`openpot.Algorithm`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from openpot.algorithms.base import Algorithm
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.inference.compile import compile_model
from openpot.pipeline import Pipeline
from openpot.testing.contract import Faults

if TYPE_CHECKING:
    from openpot.engine.base import Engine


def check_algorithm(make: Callable[[], Any], model: CompressedModel, engine: Engine | None = None) -> None:
    """Check an algorithm.

    It has a name; in a pipeline it returns a model that keeps its inputs and outputs and can be compiled; two new ones
    do the same to two copies of a model; a second run of one object does too; it changes no model but the one that it
    is given.

    Args:
        make: makes a new object of the algorithm, with the parameters that are to be checked.
        model: what it is tried on; copies of it are changed.
        engine: runs the model, if the algorithm needs that.

    Raises:
        ContractError: it does not keep its contract.
    """
    algorithm = make()
    faults = Faults(algorithm)
    if faults.require(isinstance(algorithm, Algorithm), "it is no object of a subclass of openpot.Algorithm"):
        faults.require(
            bool(algorithm.name) and isinstance(algorithm.name, str), "it has no name: set the class attribute"
        )
        before, borders = _hash(model), _list_borders(model)
        first = _run(algorithm, model, engine, faults)
        faults.require(_hash(model) == before, "it changed a model that it was not given")
        if first is not None:
            _check_result(first, borders, faults)
            other, again = _run(make(), model, engine, faults), _run(algorithm, model, engine, faults)
            is_same = other is None or _hash(other) == _hash(first)
            faults.require(is_same, "two objects do not do the same to equal models: is there chance in run()?")
            is_same = again is None or _hash(again) == _hash(first)
            faults.require(is_same, "a second run of one object does something else: run() must not need what it left")
    faults.conclude()


def _run(algorithm: Algorithm, model: CompressedModel, engine: Engine | None, faults: Faults) -> CompressedModel | None:
    """What a pipeline of it makes of a copy; None if that fails."""
    pipeline = Pipeline(engine, checks_result=False)
    with faults.unless_raised("run in a pipeline"):
        pipeline.add_algo(algorithm)
        return pipeline.run(model.copy())
    return None


def _check_result(model: CompressedModel, borders: list[Any], faults: Faults) -> None:
    faults.require(_list_borders(model) == borders, "the model has other inputs or outputs afterwards")
    for member in model.members:
        with faults.unless_raised(f"compiling {member.name!r} afterwards"):
            compile_model(member.model, "CPU")


def _hash(model: CompressedModel) -> list[str]:
    return [model_digest(member.model) for member in model.members]


def _list_borders(model: CompressedModel) -> list[Any]:
    """Names, types and shapes of inputs and outputs."""
    return [
        (sorted(port.get_names()), port.get_element_type().to_string(), str(port.get_partial_shape()))
        for member in model.members
        for port in (*member.model.inputs, *member.model.outputs)
    ]
