"""PyTorch's side of the comparison on one transformer: runs what it is asked for, once, and says what it took.

    python bench/methods/transformer.py vit_small --image noise.f32 [--cache .cache/bench] [--threads 2]

Prints a line of JSON with what it knows, then one for each line that it reads, such as
{"run": "rollout", "show": true}: milliseconds of the clock, milliseconds of all cores, and the map's
values if they are to be shown. The image is float32, [1, 3, size, size].

Needs lxt 2.1 with transformers 4.52.4, captum, grad-cam and timm, and what bench/models.py has written.
Weights are frozen; what starts at a layer or at attention starts autograd's graph there, which is the
least work that a hook can do.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

import captum.attr
import numpy as np
import pytorch_grad_cam
import torch
from lxt.efficient.patches import layer_norm_forward, non_linear_forward, wrap_attention_forward
from lxt.efficient.rules import divide_gradient
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.nn import functional as F

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT), str(ROOT / "bench")]

from fixtures.methods.embedded import embedded  # noqa: E402
from measuring import Measurement, Run, Subject, forward, leaf_at_layer, saliency, without_setup  # noqa: E402
from models import CACHE, load  # noqa: E402

CAM_FAMILY = ["GradCAM", "GradCAMPlusPlus", "XGradCAM", "HiResCAM", "LayerCAM"]


@dataclass(frozen=True)
class Transformer:
    """Where a network has what the methods read. In all, the first of its tokens is the class token."""

    load: Callable[[Path], nn.Module]
    # of a block: the module whose output is attention's weights
    weights: str
    # from the last block's tokens to the logits
    head: Callable[[nn.Module, Tensor], Tensor]
    # LXT's rules for the products of queries, keys and values, as long as the context lasts
    halves: Callable[[nn.Module, ExitStack], None]


def halves_of_function(_: nn.Module, stack: ExitStack) -> None:
    """LXT's patch around the function that does all of attention."""
    attend = F.scaled_dot_product_attention
    wrapped = wrap_attention_forward(lambda _, q, k, v, **options: attend(q, k, v, **options))
    stack.enter_context(patch.object(F, "scaled_dot_product_attention", partial(wrapped, None)))


def halves_of_modules(net: nn.Module, stack: ExitStack) -> None:
    """The same factors as LXT's patch, where queries, keys and values are made."""
    for block in net.blocks:
        for name, factor in (("query", 4), ("key", 4), ("value", 2)):
            module = block.attention.get_submodule(name)
            hook = partial(lambda factor, _module, _inputs, output: divide_gradient(output, factor), factor)
            stack.callback(module.register_forward_hook(hook).remove)


TRANSFORMERS = {
    "vit_small": Transformer(
        partial(load, "vit_small"),
        "attn.attn_drop",
        lambda net, tokens: net.forward_head(net.norm(tokens)),
        halves_of_function,
    ),
    "scenes-vit": Transformer(
        lambda _: embedded("scenes-vit"),
        "attention.softmax",
        lambda net, tokens: net.fc(net.norm(tokens)[:, 0]),
        halves_of_modules,
    ),
}


class Network(Subject):
    """A subject whose layer is the last that the score reaches through more than the class token."""

    def __init__(self, form: Transformer, net: nn.Module, x: Tensor):
        self.form = form
        super().__init__(net, net.blocks[-1].norm1, x)


# --- LXT


@contextmanager
def lxt_attn_lrp(subject: Network) -> Iterator[Run]:
    """Gradient times input under LXT's patches (Achtibat et al. 2024)."""
    kinds = {type(module) for module in subject.net.modules()}
    with ExitStack() as stack:
        for kind in kinds:
            if issubclass(kind, nn.LayerNorm):
                stack.enter_context(patch.object(kind, "forward", layer_norm_forward))
            if issubclass(kind, nn.GELU):
                stack.enter_context(patch.object(kind, "original_forward", kind.forward, create=True))
                stack.enter_context(patch.object(kind, "forward", non_linear_forward))
        subject.form.halves(subject.net, stack)
        yield lambda: (saliency(subject) * subject.x).sum(1)


# --- captum


@contextmanager
def captum_saliency(subject: Network) -> Iterator[Run]:
    explain = captum.attr.Saliency(subject.net)
    x = subject.x.clone().requires_grad_()
    yield lambda: explain.attribute(x, target=subject.target).amax(1)


# --- pytorch-grad-cam


def grid(tokens: Tensor) -> Tensor:
    """The tokens after the class token, as a picture: its reshape_transform."""
    side = int((tokens.shape[1] - 1) ** 0.5)
    return tokens[:, 1:].unflatten(1, (side, side)).permute(0, 3, 1, 2)


@contextmanager
def library_cams(subject: Network, methods: list[str]) -> Iterator[Run]:
    targets = [ClassifierOutputTarget(subject.target)]

    def run() -> None:
        for method in methods:
            with getattr(pytorch_grad_cam, method)(subject.net, [subject.layer], grid) as cam:
                cam(input_tensor=subject.x, targets=targets)

    with leaf_at_layer(subject):
        yield run


# --- methods of attention, by the equations of their papers


@dataclass
class Attended:
    """What one run leaves: of each block, A [1, heads, N, N] and its tokens [1, N, C]."""

    score: Tensor
    A: list[Tensor]
    tokens: list[Tensor]


