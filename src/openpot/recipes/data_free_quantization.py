"""DataFreeQuantization: calibrated on images made from random numbers.

POT derived ranges from the statistics of batch normalisation, which are folded into the weights in every model that
OpenVINO reads today. Here the ranges are measured: the network is run on synthetic images with spectra and edges
like those of photographs (:mod:`openpot.data.fractal_images`), and everything that calibration gives, corrected biases
included, follows from that as in ``DefaultQuantization``, but ranges are the widest seen. It costs its passes over
synthetic images, 64 unless ``stat_subset_size`` says otherwise.

What pixels are for the network (0..255 or normalised) decides about every range. Networks that expect 0..255 have first
filters some hundred times smaller than others: their first layer gives next to nothing for pixels in 0..1, and the
first layer of others gives values about 1. That is what ``image_values: 'auto'`` measures. It cannot tell ways to
normalise apart and takes the widest usual one; state it if you know better.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.config.data_free import DataFreeQuantizationConfig
from openpot.config.range_estimator import EstimatorAggregator, EstimatorEnd, RangeEstimatorConfig
from openpot.data.image_folder import find_image_input
from openpot.data.image_preprocessing import ChannelOrder, guess_preprocessing
from openpot.data.sampler import create_sampler
from openpot.data.synthetic_images import DEFAULT_COUNT, ImageValues, SyntheticImageLoader, SyntheticImageShape
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError
from openpot.graph.tensor_id import TensorId
from openpot.inference.model_inputs import describe_inputs
from openpot.layers.linear_layer import find_linear_layers
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import DefaultQuantizationResult
from openpot.statistics.collector import collect_statistics
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

SMALLEST_RESPONSE = 0.03
"""A first layer whose output for pixels in 0..1 has a smaller root of the mean square than this expects 0..255."""
IMAGES_TO_GUESS_BY = 8
WIDEST = RangeEstimatorConfig(
    min=EstimatorEnd(aggregator=EstimatorAggregator.MIN), max=EstimatorEnd(aggregator=EstimatorAggregator.MAX)
)
"""Where no estimator is stated: what real images do is seldom beyond the extremes of synthetic ones, but often beyond
their average."""


@dataclass(frozen=True, eq=False)
class DataFreeResult:
    """What DataFreeQuantization did.

    Attributes:
        values: what pixels were taken to be.
        images: number of synthetic images.
        quantization: what was done with them.
    """

    values: ImageValues
    images: int
    quantization: DefaultQuantizationResult


class DataFreeQuantization(CalibratedAlgorithm[DataFreeQuantizationConfig]):
    """Quantizes a network that takes one image, without any data.

    ``result`` is a :class:`DataFreeResult`. Keys: those of
    :class:`openpot.config.data_free.DataFreeQuantizationConfig`. The engine, if there is one, only says on which device
    to run: its data are not used.
    """

    name = "DataFreeQuantization"
    config_class: ClassVar = DataFreeQuantizationConfig
    needs_data: ClassVar = False

    def apply(self, model: CompressedModel, calibration: Calibration) -> DataFreeResult:
        """Make images that fit the model, and quantize with them.

        Raises:
            DataError: the model takes something else than one image.
            EngineError: the model is a cascade, whose later members take what the earlier ones make.
        """
        del calibration
        if model.is_cascade:
            raise EngineError("DataFreeQuantization runs single models: quantize the members of a cascade one by one")
        count = self.settings.stat_subset_size or DEFAULT_COUNT
        shape = find_image_shape(model, self.settings.image_size)
        image_values = self.settings.image_values
        values = self._guess_values(model, shape) if image_values == "auto" else ImageValues(image_values)
        engine = self._make_engine(SyntheticImageLoader(shape, values, count, self.settings.seed))
        # The images are all that there is: every one of them is used.
        whole: dict[str, object] = {"stat_subset_size": None, "shuffle_data": False}
        if self.settings.find_estimator("activations") is None:
            whole["activations"] = self.settings.activations.model_copy(update={"range_estimator": WIDEST})
        quantization = DefaultQuantization(
            self.settings.extract_part(DefaultQuantizationConfig).model_copy(update=whole), engine
        )
        quantization.run(model)
        return DataFreeResult(values, count, quantization.result)

    def _make_engine(self, loader: SyntheticImageLoader) -> IEEngine:
        config: dict[str, Any] = {} if self._engine is None else {"device": self._engine.config.get("device")}
        return IEEngine(config, loader)

    def _guess_values(self, model: CompressedModel, shape: SyntheticImageShape) -> ImageValues:
        response = self._measure_first_layer(model, shape)
        values = ImageValues.IMAGENET if response is None or response > SMALLEST_RESPONSE else ImageValues.PIXELS
        logger.info("DataFreeQuantization takes the input for images with values %s", values.value)
        return values

    def _measure_first_layer(self, model: CompressedModel, shape: SyntheticImageShape) -> float | None:
        """Size of the output of the first layer without bias, for pixels in 0..1; None without layers."""
        layers = find_linear_layers(model.snapshot())
        if not layers:
            return None
        loader = SyntheticImageLoader(shape, ImageValues.UNIT, IMAGES_TO_GUESS_BY, self.settings.seed)
        engine = self._make_engine(loader)
        spec = StatisticSpec(
            TensorId(layers[0].name), Reducer(ReducerKind.MEAN_SQUARE), Aggregator(AggregatorKind.MEAN)
        )
        sampler = create_sampler(engine, IMAGES_TO_GUESS_BY)
        return float(np.sqrt(collect_statistics(engine, model, (spec,), sampler)[spec]))


def find_image_shape(model: CompressedModel, open_size: tuple[int, int]) -> SyntheticImageShape:
    """The shape of the image that a model takes; ``open_size`` where height and width are left open.

    Raises:
        DataError: the model takes something else.
    """
    description = find_image_input(describe_inputs(model.members[0].model))
    guess = guess_preprocessing(description)
    height, width = guess.size or open_size
    channels, _, _ = guess.layout.read_sizes((description.shape or ())[-3:])
    grey = guess.channel_order == ChannelOrder.GREY
    return SyntheticImageShape(height, width, channels or (1 if grey else 3), guess.layout)
