"""CompressedModel: one model or a cascade of several, the object that every algorithm takes and gives back."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from openpot.errors import ConfigError, ModelError
from openpot.graph.edit import ModelEditor, set_metadata, set_model_name, set_node_name
from openpot.graph.ignored_nodes import is_node_ignored
from openpot.graph.node_index import NodeIndex
from openpot.graph.provenance import Provenance, read_provenance
from openpot.graph.read import read_model
from openpot.graph.revisions import clone_model, mark_changed, snapshot_graphs
from openpot.graph.save_ir import NamedModel, save_models
from openpot.graph.snapshot import GraphSnapshot
from openpot.typing_aliases import StrPath

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


class Member(NamedTuple):
    """One model of a CompressedModel; ``name`` is that of the cascade member, empty for a single model."""

    name: str
    model: Model


class CompressedModel:
    """A mutable holder of one OpenVINO model, or of the models of a cascade, and of what they were before.

    Files and ``openvino.Model`` objects that it is made from are never changed. In a cascade the names of all
    operations begin with ``<member>_`` in memory.

    Attributes:
        target_device: The device that the model is meant for.
        provenance: Original names and weights, where the graph no longer shows them.
        stores_exactly: Whether float weights keep every bit when they are stored; else half precision is good enough.

    Args:
        **kwargs: Either ``config`` (see ``load_model``) with an optional ``target_device``, or ``graph``: an
            ``openvino.Model``, which is copied.

    Raises:
        ConfigError: Neither ``config`` nor ``graph`` is given, or the configuration is incomplete.
        ModelError: A model cannot be read.
        MissingFileError: A file is not there.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.target_device: str = kwargs.get("target_device") or "ANY"
        self._name: str | None = None
        if kwargs.get("graph") is not None:
            self._models = [{"model": read_model(kwargs["graph"])}]
            self._meta_data: list[dict[str, Any]] = [{}]
        elif kwargs.get("config") is not None:
            self._load(kwargs["config"])
        else:
            raise ConfigError("a CompressedModel is made from config=... or graph=...: neither was given")
        self.provenance: Provenance = read_provenance(member.model for member in self.members)
        self.stores_exactly = False

    def _load(self, config: Mapping[str, Any]) -> None:
        self._name = str(config["model_name"]) if config.get("model_name") else None
        parts = list(config.get("cascade") or [config])
        self._models = [_load_member(part) for part in parts]
        if len(parts) == 1:
            self._models[0].pop("name", None)
        else:
            _require_distinct_names([entry.get("name") for entry in self._models])
            for entry in self._models:
                _add_prefix(entry["model"], f"{entry['name']}_")
            _make_model_names_distinct(self._models)
        information = config.get("quantization_info")
        self._meta_data = [{"quantization_parameters": information} if information else {} for _ in parts]

    @property
    def models(self) -> list[dict[str, Any]]:
        """The models as ``{'model': openvino.Model}``, with ``'name'`` for the members of a cascade."""
        return self._models

    @property
    def members(self) -> tuple[Member, ...]:
        """The models with their names as records."""
        return tuple(Member(entry.get("name", ""), entry["model"]) for entry in self._models)

    @property
    def is_cascade(self) -> bool:
        """True if there are several models."""
        return len(self._models) > 1

    @property
    def name(self) -> str:
        """``model_name`` of the configuration, else the name that the (first) model has itself."""
        return self._name or str(self._models[0]["model"].get_friendly_name())

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @property
    def meta_data(self) -> list[dict[str, Any]]:
        """What is written into the ``rt_info`` of each model when it is saved: ``{section: {key: text}}``."""
        return self._meta_data

    @meta_data.setter
    def meta_data(self, meta_data: list[dict[str, Any]]) -> None:
        if len(meta_data) != len(self._models):
            raise ConfigError(f"meta data for {len(self._models)} model(s) are needed, {len(meta_data)} were given")
        self._meta_data = list(meta_data)

    def take_over(self, other: CompressedModel) -> None:
        """Hold the models of another holder of the same members, and what is known of them; that one is given up."""
        for entry, member in zip(self._models, other.members, strict=True):
            entry["model"] = member.model
        self.provenance, self.stores_exactly = other.provenance, other.stores_exactly

    def forget_snapshots(self) -> None:
        """Take new snapshots next time; needed only after changing a model without ``openpot.graph.edit``."""
        for member in self.members:
            mark_changed(member.model)

    def snapshot(self, position: int = 0) -> GraphSnapshot:
        """The graph of one model as plain data (without its sub-graph bodies), kept until the model changes."""
        return self.snapshots(position)[""]

    def snapshots(self, position: int = 0) -> dict[str, GraphSnapshot]:
        """The snapshots of one model (``''``) and of all its sub-graph bodies by the full name of their owner."""
        return snapshot_graphs(self._models[position]["model"])

    def copy(self) -> CompressedModel:
        """A holder with models of its own; constants are shared, which is safe as they are never written to."""
        twin = copy.copy(self)
        twin._models = [{**entry, "model": clone_model(entry["model"])} for entry in self._models]
        twin.provenance = self.provenance.copy()
        twin._meta_data = copy.deepcopy(self._meta_data)
        return twin

    def __copy__(self) -> CompressedModel:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> CompressedModel:
        return self.copy()

    def save(
        self, save_path: StrPath, model_name: str | None = None, for_stat_collection: bool = False
    ) -> list[dict[str, str]]:
        """Save as OpenVINO IR; see ``openpot.graph.io.save_model``."""
        stems = [self._stem(member, model_name) for member in self.members]
        models = [self._prepare_for_disk(position, for_stat_collection) for position in range(len(self._models))]
        files = save_models([NamedModel(*pair) for pair in zip(models, stems, strict=True)], save_path)
        answer = []
        for member, pair in zip(self.members, files, strict=True):
            entry = {"name": member.name} if self.is_cascade else {}
            answer.append({**entry, "model": str(pair.xml), "weights": str(pair.bin)})
        return answer

    def _stem(self, member: Member, model_name: str | None) -> str:
        if self.is_cascade:
            stem = f"{model_name}_{member.name}" if model_name else member.name
        else:
            stem = model_name or str(member.model.get_friendly_name()) or "model"
        return stem.replace("/", "_").replace("\\", "_")

    def _prepare_for_disk(self, position: int, keep_prefix: bool) -> Model:
        """A copy of one model with what only belongs on disk: meta data, and names without the cascade's prefix."""
        member, meta_data = self.members[position], self._meta_data[position]
        model = member.model.clone()
        for section, entries in meta_data.items():
            texts = entries if isinstance(entries, Mapping) else {"value": entries}
            set_metadata(model, {str(key): str(value) for key, value in texts.items()}, section)
        if self.is_cascade and not keep_prefix:
            _remove_prefix(model, f"{member.name}_")
        return model

    def clean_up(self) -> None:
        """POT removed dead nodes here; OpenVINO's models hold none, so that nothing is to be done."""

    def pseudo_topological_sort(self) -> list[Node]:
        """The operations of all models, sub-graph bodies excluded, each after what it reads."""
        return [node for member in self.members for node in member.model.get_ordered_ops()]

    def number_of_nodes(self) -> int:
        """How many operations there are, those of sub-graph bodies included."""
        return len(self.node_labels())

    def node_labels(self) -> list[str]:
        """The full names of all operations."""
        return [name for member in self.members for name in NodeIndex(member.model)]

    def relabel_nodes(self, mapping: Mapping[str, str]) -> None:
        """Rename operations: ``{full name: new full name}``.

        Raises:
            ModelError: No model has such an operation, or the new name is taken.
        """
        left = dict(mapping)
        for member in self.members:
            with ModelEditor(member.model) as editor:
                for old in [name for name in left if name in editor.nodes]:
                    editor.rename(old, left.pop(old))
        if left:
            raise ModelError(f"no operation to rename is called {', '.join(map(repr, sorted(left)))}")

    def get_final_output_nodes(self) -> list[Node]:
        """The Result operations of the last model."""
        return list(self._models[-1]["model"].get_results())

    def is_node_ignored(self, ignored_params: Mapping[str, Any], node: Any, skipped: bool = True) -> bool:
        """Whether POT's ignored scope ``{'skip_model', 'scope', 'operations'}`` names a node.

        In a cascade the scope is given per member: ``{member name: {...}}``, with names without the prefix.
        """
        return is_node_ignored(ignored_params, node, [member.name for member in self.members], skipped)


def _load_member(part: Mapping[str, Any]) -> dict[str, Any]:
    if not part.get("model"):
        raise ConfigError(f"a model configuration needs the key 'model' with a path; given are {sorted(part)}")
    model = read_model(part["model"], part.get("weights") or None)
    return {"name": part.get("name"), "model": model} if part.get("name") else {"model": model}


def _require_distinct_names(names: list[str | None]) -> None:
    if None in names or len(set(names)) < len(names):
        raise ConfigError(f"each model of a cascade needs a 'name' of its own; given are {names}")


def _add_prefix(model: Model, prefix: str) -> None:
    for node in model.get_ops():
        set_node_name(node, prefix + node.get_friendly_name())
    mark_changed(model)


def _make_model_names_distinct(entries: list[dict[str, Any]]) -> None:
    """Give the models of a cascade the names of its members where they are called alike.

    Engines written for POT look up what they observe by the name of the model, and converters call every model alike.
    """
    if len({entry["model"].get_friendly_name() for entry in entries}) < len(entries):
        for entry in entries:
            set_model_name(entry["model"], entry["name"])


def _remove_prefix(model: Model, prefix: str) -> None:
    for node in model.get_ops():
        set_node_name(node, node.get_friendly_name().removeprefix(prefix))