@contextmanager
def attention_of(subject: Network) -> Iterator[Callable[[], Attended]]:
    net, form = subject.net, subject.form
    A: list[Tensor] = []
    tokens: list[Tensor] = []
    with ExitStack() as stack:
        for block in net.blocks:
            if hasattr(block, "attn"):
                # one function for all of attention does not give its weights
                stack.enter_context(patch.object(block.attn, "fused_attn", False))

            def keep_weights(_module: nn.Module, _inputs: tuple, output: Tensor) -> Tensor:
                # the first is a leaf
                A.append(output.requires_grad_(torch.is_grad_enabled()))
                return A[-1]

            weights = block.get_submodule(form.weights)
            stack.callback(weights.register_forward_hook(keep_weights).remove)
            stack.callback(block.register_forward_hook(lambda *args: tokens.append(args[2])).remove)

        def run() -> Attended:
            A.clear()
            tokens.clear()
            logits = net(subject.x)
            return Attended(logits[0, subject.target], list(A), list(tokens))

        yield run


def rollout(attended: Attended, _: Network) -> Tensor:
    """Abnar, Zuidema 2020: A~ = E_h A + I, rows divided by their sums; R = A~_L ... A~_1."""
    R = eye = torch.eye(attended.A[0].shape[-1])
    for A in attended.A:
        mixed = A.detach()[0].mean(0) + eye
        R = mixed / mixed.sum(-1, keepdim=True) @ R
    return R[0, 1:]


def gradients(attended: Attended) -> tuple[Tensor, ...]:
    return torch.autograd.grad(attended.score, attended.A, retain_graph=True)


def generic_attention(attended: Attended, _: Network, G: tuple[Tensor, ...] | None = None) -> Tensor:
    """Chefer, Gur, Wolf, ICCV 2021: Abar = E_h[(G * A)^+]; R <- R + Abar R."""
    R = torch.eye(attended.A[0].shape[-1])
    for A, g in zip(attended.A, G or gradients(attended), strict=True):
        R = R + (g * A.detach())[0].clamp(min=0).mean(0) @ R
    return R[0, 1:]


def attention_grad_cam(attended: Attended, _: Network, G: tuple[Tensor, ...] | None = None) -> Tensor:
    """Chefer, Gur, Wolf, CVPR 2021, sec. 4: w_h = mean of G over the grid's keys of the class row; (E_h[w_h A])^+."""
    A = attended.A[-1]
    g = G[-1] if G else torch.autograd.grad(attended.score, A)[0]
    a, g = A.detach()[0, :, 0, 1:], g[0, :, 0, 1:]
    return (g.mean(-1, keepdim=True) * a).mean(0).clamp(min=0)


def legrad(attended: Attended, subject: Network) -> Tensor:
    """Bousselham et al. 2024: mean over blocks, heads and queries of (dy^b/dA_b)^+, y^b the head on block b's tokens."""
    maps = []
    for A, tokens in zip(attended.A, attended.tokens, strict=True):
        y = subject.form.head(subject.net, tokens)[0, subject.target]
        (g,) = torch.autograd.grad(y, A, retain_graph=True)
        maps.append(g[0].clamp(min=0).mean((0, 1)))
    return torch.stack(maps).mean(0)[1:]


def together(attended: Attended, subject: Network) -> None:
    G = gradients(attended)
    rollout(attended, subject)
    generic_attention(attended, subject, G)
    attention_grad_cam(attended, subject, G)
    legrad(attended, subject)


@contextmanager
def of_attention(
    subject: Network, explain: Callable[[Attended, Network], Tensor | None], *, needs_gradients: bool = True
) -> Iterator[Run]:
    with attention_of(subject) as attend, torch.set_grad_enabled(needs_gradients):
        yield lambda: explain(attend(), subject)


MEASUREMENTS: dict[str, Measurement] = {
    "forward": without_setup(forward),
    "saliency": without_setup(lambda subject: saliency(subject).abs().amax(1)),
    "captum/saliency": captum_saliency,
    "lxt/attn-lrp": lxt_attn_lrp,
    "rollout": partial(of_attention, explain=rollout, needs_gradients=False),
    "generic-attention": partial(of_attention, explain=generic_attention),
    "attention-grad-cam": partial(of_attention, explain=attention_grad_cam),
    "legrad": partial(of_attention, explain=legrad),
    "together": partial(of_attention, explain=together),
    "pytorch-grad-cam/grad-cam": partial(library_cams, methods=["GradCAM"]),
    "pytorch-grad-cam/cam-family": partial(library_cams, methods=CAM_FAMILY),
}


def measured(measurement: Measurement, subject: Network, show: bool) -> dict:
    with measurement(subject) as run:
        start, cpu = time.perf_counter(), time.process_time()
        result = run()
        took = {
            "ms": (time.perf_counter() - start) * 1000,
            "cpu_ms": (time.process_time() - cpu) * 1000,
        }
    return {**took, "values": result.detach().flatten().tolist()} if show else took


def main() -> None:
    parser = argparse.ArgumentParser(description="Times PyTorch's explanations of one transformer.")
    parser.add_argument("name", choices=TRANSFORMERS)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=CACHE, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="default: %(default)s")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    image = torch.from_numpy(np.fromfile(options.image, "<f4"))
    size = int((len(image) / 3) ** 0.5)
    form = TRANSFORMERS[options.name]
    net = form.load(options.cache).eval().requires_grad_(False)
    subject = Network(form, net, image.reshape(1, 3, size, size))

    packages = ("torch", "timm", "lxt", "captum", "grad-cam")
    about = {"runs": list(MEASUREMENTS), "failed": {}, "versions": {name: version(name) for name in packages}}
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(measured(MEASUREMENTS[asked["run"]], subject, asked.get("show", False))), flush=True)


if __name__ == "__main__":
    main()
