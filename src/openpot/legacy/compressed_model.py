"""POT's ``CompressedModel``, ``load_model`` and ``save_model``: openpot's own, with POT's graphs and nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from openpot.errors import UnknownNameError
from openpot.graph import io
from openpot.graph import model as graph_model
from openpot.legacy.graph_editor import get_node_by_name
from openpot.legacy.graph_methods import make_graph
from openpot.legacy.members import RefusesMembers
from openpot.log import warn_caller
from openpot.typing_aliases import StrPath

if TYPE_CHECKING:
    from openpot.legacy.graph_node import GraphNode

NO_MAPPING = (
    "there is no .mapping file: it mapped names of the original framework to those of Model Optimizer, and operations "
    "keep their names here; remove what reads it"
)


class CompressedModel(RefusesMembers, graph_model.CompressedModel):
    """:class:`openpot.graph.model.CompressedModel` whose models have the methods of Model Optimizer's graphs."""

    historic_class = "CompressedModel"

    @property
    def models(self) -> list[dict[str, Any]]:
        """The models as ``{'model': graph}``, with ``'name'`` for the members of a cascade."""
        for entry in self._models:
            make_graph(entry["model"])
        return self._models

    @property
    def members(self) -> tuple[graph_model.Member, ...]:
        """The models with their names as records."""
        return tuple(graph_model.Member(entry.get("name", ""), entry["model"]) for entry in self.models)

    @property
    def _is_cascade(self) -> bool:
        return self.is_cascade

    def get_op_nodes(self, **attrs: Any) -> list[GraphNode]:
        """The operations of all models with these attributes, in topological order."""
        return [node for entry in self.models for node in entry["model"].get_op_nodes(**attrs)]

    def pseudo_topological_sort(self) -> list[Any]:
        """The operations of all models, sub-graph bodies excluded, each after what it reads."""
        return self.get_op_nodes()

    def get_final_output_nodes(self) -> list[Any]:
        """The Result operations of the last model."""
        graph = self.models[-1]["model"]
        return [get_node_by_name(graph, result.get_friendly_name()) for result in graph.get_results()]

    def save(
        self, save_path: StrPath, model_name: str | None = None, for_stat_collection: bool = False
    ) -> list[dict[str, str]]:
        """Save as OpenVINO IR; see ``openpot.graph.io.save_model``."""
        return [SavedFiles(files) for files in super().save(save_path, model_name, for_stat_collection)]


class SavedFiles(dict[str, str]):
    """The files of a saved model: ``'model'``, ``'weights'``, and ``'name'`` for a member of a cascade."""

    def __missing__(self, key: str) -> NoReturn:
        if key == "mapping":
            raise UnknownNameError(NO_MAPPING)
        raise KeyError(key)


def load_model(model_config: Mapping[str, Any], target_device: str = "ANY") -> CompressedModel:
    """:func:`openpot.graph.io.load_model` with POT's graphs and nodes.

    Raises:
        ConfigError: the configuration is incomplete.
        MissingFileError: a file is not there.
        ModelError: a file cannot be read as a model.
    """
    for part in (model_config, *(model_config.get("cascade") or ())):
        if part.get("mapping"):
            warn_caller(f"passed over: {part['mapping']!r}: {NO_MAPPING}")
    return CompressedModel(config=model_config, target_device=target_device)


def save_model(
    model: graph_model.CompressedModel,
    save_path: StrPath,
    model_name: str | None = None,
    for_stat_collection: bool = False,
) -> list[dict[str, str]]:
    """:func:`openpot.graph.io.save_model`; what it returns says why there is no ``'mapping'``.

    Raises:
        NotWritableError: the folder cannot be made or takes no files.
        FileError: writing failed; what was there before is whole.
    """
    return [SavedFiles(files) for files in io.save_model(model, save_path, model_name, for_stat_collection)]
