"""POT's engines: openpot's own, which read samples in the shape of the input where the number of values fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.engine import openvino_engine, simplified_engine
from openpot.log import warn_caller

if TYPE_CHECKING:
    from openpot.data.metric import Metric


class IEEngine(openvino_engine.IEEngine):
    """:class:`openpot.engine.openvino_engine.IEEngine` for scripts of POT's time.

    Args:
        config: as there.
        data_loader: the data set. Flat samples, and images in HWC for an input in NCHW, are reshaped with a warning.
        metric: the measure of accuracy.
        loss: an argument of POT of 2020; ignored with a warning.
    """

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        data_loader: Any = None,
        metric: Metric | None = None,
        loss: Any = None,
    ) -> None:
        super().__init__(config, data_loader, metric)
        self._settings = replace(self._settings, reshapes_samples=True)
        _warn_of_loss(self, loss)


class SimplifiedEngine(simplified_engine.SimplifiedEngine, IEEngine):
    """:class:`openpot.engine.simplified_engine.SimplifiedEngine` for scripts of POT's time."""

    def __init__(
        self, config: Mapping[str, Any] | None = None, data_loader: Any = None, metric: Any = None, loss: Any = None
    ) -> None:
        super().__init__(config, data_loader, metric)
        _warn_of_loss(self, loss)


def _warn_of_loss(engine: IEEngine, loss: Any) -> None:
    if loss is not None:
        warn_caller(f"passed over: {type(engine).__name__}(loss=...): POT gave up losses in 2021, nothing reads them")
