"""POT's statistic objects: functions with bound arguments that compare equal if they compute the same.

They serve layouts of statistics that were written for POT; openpot's own algorithms use reducers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from openpot.errors import ConfigError, UnknownNameError, suggest_nearest_name
from openpot.numerics.sample_functions import mean_per_channel_axis
from openpot.typing_aliases import Array


class Statistic:
    """A function with bound arguments; equal to another with the same function and arguments.

    Args:
        func: the function.
        *argv: positional arguments after the tensor.
        **kwargs: further arguments.
    """

    def __init__(self, func: Callable[..., Any], *argv: Any, **kwargs: Any) -> None:
        self.func = func
        self.argv = argv
        self.kwargs = kwargs

    def compute(self, *input_tensor: Any, **kwargs: Any) -> Any:
        """The statistic of ``input_tensor``; a subclass says how."""
        raise ConfigError(
            f"{type(self).__name__} does not say how it is computed: use TensorStatistic, or define compute()"
        )

    def __call__(self, *argv: Any, **kwargs: Any) -> Any:
        """The same as :meth:`compute`."""
        return self.compute(*argv, **kwargs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Statistic):
            return NotImplemented
        mine = (type(self), _identify(self.func), self.argv, self.kwargs)
        return mine == (type(other), _identify(other.func), other.argv, other.kwargs)

    def __hash__(self) -> int:
        # Values of arguments may be unhashable (a dict of channel axes); equality looks at them.
        return hash((type(self).__name__, self._name_function(), len(self.argv), frozenset(self.kwargs)))

    def _name_function(self) -> str:
        function = self.func.func if isinstance(self.func, partial) else self.func
        return str(getattr(function, "__qualname__", type(function).__qualname__))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name_function()})"


class TensorStatistic(Statistic):
    """``func(tensor, *argv, **kwargs)``."""

    def compute(self, *input_tensor: Any, **kwargs: Any) -> Any:
        """The statistic of a tensor of shape ``(batch, ...)``."""
        del kwargs
        return self.func(*input_tensor, *self.argv, **self.kwargs)


class TensorStatisticAxis(Statistic):
    """The mean per channel, along the axis that ``channel={node: axis}`` gives for each node (1 where it gives none).

    Args:
        func: ignored, as POT did.
        *argv: passed on.
        **kwargs: ``channel`` and what layouts of POT bring along.
    """

    def __init__(self, func: Callable[..., Any] | None = None, *argv: Any, **kwargs: Any) -> None:
        del func
        super().__init__(mean_per_channel_axis, *argv, **kwargs)

    def compute(self, *input_tensor: Any, **kwargs: Any) -> Any:
        """The mean of a tensor ``(batch, channels, ...)``; a second argument is the name of its node."""
        del kwargs
        return self.func(*input_tensor, *self.argv, **self.kwargs)

    def list_companions(self, node: str) -> tuple[str, ...]:
        """No further node is needed."""
        del node
        return ()

    def compute_for_node(self, tensors: Mapping[str, Array], node: str) -> Any:
        """The mean of the tensor of ``node`` along its own axis."""
        return self.compute(tensors[node], node)


class SQNRStatistic(Statistic):
    """``func(tensor of the node, tensor of the node called node + qsuffix)``: how far two versions of a tensor differ.

    Args:
        func: the measure.
        qsuffix: what follows the node's name in the name of the second node.
        *argv: kept for comparison.
        **kwargs: kept for comparison.
    """

    def __init__(self, func: Callable[..., Any], qsuffix: str, *argv: Any, **kwargs: Any) -> None:
        super().__init__(func, *argv, **kwargs)
        self.qsuffix = qsuffix

    def compute(self, activation_dict: Mapping[str, Array], layer_key: str, **kwargs: Any) -> Any:
        """The measure for node ``layer_key`` of ``activation_dict``, tensors by name.

        Raises:
            UnknownNameError: one of the two tensors is not there.
        """
        for name in (layer_key, layer_key + self.qsuffix):
            if name not in activation_dict:
                raise UnknownNameError(f"no tensor of the node {name!r}; {suggest_nearest_name(name, activation_dict)}")
        return self.func(activation_dict[layer_key], activation_dict[layer_key + self.qsuffix], **kwargs)

    def list_companions(self, node: str) -> tuple[str, ...]:
        """The node whose tensor is compared with that of ``node``."""
        return (node + self.qsuffix,)

    def compute_for_node(self, tensors: Mapping[str, Array], node: str) -> Any:
        """The measure between the tensors of ``node`` and its companion."""
        return self.compute(tensors, node)

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, SQNRStatistic) and self.qsuffix == other.qsuffix

    __hash__ = Statistic.__hash__


def compute_statistic(statistic: Callable[..., Any], *argv: Any, **kwargs: Any) -> Any:
    """The value of any statistic.

    Args:
        statistic: a statistic object or a plain function of a tensor.
        *argv: a tensor; or a dict of tensors by node and the name of the node.
        **kwargs: passed on for plain tensors.
    """
    if argv and isinstance(argv[0], Mapping):
        tensors, node = argv[0], argv[1]
        if isinstance(statistic, SQNRStatistic | TensorStatisticAxis):
            return statistic.compute_for_node(tensors, node)
        return statistic(tensors[node], **kwargs)
    return statistic(*argv, **kwargs)


def _identify(function: Any) -> Any:
    """What makes a function the same as another: for a partial, the function and what it binds."""
    if isinstance(function, partial):
        return (_identify(function.func), function.args, function.keywords)
    return function
