"""What a configuration file may name: the algorithms and metrics that are there right now."""

from __future__ import annotations

from openpot.algorithms.calibrated import ALGORITHM_CONFIGS
from openpot.config.run import KnownNames
from openpot.job.metric_table import metric_parameters
from openpot.registry import COMPRESSION_ALGORITHMS


def known_names() -> KnownNames:
    """The algorithms of the registry, with those that users entered, and the table of metrics."""
    algorithms = {name: ALGORITHM_CONFIGS.get(name) for name in sorted(COMPRESSION_ALGORITHMS.registry_dict)}
    return KnownNames(algorithms, metric_parameters())
