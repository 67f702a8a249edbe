"""What a reported figure means: one text for the help, the result, ``run.json``, the report and the documents."""

from __future__ import annotations

OUTPUT_ERROR = (
    "The output error is the root of the mean squared difference between the outputs of the quantized and of the "
    "float model, as a share of the variation of the float output between samples: 0 is exact, 1 as bad as always "
    "giving the same answer. Of labels and of rows that were selected it is the share that differs; where an output is "
    "read by its largest values, a third of what these change by counts too. The worst output counts. The search "
    "measures it before a Softmax, Sigmoid or selection, on validation samples (calibration samples that nothing was "
    "fitted on); the result also reports it at the outputs themselves, on samples that did not calibrate as far as "
    "there are any."
)
OUTPUT_ERROR_IN_SHORT = "as a share of their variation between samples: 0 is exact, 1 as bad as a constant answer"

DROP = (
    "The drop of a metric is by how much it is worse than that of the float model, on samples that nothing was "
    "computed from: the validation data, or a part of the data that is held out. Its 95 % interval says where the "
    "drop on other samples of the same kind lies (paired bootstrap over samples: each is drawn with what both models "
    "make of it; for metrics that are no mean over samples, over 20 groups of them). It is met if the whole interval "
    "is within what is allowed, not met if all of it is beyond, and otherwise not certain with so many samples."
)
