"""Engines of the Accuracy Checker (in work)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.config.engine_section import AccuracyCheckerEngineConfig
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MissingExtraError

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


def accuracy_checker_engine(config: AccuracyCheckerEngineConfig, model: CompressedModel) -> IEEngine:
    """The engine; for now only the reason why there is none."""
    del config, model
    raise MissingExtraError("not there")
