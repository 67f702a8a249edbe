"""Quantization by a scheme: min-max quantization with a choice for every operation.

A scheme says for operations by name whether they are quantized and with which bits, mode, granularity and range
estimator; ``get_parameter_meta`` tells what could be chosen, from the table of the target device. Any search can so try
settings operation by operation (POT had one on the tree-structured Parzen estimator, Bergstra et al., "Algorithms for
Hyper-Parameter Optimization", 2011): set ``params``, run, evaluate. Without a scheme it does what
``MinMaxQuantization`` does. It costs one pass over the data for every scheme.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.prepared_model import prepare_model
from openpot.algorithms.tuning_choices import TunedOperation, list_operation_choices
from openpot.config.faults import Fault, check_section, refuse
from openpot.config.hardware import load_hardware_table
from openpot.config.ignored_scope import IgnoredScope, IgnoredScopes
from openpot.config.parse import to_plain_parameters
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.config.tuning import OperationChoiceConfig, TunableQuantizationConfig
from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.placement.plan import QuantizationPlan
from openpot.placement.table_entry import find_table_entry

if TYPE_CHECKING:
    from openpot.config.algorithms import MinMaxConfig
    from openpot.graph.model import CompressedModel
    from openpot.statistics.spec import StatisticSpec


class TunableQuantization(MinMaxQuantization):
    """Min-max quantization that follows a scheme.

    ``params`` is the scheme: ``{operation: {'quantize': 1, 'activations': {...}, 'weights': {...}}}`` with the keys of
    the parameters ``activations`` and ``weights``; what is left out is as planned. A quantizer that several operations
    read, or that shares its limits with others, follows the first operation that says something about it.

    ``result`` is a :class:`openpot.algorithms.min_max.MinMaxResult`. Keys: those of
    :class:`openpot.config.tuning.TunableQuantizationConfig`.

    Raises:
        UnknownNameError: (when run) ``params`` names an operation that would not be quantized, or an unknown key.
        ConfigError: (when run) a choice is not possible.
    """

    name = "TunableQuantization"
    config_class: ClassVar = TunableQuantizationConfig

    def __init__(self, config: Any = None, engine: Any = None) -> None:
        super().__init__(config, engine)
        self._base_settings: MinMaxConfig = self.settings

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters; the scheme stays."""
        super().update_config(config)
        self._base_settings = self.settings

    def get_parameter_meta(self, model: CompressedModel) -> list[tuple[str, str, list[Any]]]:
        """What can be chosen: ``(operation, 'choice', choices)`` for every operation that would be quantized.

        The first choice is what would be done without a scheme; each of them can be a value of ``params``.
        """
        model = model.copy()
        prepare_model(model)
        self._follow(model, {})
        plan = super().plan(model)
        table = load_hardware_table(self._base_settings.target_device)
        records = {
            record.name: (snapshot, record)
            for position in range(len(model.members))
            for snapshot in model.snapshots(position).values()
            for record in snapshot.nodes.values()
        }
        settings = self._base_settings
        assert isinstance(settings, TunableQuantizationConfig)  # noqa: S101  what config_class parses
        meta = []
        for decision in plan.decisions:
            if not decision.quantized or decision.operation not in records:
                continue
            entry = find_table_entry(table, *records[decision.operation])
            quantizers = tuple(quantizer for quantizer in plan.quantizers if quantizer.name in decision.quantizers)
            operation = TunedOperation(decision.operation, entry, quantizers)
            meta.append((decision.operation, "choice", list_operation_choices(operation, settings)))
        return meta

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how with the scheme, and why the rest is not."""
        self._follow(model, self.params)
        return super().plan(model)

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Both ends of every quantizer of activations that the scheme leaves."""
        self._follow(model, self.params)
        return super().required_statistics(model)

    def _follow(self, model: CompressedModel, params: Mapping[str, Any]) -> None:
        """Take the settings that come to ``params`` on this model."""
        scheme = _check_scheme(params)
        self._planned_on, self.settings = (), self._base_settings
        if not scheme:
            return
        known = {decision.operation for decision in super().plan(model).decisions if decision.quantized}
        unknown = [name for name in scheme if name not in known]
        if unknown:
            raise UnknownNameError(
                f"TunableQuantization.params names {unknown[0]!r}, which would not be quantized anyway; "
                f"{suggest_nearest_name(unknown[0], known)}"
            )
        in_float = tuple(name for name, choice in scheme.items() if not choice.quantize)
        settings = self._base_settings
        self.settings = settings.model_copy(update={"ignored": _add_names(settings.ignored, in_float)})
        self._planned_on = ()
        # Names of shared quantizers depend on what is in float, so the overrides follow from the plan without that.
        overrides = _collect_overrides(super().plan(model), scheme)
        self.settings = self.settings.model_copy(
            update={"layerwise_configs": (*self.settings.layerwise_configs, overrides)}
        )
        self._planned_on = ()


def _check_scheme(params: Mapping[str, Any]) -> dict[str, OperationChoiceConfig]:
    faults: list[Fault] = []
    scheme: dict[str, OperationChoiceConfig] = {}
    for name, entry in params.items():
        path = f"TunableQuantization.params[{name!r}]"
        if not isinstance(entry, Mapping):
            faults.append(Fault(f"{path}: expected {{'quantize': ..., 'activations': ..., ...}}, given {entry!r}"))
            continue
        choice, entry_faults = check_section(path, to_plain_parameters(entry), OperationChoiceConfig)
        faults += entry_faults
        if choice is not None:
            scheme[str(name)] = choice
    refuse(faults, "the scheme")
    return scheme


def _add_names(scopes: IgnoredScopes, names: tuple[str, ...]) -> IgnoredScopes:
    """The scopes with further names, for every model."""

    def extend(scope: IgnoredScope) -> IgnoredScope:
        return scope.model_copy(update={"scope": (*scope.scope, *names)})

    by_model = {name: extend(scope) for name, scope in scopes.by_model.items()}
    return IgnoredScopes(everywhere=extend(scopes.everywhere), by_model=by_model)


def _collect_overrides(
    plan: QuantizationPlan, scheme: Mapping[str, OperationChoiceConfig]
) -> dict[str, QuantizerOverrideConfig]:
    """What is stated for each quantizer, by the first operation that says something about it."""
    planned = {quantizer.name: quantizer for quantizer in plan.quantizers}
    overrides: dict[str, QuantizerOverrideConfig] = {}
    for decision in plan.decisions:
        choice = scheme.get(decision.operation)
        for name in decision.quantizers if choice is not None else ():
            override: QuantizerOverrideConfig = getattr(choice, str(planned[name].kind))
            if override == QuantizerOverrideConfig():
                continue
            group = planned[name].group
            for other in plan.quantizers:
                if other.name == name or (group is not None and other.group == group):
                    overrides.setdefault(other.name, override)
    return overrides
