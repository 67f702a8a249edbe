"""Operations that a device computes wrongly, or not at all, in INT8 with settings that users state: left in float.

Kernels cannot be mended here, but most faults are gone once a certain operation is no longer quantized. The few units
that it takes are found by bisection from both sides: about ``2 log2(n)`` models are compiled for ``n`` units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.measure.performance_hints import FarOutputs, SettingsCheck
from openpot.search.quantized_variant import QuantizedVariant, make_saved_form
from openpot.search.units import Unit, list_operations
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

CHECKED_SAMPLES = 6
"""So many samples are inferred with every setting: enough to know how much outputs vary, and faults are gross."""
CHECKED_STEPS = 16
"""So many inferences are made of them at most, where samples are streams of steps."""
FAULT = "stays in float: in INT8 the device computes wrong outputs, or none, with the setting {settings}"


@dataclass(frozen=True)
class RuntimeFaults:
    """What the device computes wrongly, and what was done about it.

    Attributes:
        far: settings under which the outputs were far from what was judged.
        in_float: operations that were left in float for that, in topological order.
        is_mended: whether the outputs are as judged with them in float.
    """

    far: tuple[FarOutputs, ...]
    in_float: tuple[str, ...] = ()
    is_mended: bool = False

    @property
    def fault(self) -> str:
        """What goes wrong, in a sentence."""
        return "; ".join(filter(None, (_describe_wrong(self.far), _describe_failures(self.far))))

    @property
    def warning(self) -> str:
        """The fault, and what was done about it."""
        if not self.is_mended:
            return f"{self.fault}. No operation in float mends that: the result is not to be used with this setting"
        return f"{self.fault}. With {', '.join(map(repr, self.in_float))} in float the outputs are as judged"


def _describe_wrong(far: Sequence[FarOutputs]) -> str:
    wrong = [
        f"with {outputs.setting} the error of the outputs is {outputs.error:.2f} times their variation, judged was "
        f"{outputs.judged:.3f}"
        for outputs in far
        if not outputs.failure
    ]
    return f"the device computes the quantized model wrongly: {'; '.join(wrong)}" if wrong else ""


def _describe_failures(far: Sequence[FarOutputs]) -> str:
    failures = dict.fromkeys(outputs.failure for outputs in far if outputs.failure)
    settings = ", ".join(outputs.setting for outputs in far if outputs.failure)
    reason = "; ".join(failure.rstrip(".") for failure in failures)
    return f"the device runs the float model with {settings}, but not the quantized one ({reason})" if failures else ""


@dataclass(frozen=True, eq=False)
class Mended:
    """The model without what the device computes wrongly, its quantizers, and the faults; None if there were none."""

    model: CompressedModel
    min_max: MinMaxResult
    faults: RuntimeFaults | None


def mend_runtime_faults(
    variant: QuantizedVariant, feeds: Sequence[Mapping[int, Array]], device: str, judged: float = 0.0
) -> Mended:
    """Look at a quantized model as users run it, and return to float what is computed wrongly.

    Args:
        variant: a single model.
        feeds: inputs of a few samples.
        device: where it is run.
        judged: the error of its outputs, where it is known.

    Raises:
        ModelError: the device cannot compile a model.
        EngineError: an inference failed.
    """
    check = SettingsCheck(variant.reference.members[0].model, feeds[:CHECKED_STEPS], device, judged)
    far = check.find_far(make_saved_form(variant.model))
    if not far:
        return Mended(variant.model, variant.min_max, None)
    settings = tuple(outputs.setting for outputs in far)
    is_right = lambda units: not check.find_far(make_saved_form(variant.copy_with_reverted(units)), settings)  # noqa: E731
    units = find_smallest_run(variant.units, is_right)
    if not units or check.find_far(make_saved_form(variant.copy_with_reverted(units))):
        return Mended(variant.model, variant.min_max, RuntimeFaults(far))
    operations = list_operations(units)
    reason = FAULT.format(settings=" and ".join(settings))
    done = variant.record_with_reverted(units).revert_to_float(dict.fromkeys(operations, reason), ())
    return Mended(variant.copy_with_reverted(units), done, RuntimeFaults(far, operations, is_mended=True))


def find_smallest_run(units: Sequence[Unit], is_right: Callable[[Sequence[Unit]], bool]) -> Sequence[Unit]:
    """A run of consecutive units that mends the model, as short as halving finds it; empty if all together do not.

    Args:
        units: in topological order.
        is_right: whether the model is right with these units in float.
    """
    if not units or not is_right(units):
        return ()
    too_few, enough = 0, len(units)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if is_right(units[:middle]) else (middle, enough)
    dispensable, too_many = 0, enough
    while too_many - dispensable > 1:
        middle = (dispensable + too_many) // 2
        dispensable, too_many = (middle, too_many) if is_right(units[middle:enough]) else (dispensable, middle)
    return units[dispensable:enough]
