"""What a configuration file may name: the algorithms and metrics that are there right now."""

from __future__ import annotations

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.config.run import KnownNames
from openpot.job.metric_table import list_metric_parameters
from openpot.registry import COMPRESSION_ALGORITHMS


def collect_known_names() -> KnownNames:
    """The algorithms of the registry, with those that users entered, and the table of metrics."""
    configs = AlgorithmConfigs()
    algorithms = {name: configs.get(name) for name in sorted(COMPRESSION_ALGORITHMS.registry_dict)}
    return KnownNames(algorithms, list_metric_parameters())
