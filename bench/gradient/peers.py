"""Times PyTorch and its explanation libraries on one model; prints one line of JSON.

    python bench/gradient/peers.py resnet50 [--cache .cache/bench] [--threads 2]
                                            [--rounds 10] [--warmup 2]

Needs what models.py has written, and torch, torchvision, captum and grad-cam. Every round runs
every measurement once, so that a machine that slows down slows all of them. Before the rounds it
saves, as float32 .npy in the cache, what a comparison of numbers needs:

    NAME.image.npy      [1, 3, 224, 224]  the input of every measurement
    NAME.saliency.npy   [3, 224, 224]     d logit[target] / d image, signed
    NAME.grad-cam.npy   [height, width]   Grad-CAM after its ReLU, at the resolution of the layer
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import captum.attr
import numpy as np
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor

sys.path.append(str(Path(__file__).parents[1]))

from measuring import (  # noqa: E402
    Run,
    Subject,
    forward,
    leaf_at_layer,
    measure,
    peak_memory,
    saliency,
    without_setup,
)
from models import ARCHITECTURES, CACHE, image, load  # noqa: E402


def grad_cam(subject: Subject) -> Tensor:
    """ReLU(sum_k mean_ij(dy/dA_k,ij) A_k), [1, h, w]; see `leaf_at_layer` for A."""
    with leaf_at_layer(subject) as activations:
        score = subject.net(subject.x)[0, subject.target]
    (A,) = activations
    (gradient,) = torch.autograd.grad(score, A)
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    return (alpha * A.detach()).sum(dim=1).relu()


@contextmanager
def captum_saliency(subject: Subject) -> Iterator[Run]:
    explain = captum.attr.Saliency(subject.net)
    # captum warns, and switches it on and off, at every call whose input needs no gradient yet.
    x = subject.x.clone().requires_grad_()
    yield lambda: explain.attribute(x, target=subject.target)


@contextmanager
def captum_grad_cam(subject: Subject) -> Iterator[Run]:
    explain = captum.attr.LayerGradCam(subject.net, subject.layer)
    with leaf_at_layer(subject):
        yield lambda: explain.attribute(subject.x, target=subject.target, relu_attributions=True)


@contextmanager
def library_grad_cam(subject: Subject) -> Iterator[Run]:
    """pytorch-grad-cam at its best: no gradients of weights, none below the layer."""
    targets = [ClassifierOutputTarget(subject.target)]
    with leaf_at_layer(subject), GradCAM(subject.net, [subject.layer]) as cam:
        yield lambda: cam(input_tensor=subject.x, targets=targets)


@contextmanager
def library_grad_cam_as_documented(subject: Subject) -> Iterator[Run]:
    """pytorch-grad-cam as its README shows it: weights are not frozen, backward visits them all."""
    targets = [ClassifierOutputTarget(subject.target)]
    subject.net.requires_grad_(True)
    try:
        with GradCAM(subject.net, [subject.layer]) as cam:
            yield lambda: cam(input_tensor=subject.x, targets=targets)
    finally:
        subject.net.zero_grad(set_to_none=True)
        subject.net.requires_grad_(False)


MEASUREMENTS = {
    "forward": without_setup(forward),
    "saliency": without_setup(saliency),
    "grad-cam": without_setup(grad_cam),
    "captum/saliency": captum_saliency,
    "captum/grad-cam": captum_grad_cam,
    "pytorch-grad-cam/grad-cam": library_grad_cam,
    "pytorch-grad-cam/grad-cam-as-documented": library_grad_cam_as_documented,
}


def save_results(subject: Subject, name: str, cache: Path) -> dict[str, Tensor]:
    """Writes the .npy files and returns what they hold, by their middle names."""
    results = {
        "image": subject.x,
        "saliency": saliency(subject)[0],
        "grad-cam": grad_cam(subject)[0],
    }
    for key, value in results.items():
        np.save(cache / f"{name}.{key}.npy", value.numpy())
    return results


def float64_distances(
    subject: Subject, results: dict[str, Tensor]
) -> dict[str, dict[str, float]]:
    """PyTorch's float32 against its own float64: how far a map of this model can be trusted.

    max = max|a - b| / max|b|      l2 = |a - b| / |b|

    Rounding flips ReLUs. Few flips show in `max` only, many in `l2` too.
    """
    exact = Subject(subject.net.double(), subject.layer, subject.x.double())
    exact.target = subject.target
    return {
        key: distances(results[key].double(), run(exact)[0])
        for key, run in [("saliency", saliency), ("grad-cam", grad_cam)]
    }


def distances(a: Tensor, exact: Tensor) -> dict[str, float]:
    ratios = {
        "max": (a - exact).abs().max() / exact.abs().max(),
        "l2": (a - exact).norm() / exact.norm(),
    }
    return {norm: float(f"{float(ratio):.3g}") for norm, ratio in ratios.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Times PyTorch and its explanation libraries.")
    parser.add_argument("name", choices=ARCHITECTURES)
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=10, help="default: %(default)s")
    parser.add_argument("--warmup", type=int, default=2, help="rounds to discard (%(default)s)")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    memory = {"libraries": peak_memory()}
    net = load(options.name, options.cache).requires_grad_(False)
    subject = Subject(net, ARCHITECTURES[options.name].stage(net), image())
    memory["forward"] = peak_memory()
    results = save_results(subject, options.name, options.cache)
    memory["explained"] = peak_memory()
    samples = measure(MEASUREMENTS, subject, options.rounds, options.warmup)
    memory["all"] = peak_memory()
    print(
        json.dumps(
            {
                "model": options.name,
                "versions": {
                    package: version(package)
                    for package in ("torch", "torchvision", "captum", "grad-cam")
                },
                "threads": torch.get_num_threads(),
                "rounds": options.rounds,
                "warmup": options.warmup,
                "target": subject.target,
                "score": float(forward(subject)[0, subject.target]),
                "map_shape": list(results["grad-cam"].shape),
                "peak_rss_mib": memory,
                "median_ms": {
                    name: round(statistics.median(times), 3) for name, times in samples.items()
                },
                "samples_ms": samples,
                "float32_vs_float64": float64_distances(subject, results),
            }
        )
    )


if __name__ == "__main__":
    main()
