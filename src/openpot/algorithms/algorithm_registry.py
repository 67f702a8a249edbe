"""The table of algorithms: names to classes, and to the classes of their parameters.

openpot's own are named here and imported when they are asked for, users enter theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from openpot.errors import UnknownNameError, suggest_nearest_name

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.config.algorithms import AlgorithmConfig

T = TypeVar("T")
Entry = TypeVar("Entry", bound=Callable[..., Any])

OWN_ALGORITHMS = {
    "ActivationChannelAlignment": "openpot.algorithms.channel_alignment",
    "MinMaxQuantization": "openpot.algorithms.min_max",
    "FastBiasCorrection": "openpot.algorithms.fast_bias_correction",
    "BiasCorrection": "openpot.algorithms.bias_correction",
    "DefaultQuantization": "openpot.recipes.default_quantization",
    "AccuracyAwareQuantization": "openpot.recipes.accuracy_aware_quantization",
    "AccuracyAwareCommon": "openpot.recipes.accuracy_aware",
    "AccuracyAwareGNA": "openpot.recipes.accuracy_aware_gna",
    "INT4MixedQuantization": "openpot.recipes.int4_mixed_quantization",
    "QuantNoiseEstimator": "openpot.algorithms.quant_noise_estimator",
    "DataFreeQuantization": "openpot.recipes.data_free_quantization",
    "RangeSupervision": "openpot.algorithms.range_supervision",
    "OutlierChannelSplitting": "openpot.algorithms.outlier_channel_splitting",
    "OverflowCorrection": "openpot.algorithms.overflow_correction",
    "WeightSparsity": "openpot.algorithms.weight_sparsity",
    "BaseWeightSparsity": "openpot.algorithms.weight_sparsity",
    "MagnitudeSparsity": "openpot.algorithms.magnitude_sparsity",
    "WeightBiasCorrection": "openpot.algorithms.weight_bias_correction",
    "TunableQuantization": "openpot.algorithms.tunable_quantization",
    "ParamsGridSearchAlgorithm": "openpot.recipes.params_grid_search",
    "RangeOptimization": "openpot.recipes.range_optimization",
    "WeightCompression": "openpot.recipes.weight_compression",
}
"""The module of each algorithm by the name of its class."""


@dataclass(frozen=True)
class NotImported:
    """Stands for an entry until it is asked for."""

    module: str


class Registry(Generic[T]):
    """A named table that classes or functions are entered into with a decorator.

    Args:
        name: how the table is called in names such as ``QuantizationAlgos.MinMaxQuantization`` and in messages.
        modules: entries that are imported when they are asked for: the module of each by its name there.
    """

    def __init__(self, name: str, modules: Mapping[str, str] | None = None) -> None:
        self._name = name
        self._entries: dict[str, Any] = {key: NotImported(module) for key, module in (modules or {}).items()}

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._name

    @property
    def registry_dict(self) -> dict[str, T]:
        """The entries by name."""
        for name in self._entries:
            self._import(name)
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
        if key in self and self._import(key) is not entry:
            raise UnknownNameError(
                f"{self._name}: the name {key!r} is taken by {_format_name(self._entries[key])}; register "
                f"{_format_name(entry)} under another name"
            )
        self._entries[key] = entry

    def get(self, name: str) -> T:
        """What is registered under ``name``.

        Raises:
            UnknownNameError: (a KeyError) nothing is registered under that name.
        """
        if name not in self._entries:
            raise UnknownNameError(f"{self._name} has no {name!r}: {suggest_nearest_name(name, self._entries)}")
        return self._import(name)

    def _import(self, name: str) -> T:
        entry = self._entries[name]
        if isinstance(entry, NotImported):
            entry = self._entries[name] = getattr(import_module(entry.module), name)
        return entry  # type: ignore[no-any-return]

    def __contains__(self, name: object) -> bool:
        return name in self._entries


def _format_name(entry: Any) -> str:
    return str(getattr(entry, "__qualname__", entry))


COMPRESSION_ALGORITHMS: Registry[type[Algorithm]] = Registry("QuantizationAlgos", OWN_ALGORITHMS)
"""Every algorithm that a pipeline configuration can name."""


class AlgorithmConfigs(Mapping[str, "type[AlgorithmConfig]"]):
    """The class of the parameters of every registered algorithm that has one, by the algorithm's name.

    Only the algorithm that is looked up is imported; all of them are to list the names.

    Args:
        others: classes for names that the registry does not have, or has otherwise.
    """

    def __init__(self, others: Mapping[str, type[AlgorithmConfig]] | None = None) -> None:
        self._others = dict(others or {})

    def __getitem__(self, name: str) -> type[AlgorithmConfig]:
        config: type[AlgorithmConfig] | None = self._others.get(name)
        if config is None:
            config = getattr(COMPRESSION_ALGORITHMS.get(name), "config_class", None)
        if config is None:
            raise UnknownNameError(f"the algorithm {name!r} has no config_class")
        return config

    def __iter__(self) -> Iterator[str]:
        registered = COMPRESSION_ALGORITHMS.registry_dict
        names = [name for name, entry in registered.items() if getattr(entry, "config_class", None) is not None]
        return iter(dict.fromkeys((*names, *self._others)))

    def __len__(self) -> int:
        return len(list(iter(self)))
