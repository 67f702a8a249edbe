"""Running one compiled model again and again on the same items, each time with other shifts of its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.engine.compile import compile_model
from openpot.engine.feed_maker import FeedMaker
from openpot.engine.feeds import Feed, feeds
from openpot.engine.infer_queue import requests_to_keep_busy, run_in_order
from openpot.engine.model_inputs import describe_inputs
from openpot.engine.settings import clipped_requests
from openpot.errors import DataError
from openpot.graph.shift_inputs import ShiftPlace, with_shift_inputs
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.types import Model
    from openvino import InferRequest

KEPT_BYTES = 256 * 2**20
"""Inputs of the items are kept up to this size; larger sets are loaded again for every pass."""


class ShiftReplay:
    """Means of layer outputs under shifts that can change from pass to pass.

    Args:
        engine: its device, settings and data loader are used.
        model: a single model; stays as it is.
        places: the tensors to shift and to average.
        sampler: the items of every pass.

    Attributes:
        slices: where the channels of each place are in the vectors of shifts and means.
    """

    def __init__(self, engine: IEEngine, model: Model, places: Sequence[ShiftPlace], sampler: Any) -> None:
        shiftable = with_shift_inputs(model, places)
        self.slices = shiftable.slices
        self._settings = engine._settings
        self._loader = engine.data_loader
        self._sampler = sampler
        self._inputs = describe_inputs(model)
        self._compiled = compile_model(shiftable.model, self._settings.device)
        self._kept: list[Feed] | None = None

    def means(self, shifts: Array) -> Array:
        """One pass.

        Args:
            shifts: shape ``(all channels,)``.

        Returns:
            Mean of every channel at every inference, shape ``(inferences, all channels)``, float32.

        Raises:
            DataError: an item cannot be used.
            EngineError: an inference failed.
        """
        rows: list[Array] = []
        vector = np.asarray(shifts, np.float32)

        def deliver(_feed: Feed, request: InferRequest) -> None:
            rows.append(np.array(request.get_output_tensor(0).data))

        source = self._feeds()
        shifted = (replace(feed, inputs={**feed.inputs, len(self._inputs): vector}) for feed in source)
        num_requests = clipped_requests(self._settings.stat_requests_number) or requests_to_keep_busy(self._compiled)
        run_in_order(self._compiled, shifted, deliver, num_requests)
        if not rows:
            raise DataError("no item was inferred: expected at least one")
        return np.stack(rows)

    def _feeds(self) -> Iterator[Feed]:
        """The feeds of a pass, loaded once if they are small enough to keep."""
        if self._kept is not None:
            yield from self._kept
            return
        make_feed = FeedMaker(self._inputs, self._settings.batch_dim, copies=True)
        kept: list[Feed] = []
        size = 0
        for feed in feeds(self._sampler, self._loader, make_feed):
            size += sum(array.nbytes for array in feed.inputs.values())
            if size <= KEPT_BYTES:
                kept.append(feed)
            yield feed
        if size <= KEPT_BYTES:
            self._kept = kept
