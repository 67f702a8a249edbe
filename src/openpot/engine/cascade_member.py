"""One network of a cascade, ready to be called by a stage, and observed while it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.guard import SampleGuard
from openpot.data.sample import parse_sample
from openpot.engine.statistics_layout import (
    CollectedStatistics,
    StatisticsLayout,
    collect_requests,
    make_empty_statistics,
)
from openpot.errors import DataError, EngineError
from openpot.graph.lower_reducer import instrument
from openpot.graph.node_index import NodeIndex
from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model, shorten_runtime_message
from openpot.inference.feeds import Feed
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.named_outputs import NamedOutputs, list_output_aliases, list_output_names
from openpot.inference.statistic_reader import StatisticReader
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

MEMBER_PROPERTIES: Mapping[str, str] = {**REFERENCE_PROPERTIES, "PERFORMANCE_HINT": "LATENCY"}
"""The stages of a sample wait for each other, so each inference gets all processors."""


class CascadeMember:
    """A compiled network of a cascade: ``member(inputs)`` gives its outputs.

    Args:
        name: how the cascade calls it, for messages.
        model: the network; it is not changed.
        device: where to run.
        layout: statistics to collect on the way, with the names of this model's nodes.

    Attributes:
        statistics: ``{node: {statistic: [one value for each inference]}}``.
        num_inferences: how often the network ran.
        sample: number of the sample that is being inferred, for messages.
    """

    def __init__(self, name: str, model: Model, device: str, layout: StatisticsLayout | None = None) -> None:
        self.name = name
        layout = layout or {}
        self.statistics: CollectedStatistics = make_empty_statistics(layout)
        self.num_inferences = 0
        self.sample = 0
        requests, self._entries = collect_requests(layout, NodeIndex(model))
        observed = instrument(model, requests, keep_results=True)
        self._reader = StatisticReader(observed, requests)
        self._slices = dict(observed.packed)
        self._results = observed.results
        self._names, self._aliases = list_output_names(model), list_output_aliases(model)
        self._compiled = compile_model(observed.model, device, MEMBER_PROPERTIES)
        self._inputs = describe_inputs(self._compiled)
        self._guard = SampleGuard(self._inputs)
        self._request = self._compiled.create_infer_request()
        self._has_state = len(self._request.query_state()) > 0

    def start_sample(self, index: int) -> None:
        """A sample begins: a stateful network forgets the one before."""
        self.sample = index
        if self._has_state:
            self._request.reset_state()

    def __call__(self, inputs: Any) -> NamedOutputs:
        """Run the network.

        Args:
            inputs: an array, a dict by input name or a list in the order of the inputs, each of shape ``(rows, ...)``,
                or without the first axis. A network that takes one row at a time is run for each row.

        Returns:
            ``{name of the output: array of shape (rows, ...)}`` in the order of the outputs; tensor names work too.

        Raises:
            DataError: the inputs do not fit the network.
            EngineError: the inference failed.
        """
        if self._takes_one_row() and isinstance(inputs, np.ndarray) and self._count_rows(inputs) > 1:
            parts = [self._run(inputs[row : row + 1]) for row in range(len(inputs))]
            joined = [np.concatenate([part[number] for part in parts]) for number in range(len(self._names))]
        else:
            joined = self._run(inputs)
        return NamedOutputs(dict(zip(self._names, joined, strict=True)), self._aliases)

    def conclude(self) -> None:
        """Check what was fed during a calibration pass as a whole.

        Raises:
            DataError: the network was never run although it is to be observed, or its inputs were all constant.
        """
        if not self._entries:
            return
        if not self.num_inferences:
            raise DataError(
                f"the network {self.name!r} was never run: no calibration sample reached its stage; use samples that "
                "do (a detector needs images with something to find)"
            )
        self._guard.conclude()

    def _takes_one_row(self) -> bool:
        return len(self._inputs) == 1 and bool(self._inputs[0].shape) and (self._inputs[0].shape or (None,))[0] == 1

    def _count_rows(self, array: Array) -> int:
        return len(array) if array.ndim == self._inputs[0].rank else 1

    def _run(self, inputs: Any) -> list[Array]:
        try:
            given = list(inputs) if isinstance(inputs, tuple) else inputs
            feed = self._guard.feed([parse_sample(given, self.sample)])
        except DataError as error:
            raise DataError(f"network {self.name!r}: {error}") from error
        try:
            self._request.infer(feed)
        except RuntimeError as error:
            text = shorten_runtime_message(error)
            raise EngineError(f"sample {self.sample}: the inference of {self.name!r} failed: {text}") from error
        self.num_inferences += 1
        if self._entries:
            self._observe(Feed(self.num_inferences, (self.sample,), {}))
        return [np.array(self._request.get_output_tensor(number).data) for number in self._results]

    def _observe(self, feed: Feed) -> None:
        packed, loose = self._reader.read(feed, self._request)
        for entry in self._entries:
            value = entry.compute_value(self._slices, packed, loose)
            if value is not None:
                self.statistics[entry.node_key][entry.statistic_key].append(value)


def find_member_of_node(node_key: Any, names: Sequence[str]) -> str:
    """The member of a cascade that a key of a layout belongs to: names of its nodes begin with ``<member>_``.

    Where the name of one member begins with that of another, the longer one counts. A single model has the name ``''``.

    Raises:
        EngineError: no member has such nodes.
    """
    name = str(node_key[0] if isinstance(node_key, tuple) else node_key)
    fitting = [member for member in names if not member or name.startswith(f"{member}_")]
    if not fitting:
        raise EngineError(f"no network of the cascade has nodes like {name!r}; the networks are {', '.join(names)}")
    return max(fitting, key=len)
