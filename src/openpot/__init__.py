"""openpot: post-training quantization for OpenVINO models.

``openpot.quantize`` is the short way. The other names are the building blocks of POT's API, which
``openvino.tools.pot`` offers under their historic paths too. Each is imported when it is first used: a program loads
only what it works with.
"""

from typing import TYPE_CHECKING

from openpot import errors, log, telemetry_off  # noqa: F401  before openvino, and before anything is logged
from openpot.lazy_names import import_when_used

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm as Algorithm
    from openpot.algorithms.bias_correction import BiasCorrection as BiasCorrection
    from openpot.algorithms.channel_alignment import ActivationChannelAlignment as ActivationChannelAlignment
    from openpot.algorithms.fast_bias_correction import FastBiasCorrection as FastBiasCorrection
    from openpot.algorithms.min_max import MinMaxQuantization as MinMaxQuantization
    from openpot.api.benchmark import benchmark as benchmark
    from openpot.api.compare import compare as compare
    from openpot.api.compress_weights import compress_weights as compress_weights
    from openpot.api.evaluate import evaluate as evaluate
    from openpot.api.examine import examine as examine
    from openpot.api.inspect import inspect as inspect
    from openpot.api.quantize import quantize as quantize
    from openpot.api.sensitivity import sensitivity as sensitivity
    from openpot.current_run import shared_with as shared_with
    from openpot.data.loader import DataLoader as DataLoader
    from openpot.data.metric import Metric as Metric
    from openpot.data.sampler import BatchSampler as BatchSampler
    from openpot.data.sampler import IndexSampler as IndexSampler
    from openpot.data.sampler import Sampler as Sampler
    from openpot.engine.base import Engine as Engine
    from openpot.engine.cascade_engine import CascadeEngine as CascadeEngine
    from openpot.engine.openvino_engine import IEEngine as IEEngine
    from openpot.engine.simplified_engine import SimplifiedEngine as SimplifiedEngine
    from openpot.errors import AbsentNameError as AbsentNameError
    from openpot.errors import AlgorithmError as AlgorithmError
    from openpot.errors import AlreadyQuantizedError as AlreadyQuantizedError
    from openpot.errors import ConfigError as ConfigError
    from openpot.errors import DataError as DataError
    from openpot.errors import DeviceError as DeviceError
    from openpot.errors import EngineError as EngineError
    from openpot.errors import FileError as FileError
    from openpot.errors import MetricError as MetricError
    from openpot.errors import MissingExtraError as MissingExtraError
    from openpot.errors import MissingFileError as MissingFileError
    from openpot.errors import ModelError as ModelError
    from openpot.errors import NotWritableError as NotWritableError
    from openpot.errors import OpenPotError as OpenPotError
    from openpot.errors import OpenPotWarning as OpenPotWarning
    from openpot.errors import OutOfMemoryError as OutOfMemoryError
    from openpot.errors import StageFailedWarning as StageFailedWarning
    from openpot.errors import UnknownNameError as UnknownNameError
    from openpot.graph.io import load_model as load_model
    from openpot.graph.io import save_model as save_model
    from openpot.graph.model import CompressedModel as CompressedModel
    from openpot.graph.read_untrusted import read_untrusted as read_untrusted
    from openpot.installed_version import __version__ as __version__
    from openpot.pipeline import Pipeline as Pipeline
    from openpot.pipeline import create_pipeline as create_pipeline
    from openpot.placement.plan import QuantizationPlan as QuantizationPlan
    from openpot.progress import Progress as Progress
    from openpot.recipes.default_quantization import DefaultQuantization as DefaultQuantization
    from openpot.registry import COMPRESSION_ALGORITHMS as COMPRESSION_ALGORITHMS
    from openpot.report.benchmark_result import BenchmarkResult as BenchmarkResult
    from openpot.report.comparison import Comparison as Comparison
    from openpot.report.compression_result import CompressionResult as CompressionResult
    from openpot.report.evaluation import Evaluation as Evaluation
    from openpot.report.inspection import Inspection as Inspection
    from openpot.report.quantization_result import QuantizationResult as QuantizationResult
    from openpot.report.sensitivity_result import Sensitivity as Sensitivity
    from openpot.rewrites.compress_weights import compress_model_weights as compress_model_weights
else:
    __all__, __getattr__, __dir__ = import_when_used(
        __name__,
        {
            "openpot.algorithms.base": "Algorithm",
            "openpot.algorithms.bias_correction": "BiasCorrection",
            "openpot.algorithms.channel_alignment": "ActivationChannelAlignment",
            "openpot.algorithms.fast_bias_correction": "FastBiasCorrection",
            "openpot.algorithms.min_max": "MinMaxQuantization",
            "openpot.api.benchmark": "benchmark",
            "openpot.api.compare": "compare",
            "openpot.api.compress_weights": "compress_weights",
            "openpot.api.evaluate": "evaluate",
            "openpot.api.examine": "examine",
            "openpot.api.inspect": "inspect",
            "openpot.api.quantize": "quantize",
            "openpot.api.sensitivity": "sensitivity",
            "openpot.current_run": "shared_with",
            "openpot.data.loader": "DataLoader",
            "openpot.data.metric": "Metric",
            "openpot.data.sampler": "BatchSampler IndexSampler Sampler",
            "openpot.engine.base": "Engine",
            "openpot.engine.cascade_engine": "CascadeEngine",
            "openpot.engine.openvino_engine": "IEEngine",
            "openpot.engine.simplified_engine": "SimplifiedEngine",
            "openpot.errors": (
                "AbsentNameError AlgorithmError AlreadyQuantizedError ConfigError DataError DeviceError "
                "EngineError FileError MetricError MissingExtraError MissingFileError ModelError NotWritableError "
                "OpenPotError OpenPotWarning OutOfMemoryError StageFailedWarning UnknownNameError"
            ),
            "openpot.graph.io": "load_model save_model",
            "openpot.graph.model": "CompressedModel",
            "openpot.graph.read_untrusted": "read_untrusted",
            "openpot.installed_version": "__version__",
            "openpot.pipeline": "Pipeline create_pipeline",
            "openpot.placement.plan": "QuantizationPlan",
            "openpot.progress": "Progress",
            "openpot.recipes.default_quantization": "DefaultQuantization",
            "openpot.registry": "COMPRESSION_ALGORITHMS",
            "openpot.report.benchmark_result": "BenchmarkResult",
            "openpot.report.comparison": "Comparison",
            "openpot.report.compression_result": "CompressionResult",
            "openpot.report.evaluation": "Evaluation",
            "openpot.report.inspection": "Inspection",
            "openpot.report.quantization_result": "QuantizationResult",
            "openpot.report.sensitivity_result": "Sensitivity",
            "openpot.rewrites.compress_weights": "compress_model_weights",
        },
    )
