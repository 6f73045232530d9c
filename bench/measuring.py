"""How the Python halves of the benchmarks time a network and its explanations."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor, nn


class Subject:
    """What every measurement gets: a network, its Grad-CAM layer, an input and the class."""

    def __init__(self, net: nn.Module, layer: nn.Module, x: Tensor):
        self.net, self.layer, self.x = net, layer, x
        self.target = int(forward(self).argmax())


def forward(subject: Subject) -> Tensor:
    with torch.inference_mode():
        return subject.net(subject.x)


def saliency(subject: Subject) -> Tensor:
    """d logit[target] / d image, [1, 3, H, W], signed."""
    x = subject.x.clone().requires_grad_()
    score = subject.net(x)[0, subject.target]
    (gradient,) = torch.autograd.grad(score, x)
    return gradient


@contextmanager
def leaf_at_layer(subject: Subject) -> Iterator[list[Tensor]]:
    """Starts autograd's graph at the layer's output, so that backward stops there.

    With frozen weights this is the least work that a hook can do.
    """
    activations: list[Tensor] = []

    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        activations.append(output.requires_grad_())

    handle = subject.layer.register_forward_hook(hook)
    try:
        yield activations
    finally:
        handle.remove()


# A measurement is a context: what is set up in it is not timed, the function it gives is.
Run = Callable[[], object]
Measurement = Callable[[Subject], AbstractContextManager[Run]]


def without_setup(explain: Callable[[Subject], Tensor]) -> Measurement:
    return lambda subject: nullcontext(lambda: explain(subject))


def milliseconds(measurement: Measurement, subject: Subject) -> float:
    with measurement(subject) as run:
        start = time.perf_counter()
        run()
        return (time.perf_counter() - start) * 1000


def measure(
    measurements: dict[str, Measurement], subject: Subject, rounds: int, warmup: int
) -> dict[str, list[float]]:
    """What each took in every round, in milliseconds."""
    samples: dict[str, list[float]] = {name: [] for name in measurements}
    for round_ in range(warmup + rounds):
        for name, measurement in measurements.items():
            elapsed = milliseconds(measurement, subject)
            if round_ >= warmup:
                samples[name].append(round(elapsed, 3))
    return samples


def peak_memory() -> float:
    """Largest resident set of this process so far, in MiB. Linux counts in KiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
