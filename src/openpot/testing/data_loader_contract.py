"""The contract of data loaders: :class:`openpot.DataLoader`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from openpot.data.guard import SampleGuard
from openpot.data.input_values import find_value_range
from openpot.data.sample import Sample, Steps, load_raw_sample, parse_sample
from openpot.errors import OpenPotError
from openpot.graph.read import read_model
from openpot.inference.model_inputs import describe_inputs
from openpot.statistics.calibration_subset import space_evenly
from openpot.testing.contract import Faults, is_equal

CHECKED = 8


def check_data_loader(loader: Any, model: Any = None, samples: int = CHECKED) -> None:
    """Check a data loader.

    ``len()`` is a whole number from 1; every sample up to the last one loads, has one of the accepted forms and finite
    values; a sample is the same whenever it is asked for, and from another thread; different numbers are not all one
    sample; all samples have an annotation or none has; with a model, they fit its inputs.

    Args:
        loader: the data loader.
        model: what its samples are for: a path or an ``openvino.Model``; None leaves the shapes unchecked.
        samples: how many are looked at, spread evenly, the first and the last among them.

    Raises:
        ContractError: it does not keep its contract.
        ModelError: the model cannot be read.
    """
    faults = Faults(loader)
    count = _check_length(loader, faults)
    if count:
        numbers = sorted({*space_evenly(count, max(2, samples)), 0, count - 1})
        first = {number: _load(loader, number, faults) for number in numbers}
        _check_repeated(loader, first, faults)
        _check_thread(loader, first, faults)
        _check_variety(first, faults)
        _check_annotations(first, faults)
        _check_values([sample for sample in first.values() if sample is not None], model, faults)
    faults.conclude()


def _check_length(loader: Any, faults: Faults) -> int:
    """The number of samples; 0 if that is not known."""
    with faults.unless_raised("len()"):
        count = len(loader)
        if faults.require(count > 0, "len() is 0: a data set has at least one sample"):
            faults.require(len(loader) == count, "len() changes from one call to the next")
            return count
    return 0


def _load(loader: Any, number: int, faults: Faults) -> Sample | None:
    """A sample as openpot reads it; None if it cannot be read."""
    try:
        return parse_sample(load_raw_sample(loader, number), number)
    except OpenPotError as error:
        faults.add(str(error))
        return None


def _check_repeated(loader: Any, first: dict[int, Sample | None], faults: Faults) -> None:
    """In another order the samples are what they were."""
    for number, sample in reversed(first.items()):
        if sample is None:
            continue
        again = _load(loader, number, faults)
        if again is not None and not _is_same(sample, again):
            faults.add(
                f"sample {number} is another one when it is asked for again: take chance out of the loader, or draw "
                "from a generator that is seeded with the number; a buffer that is filled anew must be copied"
            )
            return


def _is_same(first: Sample, second: Sample) -> bool:
    return is_equal(first.data, second.data) and is_equal(first.annotation, second.annotation)


def _check_thread(loader: Any, first: dict[int, Sample | None], faults: Faults) -> None:
    """Samples are read ahead on another thread."""
    number, sample = next(iter(first.items()))
    loaded: list[Sample | None] = []
    thread = threading.Thread(target=lambda: loaded.append(_load(loader, number, faults)))
    thread.start()
    thread.join()
    if sample is not None and (not loaded or loaded[0] is None):
        faults.add(
            f"sample {number} cannot be loaded from another thread: open files and connections in __getitem__, or set "
            "prefetch to False in the configuration of the engine"
        )


def _check_variety(first: dict[int, Sample | None], faults: Faults) -> None:
    data = [sample.data for sample in first.values() if sample is not None]
    if len(data) > 1 and all(is_equal(data[0], other) for other in data[1:]):
        faults.add(f"samples {', '.join(map(str, first))} are all equal: does __getitem__ use its number?")


def _check_annotations(first: dict[int, Sample | None], faults: Faults) -> None:
    known = {number: sample.annotation is not None for number, sample in first.items() if sample is not None}
    without = [number for number, has_annotation in known.items() if not has_annotation]
    if without and len(without) < len(known):
        faults.add(f"sample {without[0]} has no annotation, and others have: a metric would leave it out")


def _check_values(samples: Sequence[Sample], model: Any, faults: Faults) -> None:
    """The samples pass the gate that they pass in a run; without a model at least their values are finite."""
    guard = None if model is None else SampleGuard(describe_inputs(read_model(model)))
    for sample in samples:
        try:
            if guard is None:
                _require_finite(sample)
            elif not isinstance(sample.data, Steps):
                guard.feed([sample])
        except OpenPotError as error:
            faults.add(str(error))
    try:
        if guard is not None and not faults:
            guard.conclude()
    except OpenPotError as error:
        faults.add(str(error))


def _require_finite(sample: Sample) -> None:
    arrays = sample.data if isinstance(sample.data, list | Steps) else [sample.data]
    for part in arrays:
        for name, array in part.items() if isinstance(part, dict) else [("data", part)]:
            if array.dtype.kind == "f" and array.size:
                find_value_range(array, f"sample {sample.index}, {name}")
