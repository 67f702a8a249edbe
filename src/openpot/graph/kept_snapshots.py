"""Snapshots that are taken again only after the model was changed: several steps in a row look at the same graph."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from openpot.graph.edit import revision
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.snapshot_model import snapshots_of_all_graphs

if TYPE_CHECKING:
    from openpot.graph.types import Model

_kept: WeakKeyDictionary[Model, tuple[int, dict[str, GraphSnapshot]]] = WeakKeyDictionary()
"""The snapshots of each model object, with the revision that they show; they go when the model goes."""


def kept_snapshots(model: Model) -> dict[str, GraphSnapshot]:
    """The model under ``''`` and every sub-graph body under the full name of its owner.

    Whoever changes a model without ``openpot.graph.edit`` has to call its ``mark_changed``, or is shown the graph as it
    was before.
    """
    known = _kept.get(model)
    if known is None or known[0] != revision(model):
        known = (revision(model), snapshots_of_all_graphs(model))
        _kept[model] = known
    return known[1]
