"""What a reported figure means: one text for the help, the result, ``run.json``, the report and the documents."""

from __future__ import annotations

OUTPUT_ERROR = (
    "The output error is the root of the mean squared difference between the outputs of the quantized and of the "
    "float model, as a share of the variation of the float output between samples: 0 is exact, 1 as bad as always "
    "giving the same answer. The worst output counts. The search measures it before a Softmax, Sigmoid or "
    "selection, on validation samples (calibration samples that nothing was fitted on); the result also reports it "
    "at the outputs themselves, on samples that did not calibrate as far as there are any."
)
