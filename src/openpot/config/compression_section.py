"""The section ``compression`` of a configuration file: the target, and the algorithms with their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from openpot.config.algorithms import ModelType
from openpot.config.legacy import translate_model_type
from openpot.config.target_devices import TargetDeviceName

SHARED_KEYS = ("target_device", "model_type", "inplace_statistics", "dump_intermediate_model")
"""Keys of this section that hold for each of its algorithms."""


class AlgorithmEntry(BaseModel):
    """One algorithm by its name; its parameters are checked by its own configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    params: Mapping[str, Any] = Field(default_factory=dict)


class CompressionSectionConfig(BaseModel):
    """What is done to the model.

    Attributes:
        target_device: picks the hardware table.
        model_type: ``transformer``, or None.
        inplace_statistics: accepted for POT's sake; statistics are always reduced inside the model where possible.
        dump_intermediate_model: whether the model is saved after the quantizers are inserted.
        algorithms: in the order in which they run; none by default, to evaluate a model as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    target_device: TargetDeviceName = "ANY"
    model_type: Annotated[ModelType | None, BeforeValidator(translate_model_type)] = None
    inplace_statistics: bool = True
    dump_intermediate_model: bool = False
    algorithms: tuple[AlgorithmEntry, ...] = ()

    def collect_shared_parameters(self) -> dict[str, Any]:
        """What is stated for all algorithms, by key; the target device always."""
        values = {key: getattr(self, key) for key in SHARED_KEYS if key in self.model_fields_set}
        return {
            "target_device": self.target_device,
            **{key: value for key, value in values.items() if value is not None},
        }
