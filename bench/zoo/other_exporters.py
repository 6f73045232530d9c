"""Measures Limn on a handful of networks of Keras, JAX and Paddle, by their own exporters.

    python bench/zoo/other_exporters.py keras|jax|paddle [--only PATTERN] [--again]

Each framework is in an environment of its own (README.md says what is in it). A line of others.jsonl
for every file; what it already holds is skipped.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import limn

RESULTS = limn.HERE / "others.jsonl"
CACHE = limn.HERE.parents[1] / ".cache" / "zoo" / str(os.getpid())

SEED, CLASSES, SIZE = 0, 20, 96


@dataclass
class Made:
    """A network, its input, and what the framework says of it."""

    x: np.ndarray
    target: int
    # of the target's logit by the input, in its layout
    gradient: np.ndarray
    parameters: int
    # by the exporter's name: writes the file
    exports: dict[str, Callable[[Path], object]]
    # [channels, height, width] of the backbone's last feature map
    features: list[int] | None = None


Networks = Iterator[tuple[str, Callable[[], Made]]]


def pictures(count: int, channels_last: bool) -> np.ndarray:
    shape = (count, SIZE, SIZE, 3) if channels_last else (count, 3, SIZE, SIZE)
    return np.random.default_rng(SEED).standard_normal(shape).astype(np.float32)


def settled(value: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Random values for a parameter that starts as a constant, as scales and biases do."""
    if value.size < 2 or np.any(value != value.flat[0]):
        return value
    if value.flat[0] == 0:
        return (random.standard_normal(value.shape) * 0.1).astype(value.dtype)
    return (random.uniform(0.5, 1.5, value.shape) * value.flat[0]).astype(value.dtype)


