"""Data: the paths of POT that openpot refuses, each with the reason and what to use instead.

Modules are written below ``openvino.tools.pot``. ``names.py`` reads this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Absence:
    """Why a path is not provided (a clause), and what to use instead (a clause)."""

    reason: str
    substitute: str


ACCURACY_STEPS = Absence(
    "its functions were steps inside AccuracyAwareQuantization, which is written differently now",
    "AccuracyAwareQuantization, whose result holds every evaluation",
)
LAYERWISE = Absence(
    "it trained replicas of layers with torch; layers are fitted in closed form now",
    "the parameter use_layerwise_tuning of DefaultQuantization or WeightSparsity",
)
COMMAND_LINE = Absence(
    "it was a step inside the command line, which is written differently now",
    "the command `pot`, or app.run.app(['-c', 'config.json'])",
)
NETWORKX_GRAPH = Absence(
    "it worked on the networkx graph of Model Optimizer, and a model is an openvino.Model now",
    "openpot.graph.edit, which changes a model, and openpot.graph.build, which makes nodes",
)
PLACEMENT = Absence(
    "it worked on the networkx graph of Model Optimizer; where FakeQuantize goes is now a plan that is made before the "
    "model is touched",
    "openpot.placement.place.plan_quantization",
)
PATTERNS = Absence(
    "its patterns were written for the networkx graph of Model Optimizer",
    "openpot.placement.place.plan_quantization, whose plan says which operations stay float and why",
)
ACCURACY_CHECKER = Absence(
    "it drove the Accuracy Checker, which was removed from OpenVINO",
    "IEEngine with a DataLoader and a Metric of your own",
)
ENGINE_INTERNALS = Absence(
    "it was a step inside IEEngine.predict, which is written differently now",
    "IEEngine.predict with stats_layout",
)
STATISTIC_INTERNALS = Absence(
    "it was a step inside StatisticsCollector, which is written differently now",
    "StatisticsCollector.register and compute_statistics",
)
NODE_INTERNALS = Absence(
    "it served steps of POT's own algorithms that are written differently now",
    "the other functions of graph.node_utils, or openpot.graph.snapshot.GraphSnapshot",
)
SUB_MODEL = Absence(
    "corrections are computed in one model now, so that no part of it is built on its own",
    "openpot.graph.build, which makes models from nodes",
)
TYPE_INFERENCE = Absence("types and shapes are inferred again with every edit", "nothing: remove the call")
FILLING = Absence(
    "it worked on FakeQuantize operations without limits in a networkx graph; limits are computed before anything is "
    "inserted now",
    "openpot.numerics.ranges for limits and openpot.rewrites.insert_fake_quantize for the insertion",
)
RANGE_TABLES = Absence(
    "the tables of range estimators are code now",
    "get_range_estimator_config of the same module",
)
TUNING = Absence(
    "it served steps inside TunableQuantization and the grid search, which are written differently now",
    "TunableQuantization.get_parameter_meta, or the parameters 'weights', 'activations' and 'range_estimator'",
)
IGNORED = Absence(
    "operations that stay float are part of the plan now",
    "openpot.config.ignored_scope.IgnoredScope, or the parameter 'ignored' of an algorithm",
)
TELEMETRY = Absence("openpot sends nothing to anybody", "nothing: remove the call")
SYNTHETIC = Absence(
    "images for DataFreeQuantization are made differently now", "DataFreeQuantization, or the engine type 'data_free'"
)
OVERFLOW = Absence("it was a step inside OverflowCorrection, which is written differently now", "OverflowCorrection")
SPARSITY = Absence(
    "it was a step inside WeightSparsity, which is written differently now",
    "the result of WeightSparsity, which says how sparse each layer is",
)
HARDWARE_FILES = Absence(
    "the tables of devices are data of another form now",
    "configs.hardware_config.HardwareConfig, or openpot.config.hardware.load_hardware_table",
)
CONFIGURATION = Absence(
    "configurations are checked by one schema now", "create_pipeline(..., strict=True), and json to write a file"
)
LOGGING = Absence("loggers are those of Python now", "utils.logger.get_logger and init_logger")
OPENCV = Absence("images are read by Pillow now", "data_loaders.image_loader.ImageLoader, or OpenCV itself")
PACKAGES = Absence("packages are looked for when they are needed", "nothing: an error names the extra to install")
SAMPLE_SCRIPT = Absence(
    "the samples are scripts, which needed packages and data sets that openpot does not depend on",
    "the scripts in examples/, which do the same",
)
SAMPLE = Absence(
    "it belonged to a sample, and needs OpenCV, which openpot does not depend on",
    "the same file of OpenVINO's repository, put beside the script (docs/migration.md says line by line how), or the "
    "metrics of openpot.data.metric_names, openpot.CascadeEngine, and loaders as in examples/",
)

_QUANTIZATION = "algorithms.quantization"

ABSENT_PACKAGES: Mapping[str, Absence] = {
    "compression.algorithms": Absence(
        "only POT of 2021 and before had its algorithms below this name",
        "the same path below openvino.tools.pot.algorithms, or all classes from openvino.tools.pot itself",
    ),
    "compression.app": Absence(
        "only POT of 2021 and before had its command line below this name",
        "the same path below openvino.tools.pot.app, or the command `pot`",
    ),
    "compression.configs": Absence(
        "only POT of 2021 and before had its configurations below this name",
        "the same path below openvino.tools.pot.configs: `from openvino.tools.pot.configs.config import Config`",
    ),
    "compression.custom": Absence(
        "POT of 2020 had its base classes for users here",
        "`from openvino.tools.pot import Metric`, DataLoader and Engine likewise",
    ),
    "compression.data_loaders": Absence(
        "only POT of 2021 and before had its data loaders below this name",
        "`from openvino.tools.pot import DataLoader`; ImageLoader and create_data_loader are below "
        "openvino.tools.pot.data_loaders",
    ),
    "compression.optimization": Absence(
        "only POT of 2020 had its search of parameters here",
        "openvino.tools.pot.ParamsGridSearchAlgorithm or RangeOptimization in the list of algorithms",
    ),
    "openvino.inference_engine": Absence(
        "OpenVINO removed its first Python API in 2024",
        "`from openvino import Core`; with core = Core(), `net = core.read_model(xml)` stands for "
        "`ie.read_network(...)`, `exec_net = core.compile_model(net, 'CPU')` for `ie.load_network(net, 'CPU')`, and "
        "`exec_net({name: array})` for `exec_net.infer({name: array})`",
    ),
    "openvino.model_zoo": Absence(
        "the Model API of the Open Model Zoo was never part of OpenVINO, and became a package of its own",
        "`pip install openvino-model-api` and `from model_api.models import Model`; without it, models are read by "
        "openvino.Core or openpot.load_model",
    ),
    "openvino.tools.mo": Absence(
        "OpenVINO removed the Model Optimizer in 2025",
        "`openvino.convert_model(path)` and `openvino.save_model(model, 'model.xml')`, or openpot.load_model, which "
        "reads ONNX, TensorFlow, TensorFlow Lite and Paddle files directly; nodes of a model are found by "
        "openvino.tools.pot.graph.model_utils",
    ),
}
"""Packages that scripts of POT's time import beside it or below its first name, with their full names."""

