"""Names to algorithm classes: one visible table, to which users add their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.magnitude_sparsity import MagnitudeSparsity
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.outlier_channel_splitting import OutlierChannelSplitting
from openpot.algorithms.overflow_correction import OverflowCorrection
from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator
from openpot.algorithms.range_supervision import RangeSupervision
from openpot.algorithms.tunable_quantization import TunableQuantization
from openpot.algorithms.weight_bias_correction import WeightBiasCorrection
from openpot.algorithms.weight_sparsity import BaseWeightSparsity, WeightSparsity
from openpot.config.legacy import REMOVED_ALGORITHMS
from openpot.errors import ConfigError, UnknownNameError, nearest_name_hint
from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA
from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization
from openpot.recipes.data_free_quantization import DataFreeQuantization
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.int4_mixed_quantization import INT4MixedQuantization
from openpot.recipes.params_grid_search import ParamsGridSearchAlgorithm
from openpot.recipes.range_optimization import RangeOptimization

T = TypeVar("T")
Entry = TypeVar("Entry", bound=Callable[..., Any])


class Registry(Generic[T]):
    """A named table that classes or functions are entered into with a decorator.

    Args:
        name: how the table is called in names such as ``QuantizationAlgos.MinMaxQuantization`` and in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._entries: dict[str, T] = {}

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._name

    @property
    def registry_dict(self) -> dict[str, T]:
        """The entries by name."""
        return self._entries

    def register(self, name: str | None = None) -> Callable[[Entry], Entry]:
        """A decorator that enters a class or function under ``name``, or under its own name.

        Raises:
            UnknownNameError: (a KeyError, when decorating) the name is taken by another one.
        """

        def register_entry(entry: Entry) -> Entry:
            self._enter(name or entry.__name__, entry)
            return entry

        return register_entry

    def _enter(self, key: str, entry: Any) -> None:
        if self._entries.get(key, entry) is not entry:
            raise UnknownNameError(
                f"{self._name}: the name {key!r} is taken by {_qualified(self._entries[key])}; register "
                f"{_qualified(entry)} under another name"
            )
        self._entries[key] = entry

    def get(self, name: str) -> T:
        """What is registered under ``name``.

        Raises:
            UnknownNameError: (a KeyError) nothing is registered under that name.
        """
        if name not in self._entries:
            raise UnknownNameError(f"{self._name} has no {name!r}: {nearest_name_hint(name, self._entries)}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries


def _qualified(entry: Any) -> str:
    return str(getattr(entry, "__qualname__", entry))


COMPRESSION_ALGORITHMS: Registry[type[Algorithm]] = Registry("QuantizationAlgos")
"""Every algorithm that a pipeline configuration can name."""

for _algorithm in (
    AccuracyAwareCommon, AccuracyAwareGNA, AccuracyAwareQuantization, ActivationChannelAlignment, BaseWeightSparsity,
    BiasCorrection, DataFreeQuantization, DefaultQuantization, FastBiasCorrection, INT4MixedQuantization,
    MagnitudeSparsity, MinMaxQuantization, OutlierChannelSplitting, OverflowCorrection, ParamsGridSearchAlgorithm,
    QuantNoiseEstimator, RangeOptimization, RangeSupervision, TunableQuantization, WeightBiasCorrection, WeightSparsity,
):  # fmt: skip
    COMPRESSION_ALGORITHMS.register(_algorithm.name)(_algorithm)


def algorithm_class(name: str) -> type[Algorithm]:
    """The class for ``Algo`` or ``Registry.Algo``.

    Raises:
        ConfigError: the name begins or ends with a dot.
        UnknownNameError: there is no such registry or algorithm.
    """
    if not isinstance(name, str) or not name.strip("."):
        raise ConfigError(f"an algorithm's name must be a text such as 'DefaultQuantization', not {name!r}")
    if name.startswith(".") or name.endswith("."):
        raise ConfigError(f"an algorithm's name can neither begin nor end with a dot: {name!r}")
    registry, _, short = name.rpartition(".")
    if registry not in ("", COMPRESSION_ALGORITHMS.name):
        raise UnknownNameError(
            f"there is no algorithm registry {registry!r}: write {COMPRESSION_ALGORITHMS.name}.{short}"
        )
    if short in REMOVED_ALGORITHMS and short not in COMPRESSION_ALGORITHMS:
        raise UnknownNameError(f"POT gave up the algorithm {short!r}; use {REMOVED_ALGORITHMS[short]}")
    return COMPRESSION_ALGORITHMS.get(short)
