"""The command line options that POT's sample scripts shared, and those of POT's command."""

from __future__ import annotations

from argparse import ArgumentParser


def get_common_argparser() -> ArgumentParser:
    """A parser of ``-m/--model``, ``-w/--weights`` and ``-d/--dataset``, to which a script adds its own options."""
    parser = ArgumentParser(description="Quantize a model after training", allow_abbrev=False)
    parser.add_argument("-m", "--model", required=True, help="path to the model (.xml)")
    parser.add_argument("-w", "--weights", help="path to the weights (.bin); beside the model if not given")
    parser.add_argument("-d", "--dataset", required=True, help="path to the folder with the data")
    return parser


def get_common_argument_parser() -> ArgumentParser:
    """A parser of the options of the command ``pot``, for scripts that add their own or read its options."""
    parser = ArgumentParser(description="Quantize a model after training", allow_abbrev=False)
    parser.add_argument("-c", "--config", help="configuration (JSON, YAML or TOML)")
    parser.add_argument("-q", "--quantize", choices=["default", "accuracy_aware"], help="quantize without such a file")
    parser.add_argument("--preset", choices=["performance", "mixed"], help="with -q: symmetric or mixed")
    parser.add_argument("-m", "--model", help="with -q: the model (.xml)")
    parser.add_argument("-w", "--weights", help="with -q: its weights (.bin)")
    parser.add_argument("--name", "-n", help="with -q: name of the saved files")
    parser.add_argument("--engine", choices=["accuracy_checker", "simplified"], help="with -q: what gives data")
    parser.add_argument("--ac-config", help="with -q: configuration of the Accuracy Checker")
    parser.add_argument("--max-drop", type=float, help="with -q accuracy_aware: how much accuracy may be lost")
    parser.add_argument("-e", "--evaluate", action="store_true", help="measure the result on the whole data set")
    parser.add_argument("--output-dir", default="./results", help="folder above the results")
    parser.add_argument("-d", "--direct-dump", action="store_true", help="write into --output-dir itself")
    levels = ["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"]
    parser.add_argument("--log-level", default="INFO", choices=levels, help="lowest level that is shown")
    parser.add_argument("--progress-bar", dest="pbar", action="store_true", help="show progress instead of the log")
    parser.add_argument("--stream-output", action="store_true", help="show progress as lines that stay")
    parser.add_argument("--keep-uncompressed-weights", action="store_true", help="leave the weights as floats")
    parser.add_argument("--data-source", help="with --engine simplified: folder, pattern or .txt list of images")
    return parser
