"""The parameters of quantization with weights of different widths."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from openpot.config.algorithms import DefaultQuantizationConfig


class INT4MixedQuantizationConfig(DefaultQuantizationConfig):
    """Parameters of ``INT4MixedQuantization``: those of ``DefaultQuantization``, and how much may be lost.

    Attributes:
        maximal_drop: by how much every metric may be worse than that of the original model.
        drop_type: ``absolute``, or ``relative`` to the metric of the original model.
        max_iter_num: how many models with 4-bit weights are evaluated at most; None for as many as the search needs.
    """

    maximal_drop: float = Field(default=0.01, ge=0)
    drop_type: Literal["absolute", "relative"] = "absolute"
    max_iter_num: int | None = Field(default=None, ge=1)
