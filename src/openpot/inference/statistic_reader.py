"""Reading statistics out of a finished inference: slices of the packed vector, and what callables make of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import DataError, EngineError
from openpot.graph.fillers import LARGEST_FILLER
from openpot.graph.lower_reducer import InstrumentedModel, Request
from openpot.graph.tensor_id import TensorId
from openpot.inference.feeds import Feed
from openpot.numerics.reducers import Reducer
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openvino import InferRequest


class StatisticReader:
    """Answers the requests of one instrumented model, inference by inference.

    Args:
        instrumented: the model.
        requests: tensors, each with what is asked about it.
        has_vanishing_fillers: whether a tensor may hold -inf, or values as large, that mean nothing; its inferences
            that do are left out, as those without elements are.
    """

    def __init__(
        self,
        instrumented: InstrumentedModel,
        requests: Sequence[Request],
        has_vanishing_fillers: Callable[[TensorId], bool] = lambda _: False,
    ) -> None:
        self._instrumented, self._has_vanishing_fillers = instrumented, has_vanishing_fillers
        self._requests = tuple(requests)
        self._slice_of = dict(instrumented.packed)

    def read(self, feed: Feed, request: InferRequest) -> tuple[Array, dict[int, Any]]:
        """The statistics of one inference.

        Returns:
            The packed float32 vector, with NaN where a tensor had no element or held fillers, and the answers of the
            other requests by their index; requests of such tensors are not among these.

        Raises:
            DataError: a statistic is not finite.
            EngineError: a callable raised.
        """
        return self._read_packed(feed, request), self._read_loose(feed, request)

    def _read_packed(self, feed: Feed, request: InferRequest) -> Array:
        if not self._slice_of:
            return np.zeros(0, np.float32)
        vector: Array = np.array(request.get_output_tensor(0).data)
        statistics = vector[: self._instrumented.length]
        empty = self._find_empty(vector) if (vector[self._instrumented.length :] == 0).any() else []
        for number in empty:
            statistics[self._slice_of[number]] = 0
        if not (np.abs(statistics) < -LARGEST_FILLER).all():
            filled = [number for number, part in self._instrumented.packed if self._is_filled(number, statistics[part])]
            for number, part in self._instrumented.packed:
                if number not in filled:
                    check_finite(statistics[part], feed.name, *self._requests[number])
            empty += filled
        for number in empty:
            statistics[self._slice_of[number]] = np.nan
        return statistics

    def _is_filled(self, number: int, values: Array) -> bool:
        """Whether a statistic is that of fillers."""
        is_large = not (np.abs(values) < -LARGEST_FILLER).all()
        return is_large and self._has_vanishing_fillers(self._requests[number][0])

    def _find_empty(self, vector: Array) -> list[int]:
        """The packed requests whose tensor has no element."""
        return [number for number, place in self._instrumented.sizes if (vector[place] == 0).any()]

    def _read_loose(self, feed: Feed, request: InferRequest) -> dict[int, Any]:
        answers: dict[int, Any] = {}
        for number, output in self._instrumented.loose:
            # A view: the next inference writes over it. Reducers keep nothing of it, other callables get a copy.
            tensor = request.get_output_tensor(output).data
            answer = self._reduce(feed, number, tensor) if tensor.size else None
            if answer is not None or (tensor.size and not isinstance(self._requests[number][1], Reducer)):
                answers[number] = answer
        return answers

    def _reduce(self, feed: Feed, number: int, tensor: Array) -> Any:
        place, function = self._requests[number]
        if isinstance(function, Reducer):
            value = function(tensor)
            if self._is_filled(number, value):
                return None
            check_finite(value, feed.name, place, function)
            return value
        try:
            return function(tensor.copy())
        except Exception as error:
            raise EngineError(
                f"{feed.name}: the statistic {function!r} of {str(place)!r} raised {type(error).__name__}: {error}"
            ) from error


def check_finite(values: Array, where: str, tensor: TensorId, statistic: object) -> None:
    """Refuse a statistic that is NaN or infinite: the runtime lets such values through without a word.

    Raises:
        DataError: a value is not finite; the message names the samples, the node and the statistic.
    """
    finite = np.isfinite(values)
    if np.all(finite):
        return
    kind = statistic.kind if isinstance(statistic, Reducer) else "statistic"
    odd = np.asarray(values)[~finite].ravel()[0]
    raise DataError(
        f"{where}: the {kind} of {str(tensor)!r} is {odd}, not a finite number, although the values of the "
        "sample are finite: leave the sample out, or keep this node in float (ignored_scope) if all samples are like it"
    )
