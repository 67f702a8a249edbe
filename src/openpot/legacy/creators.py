"""POT's factories: an engine and a data loader from sections of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.attribute_dict import AttributeDict
from openpot.data.image_folder import ImageLoader, image_input, simplified_preprocessing
from openpot.data.image_preprocessing import guess_preprocessing
from openpot.engine.data_free_engine import DataFreeEngine
from openpot.engine.model_inputs import describe_inputs
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import ConfigError

if TYPE_CHECKING:
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
    section = AttributeDict(config)
    preprocessing = simplified_preprocessing(section.get("layout"), section.get("central_fraction"))
    chosen = {"layout": preprocessing.layout} if section.get("layout") else {}
    guess = guess_preprocessing(image_input(describe_inputs(model.members[0].model)), **chosen)
    order = guess.channel_order if guess.channel_order == "grey" else preprocessing.channel_order
    return ImageLoader(section, replace(preprocessing, layout=guess.layout, size=guess.size, channel_order=order))
