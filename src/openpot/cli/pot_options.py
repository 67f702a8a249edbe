"""The options of ``pot``: which go together, and the configuration that they stand for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from openpot.config.config_file import read_config_file
from openpot.config.historic_file import parse_historic_run
from openpot.config.run import RunConfig
from openpot.errors import ConfigError
from openpot.job.engines import check_engine
from openpot.job.known_names import collect_known_names
from openpot.job.named_code import require_consent

ALGORITHMS = {"default": "DefaultQuantization", "accuracy_aware": "AccuracyAwareQuantization"}
"""The algorithm behind each value of ``--quantize``."""

TEMPLATE_SUBSET_SIZE = 300


@dataclass(frozen=True)
class PotOptions:
    """The options that decide what is done; None for what was not given."""

    config: Path | None = None
    quantize: str | None = None
    preset: str | None = None
    model: Path | None = None
    weights: Path | None = None
    name: str | None = None
    engine: str | None = None
    ac_config: Path | None = None
    max_drop: float | None = None
    evaluate: bool = False
    data_source: str | None = None

    def to_config(self) -> dict[str, Any]:
        """The configuration of the file, or the one that the options describe.

        Raises:
            ConfigError: the options do not go together; all reasons are listed.
            FileError: the file cannot be read.
        """
        reasons = self._find_contradictions()
        if reasons:
            raise ConfigError(reasons[0] if len(reasons) == 1 else "\n  ".join(["the options do not fit:", *reasons]))
        if self.config is not None:
            return read_config_file(self.config)
        return {
            "model": self._make_model_section(),
            "engine": self._make_engine_section(),
            "compression": self._make_compression_section(),
        }

    def list_stated(self) -> dict[str, Any]:
        """The options that were given, as texts and numbers."""
        values = {option.name: getattr(self, option.name) for option in fields(self)}
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in values.items()
            if value is not None and value is not False
        }

    @property
    def _is_simplified(self) -> bool:
        return self.engine == "simplified"

    def _find_contradictions(self) -> list[str]:
        if (self.config is None) == (self.quantize is None):
            return ["expected either --config with a file or --quantize with default or accuracy_aware"]
        return self._find_conflicts_with_file() if self.config is not None else self._find_missing()

    def _find_conflicts_with_file(self) -> list[str]:
        given = {
            "--model": self.model,
            "--weights": self.weights,
            "--preset": self.preset,
            "--name": self.name,
            "--ac-config": self.ac_config,
            "--engine": self.engine,
            "--max-drop": self.max_drop,
            "--data-source": self.data_source,
        }
        return [
            f"{option} goes with --quantize only: the file of --config says this itself"
            for option, value in given.items()
            if value is not None
        ]

    def _find_missing(self) -> list[str]:
        reasons = []
        if self.model is None:
            reasons.append("--quantize needs --model")
        elif self.weights is None and self.model.suffix.lower() == ".xml":
            reasons.append("--quantize needs --weights with the .bin of the model")
        if self._is_simplified:
            if self.data_source is None:
                reasons.append("--engine simplified needs --data-source with a folder of images")
            if self.ac_config is not None:
                reasons.append("--ac-config goes with --engine accuracy_checker only")
            if self.evaluate:
                reasons.append("--evaluate does not go with --engine simplified: its images have no annotations")
            if self.quantize == "accuracy_aware":
                reasons.append("--quantize accuracy_aware does not go with --engine simplified: there is no metric")
        elif self.ac_config is None:
            reasons.append("--quantize needs --ac-config, or --engine simplified with --data-source")
        if self.quantize == "accuracy_aware" and self.max_drop is None:
            reasons.append("--quantize accuracy_aware needs --max-drop")
        return reasons

    def _make_model_section(self) -> dict[str, Any]:
        content = {"model_name": self.name, "model": self.model, "weights": self.weights}
        return {key: str(value) for key, value in content.items() if value is not None}

    def _make_engine_section(self) -> dict[str, Any]:
        if self._is_simplified:
            return {"type": "simplified", "data_source": self.data_source}
        return {"type": "accuracy_checker", "config": str(self.ac_config)}

    def _make_compression_section(self) -> dict[str, Any]:
        params: dict[str, Any] = {"preset": self.preset or "performance", "stat_subset_size": TEMPLATE_SUBSET_SIZE}
        if self.quantize == "accuracy_aware":
            params |= {"maximal_drop": self.max_drop, "tune_hyperparams": False}
        return {
            "target_device": "ANY",
            "algorithms": [{"name": ALGORITHMS[str(self.quantize)], "params": params}],
        }


def read_run(options: PotOptions, strict: bool, allow_code: bool) -> RunConfig:
    """What the options ask for, as far as it may and can be run.

    Args:
        options: those that decide what is done.
        strict: refuse keys that mean nothing.
        allow_code: run the code that the configuration names.

    Raises:
        ConfigError: the options do not go together, the configuration is wrong, or names code without leave.
        FileError: a file cannot be read.
    """
    run = parse_historic_run(options.to_config(), collect_known_names(), strict)
    require_consent(run, allow_code)
    check_engine(run.engine, options.evaluate)
    return run
