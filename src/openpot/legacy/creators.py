"""POT's factories: an engine and a data loader from sections of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.attribute_dict import AttributeDict
from openpot.data.simplified_images import open_simplified_images
from openpot.engine.data_free_engine import DataFreeEngine
from openpot.errors import ConfigError
from openpot.inference.input_layouts import list_declared_layouts
from openpot.inference.model_inputs import describe_inputs
from openpot.legacy.engines import SimplifiedEngine

if TYPE_CHECKING:
    from openpot.data.image_folder import ImageLoader
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel


def create_engine(config: Mapping[str, Any], **kwargs: Any) -> Engine:
    """The engine that ``config['type']`` names; ``kwargs`` are the data loader and the metric.

    Raises:
        ConfigError: a type that does not exist here.
    """
    kind = config.get("type")
    if kind == "simplified":
        return SimplifiedEngine(AttributeDict(config), **kwargs)
    if kind == "data_free":
        return DataFreeEngine(AttributeDict(config), **kwargs)
    if kind == "accuracy_checker":
        raise ConfigError(
            "the engine type 'accuracy_checker' drove the Accuracy Checker, which was removed from OpenVINO: use "
            "IEEngine with a DataLoader and a Metric of your own, or the type 'simplified' with a folder of images"
        )
    raise ConfigError(f"there is no engine type {kind!r}; there are 'simplified' and 'data_free'")


def create_data_loader(config: Mapping[str, Any], model: CompressedModel) -> ImageLoader:
    """The images of ``config['data_source']``, as pixels in BGR stretched to the image input of a model.

    Args:
        config: ``data_source``, and perhaps ``layout`` (else guessed from the input) and ``central_fraction``.
        model: a model with one image input and perhaps one for the size of the image.

    Raises:
        DataError: the model does not take images, or the folder holds none.
        MissingExtraError: Pillow is not installed.
    """
    member = model.members[0].model
    return open_simplified_images(AttributeDict(config), describe_inputs(member), list_declared_layouts(member))
