"""What is kept about a model object until it changes: how often that was, and the snapshots of its graphs.

OpenVINO does not count the changes of a model, so whoever changes one reports it here (``openpot.graph.edit`` does).
Nothing but time is lost with what is kept; what a model *was* is in ``openpot.graph.provenance``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.snapshot_model import snapshot_all_graphs

if TYPE_CHECKING:
    from openpot.graph.types import Model


@dataclass
class _State:
    revision: int = 0
    snapshots: dict[str, GraphSnapshot] | None = None


_states: WeakKeyDictionary[Model, _State] = WeakKeyDictionary()
"""By model object; an entry goes when its model goes."""


def revision(model: Model) -> int:
    """How often a model was changed: whoever caches something about it compares that."""
    return _states[model].revision if model in _states else 0


def mark_changed(model: Model) -> None:
    """Say that a model was changed."""
    state = _states.setdefault(model, _State())
    state.revision, state.snapshots = state.revision + 1, None


def snapshot_graphs(model: Model) -> dict[str, GraphSnapshot]:
    """The model under ``''`` and every sub-graph body under the full name of its owner, as they are now.

    Whoever changes a model without ``openpot.graph.edit`` has to call ``mark_changed``, or is shown the graph as it was
    before.
    """
    state = _states.setdefault(model, _State())
    if state.snapshots is None:
        state.snapshots = snapshot_all_graphs(model)
    return state.snapshots


def clone_model(model: Model) -> Model:
    """A copy of the same revision; constants are shared, and so are the snapshots of its graphs."""
    clone = model.clone()
    _states[clone] = replace(_states[model]) if model in _states else _State()
    return clone