ABSENT_MODULES: Mapping[str, Absence] = {
    f"{_QUANTIZATION}.accuracy_aware_common.utils": ACCURACY_STEPS,
    f"{_QUANTIZATION}.layerwise_finetuning.algorithm": LAYERWISE,
    "algorithms.finetuning.algorithm": LAYERWISE,
    "algorithms.finetuning.layers": LAYERWISE,
    "algorithms.finetuning.utils": LAYERWISE,
    f"{_QUANTIZATION}.datafree.utils": SYNTHETIC,
    f"{_QUANTIZATION}.overflow_correction.utils": OVERFLOW,
    f"{_QUANTIZATION}.qnoise_estimator.utils": SUB_MODEL,
    "algorithms.sparsity.default.utils": SPARSITY,
    "algorithms.sparsity.layerwise_finetuning.algorithm": LAYERWISE,
    "api.samples.3d_segmentation.3d_segmentation_sample": SAMPLE_SCRIPT,
    "api.samples.classification.classification_sample": SAMPLE_SCRIPT,
    "api.samples.face_detection.face_detection_sample": SAMPLE_SCRIPT,
    "api.samples.object_detection.obejct_detection_sample": SAMPLE_SCRIPT,
    "api.samples.segmentation.segmentation_sample": SAMPLE_SCRIPT,
    "api.samples.speech.gna_sample": SAMPLE_SCRIPT,
    "api.samples.object_detection.data_loader": SAMPLE,
    "api.samples.object_detection.metric": SAMPLE,
    "api.samples.face_detection.utils": SAMPLE,
    "api.samples.speech.data_loader": SAMPLE,
    "configs.hardware": HARDWARE_FILES,
    "configs.templates": COMMAND_LINE,
    "configs.utils": CONFIGURATION,
    "data_loaders.ac_data_loader": ACCURACY_CHECKER,
    "engines.ac_engine": ACCURACY_CHECKER,
    "graph.builder": NETWORKX_GRAPH,
    "graph.graph_utils": NETWORKX_GRAPH,
    "graph.ops": NETWORKX_GRAPH,
    "graph.passes": NETWORKX_GRAPH,
    "graph.pattern_builder": PATTERNS,
    "graph.pattern_utils": PATTERNS,
    "graph.special_patterns": PATTERNS,
    "graph.cpu_patterns": PATTERNS,
    "graph.gpu_patterns": PATTERNS,
    "graph.npu_patterns": PATTERNS,
    "graph.gna_patterns": PATTERNS,
    "graph.transformer": PLACEMENT,
    "graph.utils": PLACEMENT,
    "statistics.utils": STATISTIC_INTERNALS,
    "utils.ac_imports": ACCURACY_CHECKER,
    "utils.telemetry": TELEMETRY,
    "utils.telemetry_stub": TELEMETRY,
}
"""Modules that cannot be imported at all."""

