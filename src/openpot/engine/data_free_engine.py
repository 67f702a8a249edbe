"""An engine that needs no data set: it makes its images itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.config.data_free import DataFreeEngineConfig
from openpot.config.parse import parse_parameters, to_plain_parameters
from openpot.data.image_folder import ImageLoader, make_simplified_preprocessing
from openpot.data.image_preprocessing import ImageLayout
from openpot.data.synthetic_images import ImageValues, SyntheticImageLoader, SyntheticImageShape
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader


class DataFreeEngine(IEEngine):
    """Runs a model on images made of random numbers, or on a folder of images without annotations.

    Args:
        config: keys of :class:`~openpot.config.data_free.DataFreeEngineConfig`, and those of
            :class:`~openpot.engine.openvino_engine.IEEngine`.
        data_loader: a data set to use instead.
        metric: ignored, as there is nothing to compare with.

    Raises:
        ConfigError: a value is not possible, or nothing says how large the images are.
    """

    def __init__(self, config: Mapping[str, Any] | None = None, data_loader: Any = None, metric: Any = None) -> None:
        del metric
        parameters = to_plain_parameters(config or {})
        known = {key: parameters[key] for key in DataFreeEngineConfig.model_fields if key in parameters}
        settings = parse_parameters("engine", known, DataFreeEngineConfig, {})
        assert isinstance(settings, DataFreeEngineConfig)  # noqa: S101  for the type checker
        super().__init__(config, data_loader if data_loader is not None else _make_loader(settings), None)


def _make_loader(settings: DataFreeEngineConfig) -> DataLoader:
    layout = ImageLayout.from_text(settings.layout)
    if not settings.generate_data:
        if settings.data_source is None:
            raise ConfigError("engine: generate_data is false, so data_source must name a folder of images")
        return ImageLoader({"data_source": str(settings.data_source)}, make_simplified_preprocessing(layout))
    if settings.shape is None:
        raise ConfigError(
            "engine: shape is missing, for instance [3, 224, 224]; DataFreeQuantization without an engine takes it "
            "from the model"
        )
    channels, height, width = layout.read_sizes(settings.shape)
    shape = SyntheticImageShape(height or 0, width or 0, channels or 0, layout)
    return SyntheticImageLoader(shape, ImageValues(settings.image_values), settings.subset_size, settings.seed)
