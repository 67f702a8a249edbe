"""The ``pot`` command: POT's command line, with its options, its output folders and its exit codes.

Exit codes: 0 done, 1 an error of any kind, 2 an option that does not exist or cannot have this value, 3 saved, but
``WeightCompression`` lost more than it may (POT had no such algorithm), 130 interrupted.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from openpot.cli.exit_codes import TARGET_NOT_MET, end_on_sigterm, readable_errors
from openpot.cli.messages import write_result
from openpot.cli.run_log import run_log
from openpot.progress import Progress
from openpot.progress_display import LineProgress, progress_on

logger = logging.getLogger(__name__)


class Template(StrEnum):
    """Values of ``--quantize``."""

    DEFAULT = "default"
    ACCURACY_AWARE = "accuracy_aware"


class PresetName(StrEnum):
    """Values of ``--preset``."""

    PERFORMANCE = "performance"
    MIXED = "mixed"


class EngineName(StrEnum):
    """Values of ``--engine``."""

    ACCURACY_CHECKER = "accuracy_checker"
    SIMPLIFIED = "simplified"


class LogLevel(StrEnum):
    """Values of ``--log-level``."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    DEBUG = "DEBUG"


ConfigFile: TypeAlias = Annotated[
    Path | None, typer.Option("-c", "--config", help="Configuration: JSON (comments allowed), YAML or TOML.")
]
Quantize: TypeAlias = Annotated[
    Template | None, typer.Option("-q", "--quantize", help="Quantize without a configuration file.")
]
Preset: TypeAlias = Annotated[
    PresetName | None, typer.Option("--preset", help="With -q: symmetric, or asymmetric activations.")
]
ModelFile: TypeAlias = Annotated[Path | None, typer.Option("-m", "--model", help="With -q: the model (.xml).")]
Weights: TypeAlias = Annotated[Path | None, typer.Option("-w", "--weights", help="With -q: its weights (.bin).")]
Name: TypeAlias = Annotated[str | None, typer.Option("-n", "--name", help="With -q: name of the saved files.")]
Engine: TypeAlias = Annotated[
    EngineName | None, typer.Option("--engine", help="With -q: what gives data. Default: accuracy_checker.")
]
AcConfig: TypeAlias = Annotated[
    Path | None, typer.Option("--ac-config", help="With -q: configuration of the Accuracy Checker (YAML).")
]
MaxDrop: TypeAlias = Annotated[
    float | None, typer.Option("--max-drop", help="With -q accuracy_aware: how much accuracy may be lost.")
]
Evaluate: TypeAlias = Annotated[
    bool, typer.Option("-e", "--evaluate", help="Measure the result on the whole data set.")
]
OutputDir: TypeAlias = Annotated[Path, typer.Option("--output-dir", help="Folder above the results.")]
DirectDump: TypeAlias = Annotated[
    bool, typer.Option("-d", "--direct-dump", help="Write into --output-dir itself, without sub-folders.")
]
Level: TypeAlias = Annotated[LogLevel, typer.Option("--log-level", help="Lowest level of the log lines shown.")]
ProgressBar: TypeAlias = Annotated[
    bool, typer.Option("--progress-bar", help="Show progress instead of the log, which still goes to log.txt.")
]
StreamOutput: TypeAlias = Annotated[
    bool, typer.Option("--stream-output", help="Show progress as lines that stay, for pipes and web consoles.")
]
KeepWeights: TypeAlias = Annotated[
    bool, typer.Option("--keep-uncompressed-weights", help="Leave the weights as floating-point numbers.")
]
DataSource: TypeAlias = Annotated[
    str | None, typer.Option("--data-source", help="With --engine simplified: folder, pattern or .txt list of images.")
]
AllowCode: TypeAlias = Annotated[
    bool, typer.Option("--allow-code", help="Run the code that the configuration names as data or metrics.")
]
Strict: TypeAlias = Annotated[
    bool, typer.Option("--strict", help="Refuse keys that mean nothing, instead of passing over them with a warning.")
]


def pot_command(  # noqa: PLR0913  as many parameters as the command has options
    config: ConfigFile = None,
    quantize: Quantize = None,
    preset: Preset = None,
    model: ModelFile = None,
    weights: Weights = None,
    name: Name = None,
    engine: Engine = None,
    ac_config: AcConfig = None,
    max_drop: MaxDrop = None,
    evaluate: Evaluate = False,
    output_dir: OutputDir = Path("results"),
    direct_dump: DirectDump = False,
    log_level: Level = LogLevel.INFO,
    progress_bar: ProgressBar = False,
    stream_output: StreamOutput = False,
    keep_uncompressed_weights: KeepWeights = False,
    data_source: DataSource = None,
    strict: Strict = False,
    allow_code: AllowCode = False,
) -> None:
    """Quantize a network as a configuration file says (-c), or by options alone (-q)."""
    with readable_errors(log_level is LogLevel.DEBUG, single_code=1):
        from openpot.cli.pot_options import PotOptions, read_run
        from openpot.job.output_folders import make_output_folders
        from openpot.job.run_job import JobOptions, render_metrics, run_job

        options = PotOptions(
            config, quantize, preset, model, weights, name, engine, ac_config, max_drop, evaluate, data_source
        )
        shows_log = not (progress_bar or stream_output)
        with run_log(log_level, shows_log) as log, _progress(progress_bar, stream_output) as progress:
            run = read_run(options, strict, allow_code)
            now = datetime.now()
            folders = make_output_folders(output_dir, run.model.name, run.algorithm_names, now, direct_dump)
            log.write_to(folders.log)
            job = JobOptions(evaluate, keep_uncompressed_weights, options.list_stated())
            result = run_job(run, folders, job, progress)
            for line in render_metrics(result.metrics or {}):
                logger.info(line)
                if not shows_log or logging.getLevelName(log_level) > logging.INFO:
                    write_result(line)
            if result.misses_target:
                raise typer.Exit(TARGET_NOT_MET)


@contextmanager
def _progress(as_bar: bool, as_lines: bool) -> Iterator[Progress | None]:
    """What shows progress on standard error; None where log lines do."""
    if as_lines:
        yield LineProgress(lambda line: (sys.stderr.write(line), sys.stderr.flush()))
    elif as_bar:
        with progress_on(sys.stderr) as bars:
            yield bars
    else:
        yield None


app = typer.Typer(
    name="pot",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(pot_command)


def run_with_arguments(argv: Sequence[str]) -> None:
    """Run the command line with these arguments, and come back unless it failed.

    Raises:
        SystemExit: it failed; the code is that of the command.
    """
    try:
        app(list(argv), prog_name="pot")
    except SystemExit as ending:
        if ending.code:
            raise


def main() -> None:
    """Run the command line; the process ends with a documented exit code."""
    end_on_sigterm()
    app()
