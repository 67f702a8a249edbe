import numpy as np
import pytest

from openpot.numerics import one_thread
from openpot.numerics.one_thread import hold_blas_to_one_thread, run_side_by_side


@pytest.mark.skipif(one_thread._find_calls() is None, reason="NumPy comes with another library than OpenBLAS")
def test_the_same_bits_whatever_the_number_of_threads():
    data = np.random.default_rng(0).standard_normal((700, 400))
    moments = data.T @ data
    read, write = one_thread._find_calls()
    before, solutions = read(), []
    for threads in (1, 2):
        write(threads)
        with hold_blas_to_one_thread():
            assert read() == 1
            solutions.append(np.linalg.solve(moments, data.T))
        assert read() == threads
    write(before)
    assert np.array_equal(*solutions)


def test_answers_come_in_the_order_of_the_tasks():
    assert run_side_by_side([lambda number=number: number**2 for number in range(20)]) == [n**2 for n in range(20)]
    assert run_side_by_side([]) == []


def test_results_are_those_without():
    data = np.random.default_rng(1).standard_normal((50, 30))
    with hold_blas_to_one_thread():
        held = data.T @ data
    assert np.allclose(held, data.T @ data)
