"""POT's ``Config``: a configuration file as a dictionary with attribute access, for scripts that read one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openpot.attribute_dict import AttributeDict
from openpot.config.compression_section import SHARED_KEYS
from openpot.config.config_file import read_config_file
from openpot.config.faults import refuse
from openpot.config.run import find_algorithm_faults
from openpot.job.known_names import collect_known_names
from openpot.typing_aliases import StrPath

DEFAULT_PRESET = "performance"
DEFAULT_TARGET_DEVICE = "ANY"
GNA_DEVICES = ["GNA", "GNA3", "GNA3.5"]


class Config(AttributeDict):
    """The sections ``model``, ``engine`` and ``compression`` of a file."""

    @classmethod
    def read_config(cls, path: StrPath) -> Config:
        """The content of a JSON (comments allowed), YAML or TOML file.

        Raises:
            MissingFileError: there is no such file.
            ConfigError: it does not hold a configuration.
        """
        return cls(read_config_file(path))

    def configure_params(self, ac_config: StrPath | None = None) -> None:
        """Fill in what follows from the rest: the model's name, and the parameters that all algorithms share.

        Args:
            ac_config: a file of the Accuracy Checker for the section ``engine``.
        """
        if self.model.model and not self.model.model_name:
            self.model.model_name = Path(self.model.model).stem
        if ac_config is not None:
            self.engine.config = str(ac_config)
        self.compression.setdefault("target_device", DEFAULT_TARGET_DEVICE)
        shared = {key: self.compression[key] for key in SHARED_KEYS if key in self.compression}
        for algorithm in self.compression.algorithms or ():
            algorithm["params"] = AttributeDict({**shared, **(algorithm.get("params") or {})})

    def validate_algo_config(self) -> None:
        """Check the names and parameters of all algorithms.

        Raises:
            UnknownNameError: an algorithm or a parameter does not exist; all faults are listed.
            ConfigError: a value is not possible; all faults are listed.
        """
        plain = self.to_dict()
        refuse(find_algorithm_faults(plain, collect_known_names()))

    def add_log_dir(self, model_log_dir: StrPath, exec_log_dir: StrPath) -> None:
        """Say where models and intermediate models go."""
        self.model.model_log_dir = self.model.log_dir = str(model_log_dir)
        self.model.exec_log_dir = str(exec_log_dir)
        for algorithm in self.compression.algorithms or ():
            algorithm.params.exec_log_dir = str(exec_log_dir)

    def get_model_paths(self) -> list[Mapping[str, str]]:
        """``[{'model', 'weights'}]`` of the model, or of each model of the cascade with its ``'name'``."""
        parts = self.model.cascade or [self.model]
        keys = ("name", "model", "weights")
        return [{key: str(part[key]) for key in keys if part.get(key)} for part in parts]
