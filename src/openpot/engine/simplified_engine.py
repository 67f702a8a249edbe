"""An engine for samples without annotations: it collects statistics and knows no metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpot.engine.openvino_engine import IEEngine


class SimplifiedEngine(IEEngine):
    """Runs a model on samples that are bare data: an array, a dict by input name, or a list in input order.

    Args:
        config: see :class:`~openpot.engine.openvino_engine.IEEngine`.
        data_loader: the data set; annotations that it gives nevertheless are ignored.
        metric: ignored, as there is nothing to compare with.
    """

    def __init__(self, config: Mapping[str, Any] | None = None, data_loader: Any = None, metric: Any = None) -> None:
        del metric
        super().__init__(config, data_loader, None)

    @staticmethod
    def _process_batch(batch: Sequence[Any]) -> tuple[None, list[Any], None]:
        """Bare data as they are: no annotations, no metadata."""
        return None, list(batch), None