ABSENT_NAMES: Mapping[str, Mapping[Absence, str]] = {
    f"{_QUANTIZATION}.fake_quantize": {
        FILLING: (
            "asymmetric_range broadcast_fq_values compute_weights_stats "
            "create_renamed_layers_mapping get_quantized_model insert_fake_quantize_nodes "
            "set_rescaling_factors symmetric_range unify_fq_scales"
        ),
    },
    f"{_QUANTIZATION}.fake_quantize_configuration": {
        PLACEMENT: (
            "add_range_estimator_configs change_configurations_by_model_type "
            "change_configurations_by_model_type_transformer find_fqs_to_unify get_configurations_by_preset "
            "get_configurations_by_qscheme intersect_configs read_all_fake_quantize_configurations unify_recurrent_fqs"
        ),
    },
    f"{_QUANTIZATION}.default.algorithm": {PACKAGES: "TORCH_AVAILABLE"},
    f"{_QUANTIZATION}.optimization.algorithm": {PACKAGES: "NEVERGRAD_AVAILABLE SKOPT_AVAILABLE"},
    "algorithms.sparsity.default.algorithm": {PACKAGES: "TORCH_AVAILABLE"},
    f"{_QUANTIZATION}.range_estimator": {
        RANGE_TABLES: (
            "DEFAULT_ACTIVATIONS_RANGE_ESTIMATOR_CONFIG DEFAULT_OUTPUTS_RANGE_ESTIMATOR_CONFIG "
            "DEFAULT_WEIGHTS_RANGE_ESTIMATOR_CONFIG QUANTILE_ACTIVATIONS_RANGE_ESTIMATOR_CONFIG "
            "QUANTILE_OUTPUTS_RANGE_ESTIMATOR_CONFIG QUANTILE_WEIGHTS_RANGE_ESTIMATOR_CONFIG "
            "RANGE_ESTIMATOR_CONFIG_PRESETS"
        ),
    },
    f"{_QUANTIZATION}.utils": {
        TUNING: (
            "append_estimator_configs get_quantize_op_config get_stat_name_by_config get_tensor_statistics "
            "merge_nested_dicts"
        ),
        IGNORED: "get_ignored_operations",
        ACCURACY_CHECKER: "reset_dataset_to_default select_evaluation_dataset select_optimization_dataset",
        ENGINE_INTERNALS: "get_input_shape_for_bias",
    },
    "algorithms.utils": {IGNORED: "process_ignored_scope"},
    "app.argparser": {COMMAND_LINE: "check_dependencies check_extra_arguments"},
    "app.run": {COMMAND_LINE: "_create_log_path _timestamp _update_config_path print_algo_configs"},
    "data_loaders.image_loader": {OPENCV: "IMREAD_GRAYSCALE imread"},
    "engines.utils": {
        ENGINE_INTERNALS: (
            "get_inplace_stats_mapping get_per_layer_stat_mapping get_sequential_activations parse_sequential_stats "
            "update_stats"
        ),
    },
    "graph": {PLACEMENT: "GraphTransformer"},
    "graph.editor": {NETWORKX_GRAPH: "FunctionResultsAccumulator OPERATIONS add_fullname_for_nodes create_node"},
    "graph.model_utils": {SUB_MODEL: "build_model_for_node models_union", TYPE_INFERENCE: "nx_type_infer"},
    "graph.node_utils": {NODE_INTERNALS: "create_node_name get_node_data_type"},
    "utils.config_reader": {CONFIGURATION: "write_config_to_file"},
    "utils.logger": {LOGGING: "DEBUG_LEVEL ProgressBarLogger RegularLogger"},
    "utils.utils": {ENGINE_INTERNALS: "Environment"},
}
"""Names that are missing from modules which exist."""
