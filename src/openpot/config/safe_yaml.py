"""YAML without its dangers: no objects of Python, no key twice (extra ``yaml``)."""

from __future__ import annotations

from typing import Any

from openpot.errors import ConfigError, MissingExtraError


def parse_yaml(text: str) -> Any:
    """The value that ``text`` holds: dicts, lists, texts, numbers, dates, None.

    Raises:
        ConfigError: it is no YAML, holds a tag of Python, or a mapping has a key twice.
        MissingExtraError: PyYAML is not installed.
    """
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError(
            "reading YAML needs PyYAML, which is not installed: pip install openpot[yaml], or write the configuration "
            "as JSON or TOML"
        ) from error

    class StrictLoader(yaml.SafeLoader):  # type: ignore[misc]
        """The safe loader, which also refuses a key that is there twice."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            names = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
            twice = [name for name in names if isinstance(name, str) and names.count(name) > 1]
            if twice:
                where = f"line {node.start_mark.line + 1}"
                raise ConfigError(f"{where}: the key {twice[0]!r} is there twice in one mapping: remove one of them")
            constructed: dict[Any, Any] = super().construct_mapping(node, deep)
            return constructed

    try:
        return yaml.load(text, StrictLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigError(f"{where}{getattr(error, 'problem', None) or error}") from None
    except RecursionError:
        raise ConfigError("the YAML is nested too deeply") from None
