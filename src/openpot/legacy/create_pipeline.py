"""POT's ``create_pipeline``: keys that mean nothing are passed over with a warning, or refused on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.config.compression_section import AlgorithmEntry
from openpot.config.error_lines import format_misplaced_key
from openpot.config.faults import Fault, check_section, refuse
from openpot.config.passed_over import warn_of_passed_over
from openpot.legacy.algorithm_registry import get_algorithm
from openpot.legacy.pot_parameters import understood_parameters
from openpot.legacy.pot_pipeline import Pipeline
from openpot.pipeline import list_stated_algorithms

if TYPE_CHECKING:
    from openpot.engine.base import Engine


def create_pipeline(
    algo_config: Iterable[Mapping[str, Any]] | None,
    engine: Engine | None = None,
    interface: str = "API",
    strict: bool = False,
) -> Pipeline:
    """A pipeline from a list ``[{'name': ..., 'params': {...}}, ...]`` of dictionaries of any kind.

    Args:
        algo_config: the algorithms in the order in which they are applied; None or an empty dict for none.
        engine: runs the model on data.
        interface: how the caller is called; without effect.
        strict: refuse keys that mean nothing, instead of passing over them with a warning for each.

    Raises:
        UnknownNameError: an algorithm does not exist, or with ``strict`` a key; then all faults are listed.
        ConfigError: an entry is not a dictionary with a name, or a value is not possible.

    Warns:
        OpenPotWarning: a key is passed over.
    """
    del interface
    entries = [algo_config] if isinstance(algo_config, Mapping) and algo_config else list(algo_config or ())
    algorithms = [(get_algorithm(name), params) for name, params in list_stated_algorithms(entries)]
    misplaced = list(_find_misplaced_keys(entries, algorithms))
    if strict:
        refuse([*misplaced, *(fault for kind, params in algorithms for fault in _faults(kind, params))])
    warn_of_passed_over(misplaced)
    pipeline = Pipeline(engine)
    for kind, params in algorithms:
        pipeline.add_algo(kind(params, engine))
    return pipeline


def _find_misplaced_keys(
    entries: Iterable[Mapping[str, Any]], algorithms: Iterable[tuple[Any, Any]]
) -> Iterator[Fault]:
    """The keys beside ``name`` and ``params``."""
    for position, (entry, (kind, _)) in enumerate(zip(entries, algorithms, strict=True)):
        parameters = getattr(getattr(kind, "config_class", None), "model_fields", {})
        for key in entry:
            if key not in AlgorithmEntry.model_fields:
                yield Fault(format_misplaced_key(f"algorithms[{position}]", str(key), parameters), True)


def _faults(kind: Any, params: Mapping[str, Any]) -> Iterator[Fault]:
    """Whatever is wrong with the parameters of one algorithm; users' own algorithms check theirs themselves."""
    if not issubclass(kind, CalibratedAlgorithm):
        return
    kept, unknown = understood_parameters(kind.name, kind.config_class, params)
    yield from unknown
    yield from check_section(f"{kind.name}.params", kept, kind.config_class)[1]
