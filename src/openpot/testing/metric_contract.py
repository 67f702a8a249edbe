"""The contract of metrics: :class:`openpot.Metric`."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

from openpot.data.metric import Metric
from openpot.errors import ConfigError
from openpot.testing.contract import Faults, is_close, is_equal

DIRECTIONS = {"higher-better": True, "higher-worse": False}


def check_metric(metric: Any, outputs: Sequence[Any], annotations: Sequence[Any]) -> None:
    """Check a metric.

    ``get_attributes()`` names every value and its direction, and ``higher_better`` agrees; ``avg_value`` gives finite
    numbers under these names, the same if it is read twice; ``value`` gives one value for each sample of the last
    update; ``reset()`` forgets everything; the order of the samples does not matter; ``update`` leaves what it is given
    as it is.

    Args:
        metric: the metric.
        outputs: at least two, each what the engine hands to ``update`` for one sample: a list with an array of shape
            ``(1, ...)`` for each output of the model, unless ``postprocess_output`` makes something else of it.
        annotations: what belongs to them.

    Raises:
        ContractError: it does not keep its contract.
        ConfigError: there are fewer than two outputs, or not as many annotations.
    """
    if len(outputs) < 2 or len(outputs) != len(annotations):
        raise ConfigError(
            f"expected two outputs or more, each with an annotation; got {len(outputs)} and {len(annotations)}"
        )
    faults = Faults(metric)
    names = _check_attributes(metric, faults)
    numbers = range(len(outputs))
    first = _evaluate(metric, outputs, annotations, numbers, faults)
    if first is not None:
        _check_values(first, names, faults)
        with faults.unless_raised("avg_value"):
            faults.require(is_equal(dict(metric.avg_value), first), "avg_value is another one when it is read twice")
        _check_reset(metric, outputs, annotations, first, faults)
        _check_single_values(metric, outputs, annotations, names, faults)
        _check_unchanged(metric, outputs, annotations, faults)
    with faults.unless_raised("reset()"):
        metric.reset()
    faults.conclude()


def _check_attributes(metric: Any, faults: Faults) -> set[str]:
    """The names of the values; empty if they cannot be had."""
    with faults.unless_raised("get_attributes()"):
        attributes = metric.get_attributes()
        expected = "get_attributes() must return {name of a value: {'direction': ..., 'type': ...}}"
        is_right = isinstance(attributes, Mapping) and len(attributes) > 0
        if not faults.require(is_right, f"{expected}, got {attributes!r:.80}"):
            return set()
        for name, facts in attributes.items():
            _check_direction(metric, name, facts, len(attributes) == 1, faults)
        return set(attributes)
    return set()


def _check_direction(metric: Any, name: Any, facts: Any, is_only: bool, faults: Faults) -> None:
    direction = facts.get("direction") if isinstance(facts, Mapping) else None
    wrong = f"the direction of {name!r} is {direction!r}: expected one of {[*DIRECTIONS]}"
    if not faults.require(direction in DIRECTIONS, wrong) or not isinstance(metric, Metric):
        return
    says_so = type(metric).higher_better is not Metric.higher_better
    if says_so and is_only and metric.higher_better != DIRECTIONS[str(direction)]:
        faults.add(f"higher_better is {metric.higher_better}, and the direction of {name!r} is {direction!r}")


def _evaluate(
    metric: Any, outputs: Sequence[Any], annotations: Sequence[Any], numbers: Sequence[int], faults: Faults
) -> dict[str, Any] | None:
    """The average over some samples after a reset; None if it cannot be had."""
    with faults.unless_raised("reset(), update() or avg_value"):
        metric.reset()
        for number in numbers:
            metric.update(copy.deepcopy(outputs[number]), [copy.deepcopy(annotations[number])])
        values = metric.avg_value
        if faults.require(isinstance(values, Mapping), f"avg_value must be {{name: value}}, it is {values!r:.80}"):
            return copy.deepcopy(dict(values))
    return None


def _check_values(values: Mapping[str, Any], names: set[str], faults: Faults) -> None:
    if names:
        difference = f"avg_value names {sorted(values)}, get_attributes() names {sorted(names)}"
        faults.require(set(values) == names, difference)
    for name, value in values.items():
        try:
            is_finite = math.isfinite(float(value))
        except (TypeError, ValueError):
            is_finite = False
        faults.require(is_finite, f"avg_value[{name!r}] must be a finite number, it is {value!r:.80}")


def _check_reset(
    metric: Any, outputs: Sequence[Any], annotations: Sequence[Any], first: Mapping[str, Any], faults: Faults
) -> None:
    """After wrong pairs and a reset the value is what it was, in any order of the samples."""
    numbers = range(len(outputs))
    with faults.unless_raised("update()"):
        metric.reset()
        for number in numbers:  # what a metric that forgets nothing would carry on
            metric.update(copy.deepcopy(outputs[number]), [copy.deepcopy(annotations[number - 1])])
    again = _evaluate(metric, outputs, annotations, numbers, faults)
    if again is not None and not is_close([*first.values()], [*again.values()]):
        faults.add(
            f"after reset() the same samples give {again}, before they gave {first}: reset() must forget everything, "
            "and there must be no chance in update()"
        )
        return
    turned = _evaluate(metric, outputs, annotations, numbers[::-1], faults)
    if turned is not None and not is_close([*first.values()], [*turned.values()]):
        faults.add(f"in another order the same samples give {turned}, before they gave {first}")


def _check_single_values(
    metric: Any, outputs: Sequence[Any], annotations: Sequence[Any], names: set[str], faults: Faults
) -> None:
    if isinstance(metric, Metric) and type(metric).value is Metric.value:
        return  # only algorithms that compare single samples need it
    with faults.unless_raised("value"):
        metric.reset()
        metric.update(copy.deepcopy(outputs[0]), [copy.deepcopy(annotations[0])])
        metric.update(copy.deepcopy(outputs[1]), [copy.deepcopy(annotations[1])])
        values = metric.value
        expected = "value must be {name: [one value for each sample of the last update]}"
        if faults.require(isinstance(values, Mapping), f"{expected}, it is {values!r:.80}"):
            difference = f"value names {sorted(values)}, get_attributes() names {sorted(names)}"
            faults.require(set(values) <= names, difference)
            for name, single in values.items():
                is_list = isinstance(single, list | tuple) or hasattr(single, "shape")
                wrong = f"{expected}, value[{name!r}] is {single!r:.80} after one sample"
                faults.require(is_list and len(single) == 1, wrong)


def _check_unchanged(metric: Any, outputs: Sequence[Any], annotations: Sequence[Any], faults: Faults) -> None:
    with faults.unless_raised("update()"):
        metric.reset()
        expected = [(output, [annotation]) for output, annotation in zip(outputs, annotations, strict=True)]
        given = copy.deepcopy(expected)
        for output, annotation in given:
            metric.update(output, annotation)
        is_kept = is_equal(given, expected)
        faults.require(is_kept, "update() changes what it is given: work on a copy")
