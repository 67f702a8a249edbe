"""Runs one segment of a model on what the segments before it left of each sample."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import run_in_order
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.segments import Segment
    from openpot.graph.types import Model
    from openvino import InferRequest


def run_segment(segment: Segment, samples: Sequence[dict[TensorId, Array]], device: str = "CPU") -> None:
    """Add the outputs of a segment to the tensors of each sample; see :class:`CompiledSegment`.

    Raises:
        ModelError: the segment cannot be compiled.
        EngineError: an inference failed.
    """
    CompiledSegment(segment, device=device).run(samples)


class CompiledSegment:
    """A segment that can be run on any number of samples.

    Each inference has one thread, and as many run at once as there are processors: sums are then made in the same
    order whatever the number of threads.

    Args:
        segment: what to run.
        model: what stands for its model, with the same inputs and outputs; None for the model itself.
        device: where to run.

    Raises:
        ModelError: the segment cannot be compiled.
    """

    def __init__(self, segment: Segment, model: Model | None = None, device: str = "CPU") -> None:
        self._segment = segment
        self._streams = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        single = {"NUM_STREAMS": self._streams, "INFERENCE_NUM_THREADS": self._streams}
        known = {key: value for key, value in REFERENCE_PROPERTIES.items() if key != "PERFORMANCE_HINT"}
        self._compiled = compile_model(segment.model if model is None else model, device, {**known, **single})

    def run(self, samples: Sequence[dict[TensorId, Array]]) -> None:
        """Add the outputs of the segment to the tensors of each sample.

        Args:
            samples: by sample the tensors that are known so far; those that the segment reads are among them.

        Raises:
            EngineError: an inference failed.
        """

        def deliver(feed: Feed, request: InferRequest) -> None:
            for number, tensor in enumerate(self._segment.outputs):
                samples[feed.position][tensor] = np.array(request.get_output_tensor(number).data)

        feeds = (
            Feed(position, (position,), {number: known[tensor] for number, tensor in enumerate(self._segment.inputs)})
            for position, known in enumerate(samples)
        )
        run_in_order(self._compiled, feeds, deliver, 2 * self._streams)
