"""The distances of outputs as formulas on all samples at once, to check what is summed up sample by sample."""

import numpy as np


def relative_error(reference, candidate):
    """Root of the squared error over the squared deviations from the mean over axis 0."""
    error, variation = np.square(candidate - reference), np.square(reference - reference.mean(axis=0))
    return float(np.sqrt(error.sum() / variation.sum()))


def sqnr_db(reference, candidate):
    """Signal to quantization noise in decibel."""
    return float(10 * np.log10(np.square(reference).sum() / np.square(candidate - reference).sum()))
