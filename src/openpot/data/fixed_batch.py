"""Models that take a fixed number of samples at a time, and data sets that give them one by one."""

from __future__ import annotations

from collections.abc import Sequence

from openpot.data.input_description import InputDescription
from openpot.data.input_matching import InputMatcher
from openpot.data.input_shape import add_batch_axis
from openpot.data.sample import Sample
from openpot.errors import DataError


def compute_missing_factor(inputs: Sequence[InputDescription], samples: Sequence[Sample], batch_dim: int = 0) -> int:
    """How many times as many samples as these an inference takes; 1 unless the batch is fixed and each is a single one.

    Args:
        inputs: the inputs of the model.
        samples: what a data set gives for one inference.
        batch_dim: axis along which samples are joined.
    """
    wanted = {find_fixed_batch(given, batch_dim) for given in inputs} - {None}
    if len(wanted) != 1:
        return 1
    (batch,) = wanted
    assert batch is not None  # noqa: S101  taken out above
    is_single = all(_is_single(inputs, sample, batch_dim) for sample in samples)
    return batch // len(samples) if is_single and batch % len(samples) == 0 else 1


def find_fixed_batch(given: InputDescription, batch_dim: int) -> int | None:
    """The number of samples that an input takes, if it is fixed; None for a vector that all samples may share."""
    size = given.shape[given.find_batch_axis(batch_dim)] if given.shape else None
    return None if size == 1 and given.rank == 1 else size


def _is_single(inputs: Sequence[InputDescription], sample: Sample, batch_dim: int) -> bool:
    """Whether a sample has one row for each input whose batch is fixed."""
    try:
        arrays = InputMatcher(inputs).order_arrays(sample)
        rows = [
            add_batch_axis(array, given, batch_dim, given.name).shape[given.find_batch_axis(batch_dim)]
            for array, given in zip(arrays, inputs, strict=True)
            if find_fixed_batch(given, batch_dim) is not None
        ]
    except DataError:  # whoever feeds it says what is wrong
        return False
    return set(rows) == {1}
