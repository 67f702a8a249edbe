"""openpot: post-training quantization for OpenVINO models.

``openpot.quantize`` is the short way. The other names are the building blocks of POT's API, which
``openvino.tools.pot`` offers under their historic paths too.
"""

from openpot import telemetry_off  # noqa: F401  first: openvino must not be imported before it
from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.benchmark import benchmark
from openpot.compare import compare
from openpot.compress_weights import compress_weights
from openpot.current_run import shared_with
from openpot.data.loader import DataLoader
from openpot.data.metric import Metric
from openpot.data.sampler import BatchSampler, IndexSampler, Sampler
from openpot.engine.base import Engine
from openpot.engine.cascade_engine import CascadeEngine
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import (
    AbsentNameError,
    AlgorithmError,
    AlreadyQuantizedError,
    ConfigError,
    DataError,
    DeviceError,
    EngineError,
    FileError,
    MetricError,
    MissingExtraError,
    MissingFileError,
    ModelError,
    NotWritableError,
    OpenPotError,
    OpenPotWarning,
    OutOfMemoryError,
    StageFailedWarning,
    UnknownNameError,
)
from openpot.evaluate import evaluate
from openpot.examine import examine
from openpot.graph.io import load_model, save_model
from openpot.graph.model import CompressedModel
from openpot.graph.read_untrusted import read_untrusted
from openpot.inspect import inspect
from openpot.measure.environment import find_installed_version
from openpot.pipeline import Pipeline, create_pipeline
from openpot.placement.plan import QuantizationPlan
from openpot.progress import Progress
from openpot.quantize import quantize
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.registry import COMPRESSION_ALGORITHMS
from openpot.report.benchmark_result import BenchmarkResult
from openpot.report.comparison import Comparison
from openpot.report.compression_result import CompressionResult
from openpot.report.evaluation import Evaluation
from openpot.report.inspection import Inspection
from openpot.report.quantization_result import QuantizationResult
from openpot.report.sensitivity_result import Sensitivity
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.sensitivity import sensitivity

__version__ = find_installed_version("openpot")

__all__ = [
    "COMPRESSION_ALGORITHMS",
    "AbsentNameError",
    "ActivationChannelAlignment",
    "Algorithm",
    "AlgorithmError",
    "AlreadyQuantizedError",
    "BatchSampler",
    "BenchmarkResult",
    "BiasCorrection",
    "CascadeEngine",
    "Comparison",
    "CompressedModel",
    "CompressionResult",
    "ConfigError",
    "DataError",
    "DataLoader",
    "DefaultQuantization",
    "DeviceError",
    "Engine",
    "EngineError",
    "Evaluation",
    "FastBiasCorrection",
    "FileError",
    "IEEngine",
    "IndexSampler",
    "Inspection",
    "Metric",
    "MetricError",
    "MinMaxQuantization",
    "MissingExtraError",
    "MissingFileError",
    "ModelError",
    "NotWritableError",
    "OpenPotError",
    "OpenPotWarning",
    "OutOfMemoryError",
    "Pipeline",
    "Progress",
    "QuantizationPlan",
    "QuantizationResult",
    "Sampler",
    "Sensitivity",
    "SimplifiedEngine",
    "StageFailedWarning",
    "UnknownNameError",
    "__version__",
    "benchmark",
    "compare",
    "compress_model_weights",
    "compress_weights",
    "create_pipeline",
    "evaluate",
    "examine",
    "inspect",
    "load_model",
    "quantize",
    "read_untrusted",
    "save_model",
    "sensitivity",
    "shared_with",
]
