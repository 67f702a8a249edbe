"""The engine that a configuration file describes, with its data and its metric."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from openpot.config.data_free import DataFreeQuantizationConfig
from openpot.config.engine_section import (
    AccuracyCheckerEngineConfig,
    DataFreeSectionConfig,
    EngineSectionConfig,
    OpenPotEngineConfig,
    SimplifiedEngineConfig,
)
from openpot.data.simplified_images import open_simplified_images
from openpot.engine.data_free_engine import DataFreeEngine
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import ConfigError
from openpot.inference.input_layouts import list_declared_layouts
from openpot.inference.model_inputs import describe_inputs
from openpot.job.accuracy_checker import make_accuracy_checker_engine
from openpot.job.checker_package import find_checker
from openpot.job.metric_table import make_metric
from openpot.job.samples import open_samples
from openpot.recipes.data_free_quantization import find_image_shape

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)


def make_engine(config: EngineSectionConfig, model: CompressedModel) -> IEEngine:
    """The engine for a model.

    Raises:
        OpenPotError: the data, the metric or the device cannot be had.
    """
    if isinstance(config, AccuracyCheckerEngineConfig):
        return make_accuracy_checker_engine(config, model)
    if model.is_cascade:
        raise ConfigError(
            f"engine.type: {config.type!r} runs single models, and the model is a cascade: how its members feed each "
            "other is for an engine of your own, with the Python API"
        )
    network = model.members[0].model
    inputs = describe_inputs(network)
    if isinstance(config, SimplifiedEngineConfig):
        settings_of_images = {"data_source": config.data_source, "layout": config.layout}
        images = open_simplified_images(
            {**settings_of_images, "central_fraction": config.central_fraction}, inputs, list_declared_layouts(network)
        )
        logger.info(
            "Layout value is set %s; %d images: %s", images.preprocessing.layout, len(images), images.preprocessing
        )
        return SimplifiedEngine(
            {"type": "simplified", **config.collect_runtime_settings(), **settings_of_images}, images
        )
    if isinstance(config, DataFreeSectionConfig):
        return DataFreeEngine({**config.collect_engine_settings(), **_read_input_shape(config, model)})
    assert isinstance(config, OpenPotEngineConfig)  # noqa: S101 - there are four types
    settings = {"type": "openpot", **config.collect_runtime_settings()}
    return IEEngine(settings, open_samples(config.data, inputs), make_metric(config.metrics))


def _read_input_shape(config: DataFreeSectionConfig, model: CompressedModel) -> dict[str, Any]:
    """Shape and layout of the images that the model takes, where the configuration does not state them."""
    if config.shape is not None or not config.generate_data:
        return {}
    image = find_image_shape(model, DataFreeQuantizationConfig().image_size)
    sizes = {"C": image.channels, "H": image.height, "W": image.width}
    layout = str(image.layout)
    return {"layout": layout, "shape": tuple(sizes[letter] for letter in layout)}


def check_engine(config: EngineSectionConfig, evaluate: bool = False) -> None:
    """Find out before anything is written whether the engine can do what is asked for.

    Args:
        config: the engine.
        evaluate: whether the result is to be measured.

    Raises:
        MissingExtraError: a package is not installed.
        ConfigError: there is nothing to measure with.
    """
    if isinstance(config, AccuracyCheckerEngineConfig):
        find_checker()
    if not evaluate:
        return
    if isinstance(config, SimplifiedEngineConfig | DataFreeSectionConfig):
        raise ConfigError(
            f"--evaluate does not go with the engine type {config.type!r}: its images have no annotations. Describe "
            "data and metrics with the type 'openpot'"
        )
    if isinstance(config, OpenPotEngineConfig) and not config.metrics:
        raise ConfigError("--evaluate needs engine.metrics, for example [{name: accuracy, k: 1}]")
