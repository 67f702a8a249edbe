"""``openvino.tools.pot``: historic names of openpot."""

from openpot.data.loader import DataLoader as DataLoader
from openpot.data.metric import Metric as Metric
from openpot.engine.base import Engine as Engine
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import AccuracyAwareCommon as AccuracyAwareCommon
from openpot.legacy.algorithm_classes import AccuracyAwareGNA as AccuracyAwareGNA
from openpot.legacy.algorithm_classes import AccuracyAwareQuantization as AccuracyAwareQuantization
from openpot.legacy.algorithm_classes import ActivationChannelAlignment as ActivationChannelAlignment
from openpot.legacy.algorithm_classes import BaseWeightSparsity as BaseWeightSparsity
from openpot.legacy.algorithm_classes import BiasCorrection as BiasCorrection
from openpot.legacy.algorithm_classes import DataFreeQuantization as DataFreeQuantization
from openpot.legacy.algorithm_classes import DefaultQuantization as DefaultQuantization
from openpot.legacy.algorithm_classes import FastBiasCorrection as FastBiasCorrection
from openpot.legacy.algorithm_classes import INT4MixedQuantization as INT4MixedQuantization
from openpot.legacy.algorithm_classes import MagnitudeSparsity as MagnitudeSparsity
from openpot.legacy.algorithm_classes import MinMaxQuantization as MinMaxQuantization
from openpot.legacy.algorithm_classes import OutlierChannelSplitting as OutlierChannelSplitting
from openpot.legacy.algorithm_classes import OverflowCorrection as OverflowCorrection
from openpot.legacy.algorithm_classes import ParamsGridSearchAlgorithm as ParamsGridSearchAlgorithm
from openpot.legacy.algorithm_classes import QuantNoiseEstimator as QuantNoiseEstimator
from openpot.legacy.algorithm_classes import RangeOptimization as RangeOptimization
from openpot.legacy.algorithm_classes import RangeSupervision as RangeSupervision
from openpot.legacy.algorithm_classes import TunableQuantization as TunableQuantization
from openpot.legacy.algorithm_classes import WeightBiasCorrection as WeightBiasCorrection
from openpot.legacy.algorithm_classes import WeightSparsity as WeightSparsity
from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS as QUANTIZATION_ALGORITHMS
from openpot.legacy.algorithm_lists import SPARSITY_ALGORITHMS as SPARSITY_ALGORITHMS
from openpot.legacy.compressed_model import load_model as load_model
from openpot.legacy.compressed_model import save_model as save_model
from openpot.legacy.create_pipeline import create_pipeline as create_pipeline
from openpot.legacy.engines import IEEngine as IEEngine
from openpot.legacy.pot_pipeline import Pipeline as Pipeline
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

__getattr__ = refuse_absent_names(__name__)
