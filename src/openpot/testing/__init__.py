"""Checks that a data loader, metric, engine, sampler or algorithm of your own keeps its contract.

In the manner of scikit-learn's estimator checks: call one in a test of your own. It returns nothing if all is well; if
not, it raises a :class:`ContractError` that lists every fault with what to do about it::

    from openpot.testing import check_data_loader

    def test_my_loader():
        check_data_loader(MyLoader("val/"), model="net.xml")
"""

from openpot.testing.algorithm_contract import check_algorithm
from openpot.testing.contract import ContractError
from openpot.testing.data_loader_contract import check_data_loader
from openpot.testing.engine_contract import check_engine
from openpot.testing.metric_contract import check_metric
from openpot.testing.sampler_contract import check_sampler

__all__ = [
    "ContractError",
    "check_algorithm",
    "check_data_loader",
    "check_engine",
    "check_metric",
    "check_sampler",
]