def keras_networks() -> Networks:
    """Keras' applications, as `model.export` and as tf2onnx write them; NHWC, and NCHW by tf2onnx."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    import keras
    import tensorflow as tf
    import tf2onnx

    signature = [tf.TensorSpec((1, SIZE, SIZE, 3), tf.float32, name="image")]

    def made(build: Callable[..., keras.Model]) -> Made:
        keras.utils.set_random_seed(SEED)
        net = build(
            input_shape=(SIZE, SIZE, 3), weights=None, classes=CLASSES, classifier_activation=None
        )
        random = np.random.default_rng(SEED)
        for variable in net.trainable_variables:
            variable.assign(settled(variable.numpy(), random))
        for layer in net.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = 0.0  # the statistics of the one batch that it sees
        net(pictures(8, True), training=True)
        x = tf.constant(pictures(1, True))
        with tf.GradientTape() as tape:
            tape.watch(x)
            logits = net(x, training=False)
            target = int(tf.argmax(logits[0]))
            score = logits[0, target]
        gradient = tape.gradient(score, x).numpy()
        run = tf.function(lambda image: net(image, training=False), input_signature=signature)
        grids = [layer.output.shape for layer in net.layers if len(layer.output.shape) == 4]
        last = next(grid for grid in reversed(grids) if grid[1] > 1)

        def by_keras(path: Path) -> None:
            net.export(path, format="onnx", verbose=False, input_signature=signature)

        def by_tf2onnx(path: Path, **options: object) -> None:
            tf2onnx.convert.from_function(
                run, input_signature=signature, opset=17, output_path=str(path), **options
            )

        exports = {
            "keras": by_keras,
            "tf2onnx-17": by_tf2onnx,
            "tf2onnx-17, NCHW": lambda path: by_tf2onnx(path, inputs_as_nchw=["image"]),
        }
        return Made(x.numpy(), target, gradient, net.count_params(), exports, [last[3], last[1], last[2]])

    for name in ("MobileNetV2", "ResNet50V2", "DenseNet121", "EfficientNetV2B0", "NASNetMobile", "ConvNeXtTiny", "Xception"):
        yield f"keras/{name}", lambda name=name: made(getattr(keras.applications, name))


def jax_networks() -> Networks:
    """Small networks of flax' nnx, as jax2onnx writes them."""
    import jax
    import jax.numpy as jnp
    import onnx
    from flax import nnx
    from jax2onnx import to_onnx

    class Residual(nnx.Module):
        def __init__(self, rngs: nnx.Rngs):
            self.stem = nnx.Conv(3, 16, (3, 3), strides=2, rngs=rngs)
            self.convs = nnx.List([nnx.Conv(16, 16, (3, 3), rngs=rngs) for _ in range(4)])
            self.norms = nnx.List([nnx.BatchNorm(16, momentum=0.0, rngs=rngs) for _ in range(4)])
            self.head = nnx.Linear(16, CLASSES, rngs=rngs)

        def __call__(self, x: jax.Array) -> jax.Array:
            x = nnx.relu(self.stem(x))
            for conv, norm in zip(self.convs, self.norms, strict=True):
                x = nnx.relu(x + norm(conv(x)))
            return self.head(x.mean((1, 2)))

    class ConvNext(nnx.Module):
        def __init__(self, rngs: nnx.Rngs):
            self.stem = nnx.Conv(3, 24, (4, 4), strides=4, padding="VALID", rngs=rngs)
            self.spatial = nnx.List(
                [nnx.Conv(24, 24, (7, 7), feature_group_count=24, rngs=rngs) for _ in range(2)]
            )
            self.norms = nnx.List([nnx.LayerNorm(24, rngs=rngs) for _ in range(2)])
            self.up = nnx.List([nnx.Linear(24, 96, rngs=rngs) for _ in range(2)])
            self.down = nnx.List([nnx.Linear(96, 24, rngs=rngs) for _ in range(2)])
            self.head = nnx.Linear(24, CLASSES, rngs=rngs)

        def __call__(self, x: jax.Array) -> jax.Array:
            x = self.stem(x)
            for spatial, norm, up, down in zip(self.spatial, self.norms, self.up, self.down, strict=True):
                x = x + down(nnx.gelu(up(norm(spatial(x))), approximate=False))
            return self.head(x.mean((1, 2)))

    class Vit(nnx.Module):
        def __init__(self, rngs: nnx.Rngs):
            self.patches = nnx.Conv(3, 32, (16, 16), strides=16, padding="VALID", rngs=rngs)
            count = (SIZE // 16) ** 2 + 1
            self.cls = nnx.Param(jax.random.normal(rngs(), (1, 1, 32)) * 0.1)
            self.places = nnx.Param(jax.random.normal(rngs(), (1, count, 32)) * 0.1)
            self.norms = nnx.List([nnx.LayerNorm(32, rngs=rngs) for _ in range(5)])
            self.attention = nnx.List(
                [nnx.MultiHeadAttention(4, 32, decode=False, rngs=rngs) for _ in range(2)]
            )
            self.up = nnx.List([nnx.Linear(32, 64, rngs=rngs) for _ in range(2)])
            self.down = nnx.List([nnx.Linear(64, 32, rngs=rngs) for _ in range(2)])
            self.head = nnx.Linear(32, CLASSES, rngs=rngs)

        def __call__(self, x: jax.Array) -> jax.Array:
            x = self.patches(x).reshape(1, -1, 32)
            x = jnp.concatenate([self.cls[...], x], axis=1) + self.places[...]
            for i in range(2):
                x = x + self.attention[i](self.norms[2 * i](x))
                x = x + self.down[i](nnx.gelu(self.up[i](self.norms[2 * i + 1](x))))
            return self.head(self.norms[4](x)[:, 0])

    class Mixer(nnx.Module):
        def __init__(self, rngs: nnx.Rngs):
            self.patches = nnx.Conv(3, 32, (16, 16), strides=16, padding="VALID", rngs=rngs)
            count = (SIZE // 16) ** 2
            self.norms = nnx.List([nnx.LayerNorm(32, rngs=rngs) for _ in range(3)])
            self.tokens = nnx.List([nnx.Linear(count, 64, rngs=rngs), nnx.Linear(64, count, rngs=rngs)])
            self.channels = nnx.List([nnx.Linear(32, 64, rngs=rngs), nnx.Linear(64, 32, rngs=rngs)])
            self.head = nnx.Linear(32, CLASSES, rngs=rngs)

        def __call__(self, x: jax.Array) -> jax.Array:
            x = self.patches(x).reshape(1, -1, 32)
            first, second = self.tokens
            x = x + second(nnx.silu(first(self.norms[0](x).transpose(0, 2, 1)))).transpose(0, 2, 1)
            first, second = self.channels
            x = x + second(nnx.silu(first(self.norms[1](x))))
            return self.head(self.norms[2](x).mean(1))

    def made(build: type[nnx.Module], features: list[int]) -> Made:
        net = build(nnx.Rngs(SEED))
        random = np.random.default_rng(SEED)
        state = nnx.state(net, nnx.Param)
        nnx.update(net, jax.tree.map(lambda v: jnp.asarray(settled(np.asarray(v), random)), state))
        if build is Residual:
            net(pictures(8, True))
        net.eval()
        x = jnp.asarray(pictures(1, True))
        target = int(net(x)[0].argmax())
        gradient = jax.grad(lambda image: net(image)[0, target])(x)
        parameters = sum(v.size for v in jax.tree.leaves(state))

        def export(path: Path) -> None:
            model = to_onnx(net, [x.shape], model_name=build.__name__)
            onnx.save(model, path)

        return Made(np.asarray(x), target, np.asarray(gradient), parameters, {"jax2onnx": export}, features)

    own = {
        "resnet": (Residual, [16, SIZE // 2, SIZE // 2]),
        "convnext": (ConvNext, [24, SIZE // 4, SIZE // 4]),
        "vit": (Vit, [32, (SIZE // 16) ** 2 + 1]),
        "mixer": (Mixer, [32, (SIZE // 16) ** 2]),
    }
    for name, (build, features) in own.items():
        yield f"flax/{name}", lambda build=build, features=features: made(build, features)


def paddle_networks() -> Networks:
    """Networks of paddle.vision, as paddle2onnx writes them."""
    import paddle
    from paddle.vision import models

    # folding constants with Polygraphy takes minutes, and installs packages as it goes
    import paddle2onnx.convert as convert

    export_static = convert.export

    def unfolded(*args: object, **options: object) -> object:
        return export_static(*args, **{**options, "optimize_tool": "none"})

    convert.export = unfolded

    def made(build: Callable[..., paddle.nn.Layer]) -> Made:
        paddle.seed(SEED)
        net = build(num_classes=CLASSES)
        random = np.random.default_rng(SEED)
        for parameter in net.parameters():
            parameter.set_value(settled(parameter.numpy(), random))
        for layer in net.sublayers():
            if isinstance(layer, paddle.nn.BatchNorm2D):
                layer._momentum = 0.0  # the statistics of the one batch that it sees
        net.train()
        with paddle.no_grad():
            net(paddle.to_tensor(pictures(8, False)))
        net.eval()
        x = paddle.to_tensor(pictures(1, False), stop_gradient=False)
        logits = net(x)
        target = int(logits[0].argmax())
        logits[0, target].backward()
        parameters = int(sum(np.prod(p.shape) for p in net.parameters()))

        def export(path: Path) -> None:
            spec = paddle.static.InputSpec([1, 3, SIZE, SIZE], "float32", "image")
            paddle.onnx.export(net, str(path.with_suffix("")), input_spec=[spec], opset_version=17)
            if not path.exists():
                raise RuntimeError("paddle2onnx wrote no file")

        return Made(x.numpy(), target, x.grad.numpy(), parameters, {"paddle2onnx-17": export})

    for name in ("mobilenet_v2", "mobilenet_v3_small", "resnet18", "shufflenet_v2_x0_5", "densenet121", "squeezenet1_1"):
        yield f"paddle/{name}", lambda name=name: made(getattr(models, name))


FRAMEWORKS = {"keras": keras_networks, "jax": jax_networks, "paddle": paddle_networks}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures Limn on networks of other frameworks.")
    parser.add_argument("framework", choices=FRAMEWORKS)
    parser.add_argument("--only", default="", help="a pattern that names of networks match")
    parser.add_argument("--again", action="store_true", help="measure what is measured, too")
    options = parser.parse_args()
    known = [] if options.again or not RESULTS.exists() else [json.loads(s) for s in RESULTS.read_text().splitlines()]
    measured = {line["network"] for line in known}
    for name, make in FRAMEWORKS[options.framework]():
        if re.search(options.only, name) and name not in measured:
            measure(name, make)


def measure(network: str, make: Callable[[], Made]) -> None:
    said = {"network": network, "revision": limn.revision(), "variant": "as exported", "size": SIZE}
    start = time.perf_counter()
    made = make()
    said |= {"parameters": made.parameters, "features": made.features, "makeSeconds": seconds_since(start)}
    for exporter, export in made.exports.items():
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        start = time.perf_counter()
        line = {**said, "exporter": exporter}
        try:
            export(CACHE / "model.onnx")
        except Exception as error:  # noqa: BLE001 - exporters fail in many ways
            write({**line, "export": limn.reason_of(error)})
            continue
        line["exportSeconds"] = seconds_since(start)
        x, gradient = made.x, made.gradient
        if exporter.endswith("NCHW"):
            x, gradient = (v.transpose(0, 3, 1, 2) for v in (x, gradient))
        write({**line, **limn.explained(CACHE, x, gradient, {"target": made.target})})
    shutil.rmtree(CACHE, ignore_errors=True)


def seconds_since(start: float) -> float:
    return round(time.perf_counter() - start, 1)


def write(line: dict) -> None:
    with RESULTS.open("a") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line)[:400], flush=True)


if __name__ == "__main__":
    sys.exit(main())
