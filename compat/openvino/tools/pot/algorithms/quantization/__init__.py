"""``openvino.tools.pot.algorithms.quantization``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms.quantization import accuracy_aware as accuracy_aware
from openvino.tools.pot.algorithms.quantization import accuracy_aware_common as accuracy_aware_common
from openvino.tools.pot.algorithms.quantization import accuracy_aware_gna as accuracy_aware_gna
from openvino.tools.pot.algorithms.quantization import bias_correction as bias_correction
from openvino.tools.pot.algorithms.quantization import channel_alignment as channel_alignment
from openvino.tools.pot.algorithms.quantization import datafree as datafree
from openvino.tools.pot.algorithms.quantization import default as default
from openvino.tools.pot.algorithms.quantization import fake_quantize as fake_quantize
from openvino.tools.pot.algorithms.quantization import fake_quantize_configuration as fake_quantize_configuration
from openvino.tools.pot.algorithms.quantization import fast_bias_correction as fast_bias_correction
from openvino.tools.pot.algorithms.quantization import minmax as minmax
from openvino.tools.pot.algorithms.quantization import optimization as optimization
from openvino.tools.pot.algorithms.quantization import outlier_channel_splitting as outlier_channel_splitting
from openvino.tools.pot.algorithms.quantization import overflow_correction as overflow_correction
from openvino.tools.pot.algorithms.quantization import qnoise_estimator as qnoise_estimator
from openvino.tools.pot.algorithms.quantization import range_estimator as range_estimator
from openvino.tools.pot.algorithms.quantization import range_supervision as range_supervision
from openvino.tools.pot.algorithms.quantization import tunable_quantization as tunable_quantization
from openvino.tools.pot.algorithms.quantization import utils as utils
from openvino.tools.pot.algorithms.quantization import weight_bias_correction as weight_bias_correction

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
