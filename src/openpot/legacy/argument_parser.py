"""The command line options that POT's sample scripts shared."""

from __future__ import annotations

from argparse import ArgumentParser


def get_common_argparser() -> ArgumentParser:
    """A parser of ``-m/--model``, ``-w/--weights`` and ``-d/--dataset``, to which a script adds its own options."""
    parser = ArgumentParser(description="Quantize a model after training", allow_abbrev=False)
    parser.add_argument("-m", "--model", required=True, help="path to the model (.xml)")
    parser.add_argument("-w", "--weights", help="path to the weights (.bin); beside the model if not given")
    parser.add_argument("-d", "--dataset", required=True, help="path to the folder with the data")
    return parser
