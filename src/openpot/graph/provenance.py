"""What a model was before it was quantized, where its graph no longer shows it.

Every CompressedModel has a record of its own; copies, deep copies and whoever takes over its models keep it. Names are
full names, those of a cascade with the prefix of their member, so that one record serves all members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpot.graph.tensor_id import InputId

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node
    from openpot.typing_aliases import FloatArray

PRODUCER_SUFFIX = "/pre_fq_input"
"""What is added to the name of an operation whose name a FakeQuantize takes over (POT's convention)."""


@dataclass
class Provenance:
    """The record of one CompressedModel.

    Attributes:
        original_names: name of an operation -> its name in the float model, where that is another one.
        original_weights: input of an operation, by its name in the float model -> what it read there, where the
            constant was changed for the sake of quantization and no longer shows what the layer computed in float.
        folded: operation that was fused into another one, or folded into its weights -> that one.
        prepared: member -> its revision when it was prepared for quantization.
    """

    original_names: dict[str, str] = field(default_factory=dict)
    original_weights: dict[InputId, FloatArray] = field(default_factory=dict)
    folded: dict[str, str] = field(default_factory=dict)
    prepared: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Provenance:
        """A record of its own; arrays are shared, as nobody writes to them."""
        return Provenance(
            dict(self.original_names), dict(self.original_weights), dict(self.folded), dict(self.prepared)
        )

    def original_name(self, name: str) -> str:
        """The name that an operation has in the float model."""
        return self.original_names.get(name, name)

    def present_name(self, original: str) -> str:
        """The name that an operation of the float model has now."""
        return next((name for name, known in self.original_names.items() if known == original), original)

    def record_renames(self, renames: Mapping[str, str]) -> None:
        """Take note that operations were renamed: ``{name: new name}``."""
        for old, new in renames.items():
            original = self.original_names.pop(old, old)
            if new != original:
                self.original_names[new] = original

    def record_weights(self, reader: InputId, values: FloatArray) -> None:
        """Take note of what ``reader`` reads before it is changed; what was noted first counts."""
        self.original_weights.setdefault(self._original_input(reader), values)

    def weights_of(self, reader: InputId) -> FloatArray | None:
        """What ``reader`` read in the float model; None if that was not changed."""
        return self.original_weights.get(self._original_input(reader))

    def _original_input(self, reader: InputId) -> InputId:
        return InputId(self.original_name(reader.node), reader.port)


def read_provenance(models: Iterable[Model]) -> Provenance:
    """The record of models as they were read: a quantized model on disk shows it in its names."""
    names = (node.get_friendly_name() for model in models for node in model.get_ops() if _was_renamed(node))
    return Provenance({name: name.removesuffix(PRODUCER_SUFFIX) for name in names})


def _was_renamed(node: Node) -> bool:
    if not node.get_friendly_name().endswith(PRODUCER_SUFFIX):
        return False
    readers = [reader.get_node() for output in node.outputs() for reader in output.get_target_inputs()]
    return any(reader.get_type_name() == "FakeQuantize" for reader in readers)
