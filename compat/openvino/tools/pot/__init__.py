"""``openvino.tools.pot``: historic names of openpot."""

from openpot.algorithms.bias_correction import BiasCorrection as BiasCorrection
from openpot.algorithms.channel_alignment import ActivationChannelAlignment as ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection as FastBiasCorrection
from openpot.algorithms.magnitude_sparsity import MagnitudeSparsity as MagnitudeSparsity
from openpot.algorithms.min_max import MinMaxQuantization as MinMaxQuantization
from openpot.algorithms.outlier_channel_splitting import OutlierChannelSplitting as OutlierChannelSplitting
from openpot.algorithms.overflow_correction import OverflowCorrection as OverflowCorrection
from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator as QuantNoiseEstimator
from openpot.algorithms.range_supervision import RangeSupervision as RangeSupervision
from openpot.algorithms.tunable_quantization import TunableQuantization as TunableQuantization
from openpot.algorithms.weight_bias_correction import WeightBiasCorrection as WeightBiasCorrection
from openpot.algorithms.weight_sparsity import BaseWeightSparsity as BaseWeightSparsity
from openpot.algorithms.weight_sparsity import WeightSparsity as WeightSparsity
from openpot.data.loader import DataLoader as DataLoader
from openpot.data.metric import Metric as Metric
from openpot.engine.base import Engine as Engine
from openpot.engine.openvino_engine import IEEngine as IEEngine
from openpot.graph.io import load_model as load_model
from openpot.graph.io import save_model as save_model
from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS as QUANTIZATION_ALGORITHMS
from openpot.legacy.algorithm_lists import SPARSITY_ALGORITHMS as SPARSITY_ALGORITHMS
from openpot.pipeline import Pipeline as Pipeline
from openpot.pipeline import create_pipeline as create_pipeline
from openpot.recipes.accuracy_aware import AccuracyAwareCommon as AccuracyAwareCommon
from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA as AccuracyAwareGNA
from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization as AccuracyAwareQuantization
from openpot.recipes.data_free_quantization import DataFreeQuantization as DataFreeQuantization
from openpot.recipes.default_quantization import DefaultQuantization as DefaultQuantization
from openpot.recipes.int4_mixed_quantization import INT4MixedQuantization as INT4MixedQuantization
from openpot.recipes.params_grid_search import ParamsGridSearchAlgorithm as ParamsGridSearchAlgorithm
from openpot.recipes.range_optimization import RangeOptimization as RangeOptimization
from openpot.rewrites.compress_weights import compress_model_weights as compress_model_weights
from openvino.tools.pot import algorithms as algorithms
from openvino.tools.pot import api as api
from openvino.tools.pot import configs as configs
from openvino.tools.pot import data_loaders as data_loaders
from openvino.tools.pot import engines as engines
from openvino.tools.pot import graph as graph
from openvino.tools.pot import pipeline as pipeline
from openvino.tools.pot import samplers as samplers
from openvino.tools.pot import statistics as statistics
from openvino.tools.pot import utils as utils
from openvino.tools.pot import version as version

__all__ = [
    "AccuracyAwareCommon",
    "AccuracyAwareGNA",
    "AccuracyAwareQuantization",
    "ActivationChannelAlignment",
    "BaseWeightSparsity",
    "BiasCorrection",
    "DataFreeQuantization",
    "DefaultQuantization",
    "FastBiasCorrection",
    "INT4MixedQuantization",
    "MagnitudeSparsity",
    "MinMaxQuantization",
    "OutlierChannelSplitting",
    "OverflowCorrection",
    "ParamsGridSearchAlgorithm",
    "QuantNoiseEstimator",
    "RangeOptimization",
    "RangeSupervision",
    "TunableQuantization",
    "WeightBiasCorrection",
    "WeightSparsity",
]
