"""Which samples calibrate, and which a metric is measured on: given ones, or a part of the data that is held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.data.held_out_samples import SelectedSamples, check_share, hold_out
from openpot.data.source import open_data
from openpot.errors import ConfigError
from openpot.graph.runnable_model import require_runnable
from openpot.inference.model_inputs import describe_inputs
from openpot.measure.memory_forecast import require_memory
from openpot.report.records import MetricSamples

if TYPE_CHECKING:
    from openpot.config.algorithms import DefaultQuantizationConfig
    from openpot.data.loader import DataLoader
    from openpot.data.metric import Metric
    from openpot.graph.types import Model

DEFAULT_SHARE = 0.5
"""A metric needs as many samples to be kept by a search as to be checked afterwards."""


@dataclass(frozen=True, eq=False)
class SplitData:
    """The data of a run.

    Attributes:
        whole: all samples that may calibrate, and those held out from them.
        calibration: those that may calibrate, and that a search measures a metric on.
        validation: those that the metric of the result is measured on.
        measured_on: what these are; None without a metric.
        share: which share of ``whole`` is held out; None for nothing.
    """

    whole: DataLoader
    calibration: DataLoader
    validation: DataLoader
    measured_on: MetricSamples | None = None
    share: float | None = None

    def find_in_whole(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """The numbers of calibration samples in the whole data set."""
        if isinstance(self.calibration, SelectedSamples):
            return tuple(self.calibration.numbers[number] for number in numbers)
        return numbers


def check_validation(metric: Metric | None, validation_data: Any, validation_share: float | None) -> None:
    """Whether what the caller says about validation makes sense.

    Raises:
        ConfigError: there is no metric to measure, or two ways to choose samples are stated.
    """
    if validation_share is not None:
        check_share(validation_share)
    stated = {"validation_data": validation_data, "validation_share": validation_share}
    names = [name for name, value in stated.items() if value is not None]
    if metric is None and names:
        raise ConfigError(f"{names[0]} says what a metric is measured on, and there is no metric: give one")
    if len(names) == 2:
        raise ConfigError("validation_data and validation_share are two ways to choose samples: state one of them")


def split_data(
    source: Model,
    data: Any,
    config: DefaultQuantizationConfig,
    has_metric: bool,
    validation_data: Any = None,
    validation_share: float | None = None,
) -> SplitData:
    """Open the data and divide them.

    Args:
        source: the model.
        data: what calibrates.
        config: how many samples calibrate, and the seed of every draw.
        has_metric: without one nothing is held out.
        validation_data: what the metric is measured on.
        validation_share: share of ``data`` that is held out where there are no validation data; None for a half, 0 for
            nothing: the metric is measured on samples that calibrate too.

    Raises:
        MissingFileError: a path does not exist.
        DataError: a data set cannot be opened.
        ModelError: no sample can be run on the model.
        OutOfMemoryError: it takes more memory than there is.
    """
    require_runnable(source, config.ignored.select_for().scope)
    require_memory(source)
    inputs = describe_inputs(source)
    if not has_metric:
        loader = open_data(data, inputs, config.stat_subset_size)
        return SplitData(loader, loader, loader)
    loader = open_data(data, inputs)
    if validation_data is not None:
        return SplitData(loader, loader, open_data(validation_data, inputs), MetricSamples.GIVEN)
    share = DEFAULT_SHARE if validation_share is None else validation_share
    if share == 0 or len(loader) < 2:
        return SplitData(loader, loader, loader, MetricSamples.CALIBRATED)
    is_stream = any(given.has_state for given in inputs)
    parts = hold_out(loader, share, config.seed, is_stream)
    return SplitData(loader, *parts, MetricSamples.HELD_OUT, len(parts[1]) / len(loader))
