"""Whether models can be run directly on the samples of an engine: the one place that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.engine.hooks import STATISTICS_HOOKS, find_overridden_hooks
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


def find_direct_engine(engine: Any, model: CompressedModel | None = None) -> IEEngine | None:
    """The engine, if running a graph on its samples gives the same values as its ``predict`` would.

    Args:
        engine: any engine, or None.
        model: the model to run; None if it is known to be a single one.

    Returns:
        None for a cascade, for engines other than ``IEEngine``, and where a subclass overrides how samples become
        inputs or outputs become statistics: those are only asked to ``predict``.
    """
    if model is not None and model.is_cascade:
        return None
    return engine if isinstance(engine, IEEngine) and engine.observes_directly else None


def require_direct_engine(
    engine: Any, feature: str, model: CompressedModel | None = None, remedy: str = ""
) -> IEEngine:
    """The engine, which must be able to run models directly on its samples.

    Args:
        engine: any engine, or None.
        feature: what needs it, for the message: the option of the user.
        model: the model to run; None if it is known to be a single one.
        remedy: what to do instead; by default to leave the option out.

    Raises:
        EngineError: it cannot, see :func:`find_direct_engine`.
    """
    direct = find_direct_engine(engine, model)
    if direct is not None:
        return direct
    raise EngineError(
        f"{feature} runs single models directly on the samples of an IEEngine, but {_find_obstacle(engine, model)}: "
        f"{remedy or 'leave it out'}"
    )


def reports_sample_numbers(engine: Any) -> bool:
    """Whether values of single samples carry the number that the sample has in the data set."""
    return isinstance(engine, IEEngine) and "predict" not in find_overridden_hooks(engine)


def _find_obstacle(engine: Any, model: CompressedModel | None) -> str:
    if engine is None:
        return "there is no engine"
    if model is not None and model.is_cascade:
        return f"{model.name!r} is a cascade of {len(model.members)} models"
    if not isinstance(engine, IEEngine):
        return f"{type(engine).__name__} is another kind of engine"
    overridden = sorted(find_overridden_hooks(engine) & STATISTICS_HOOKS)
    return f"{type(engine).__name__} overrides {', '.join(overridden)}"
