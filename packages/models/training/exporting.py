"""From PyTorch to the folder that holds a model: model.onnx, config.json and preprocessor_config.json."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from evaluation import logits_of
from preprocessing import PREPROCESSOR_CONFIG, SIZE, normalize
from torch import nn

OPSET = 17
LARGEST_DIFFERENCE = 1e-4
LARGEST_FILE = 1_500_000


def export(model: nn.Module, folder: Path, classes: tuple[str, ...]) -> None:
    """Writes the three files of a network that is in evaluation mode."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    torch.onnx.export(
        model.cpu().to(memory_format=torch.contiguous_format),
        (torch.zeros(1, 3, SIZE, SIZE),),
        path,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        opset_version=OPSET,
        # or batch normalization would become part of the convolutions in every file
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        # the exporter that names nodes by the modules that they come from
        dynamo=False,
    )
    document = onnx.load(path)
    _tidy(document.graph)
    onnx.save(document, path)
    _write_json(folder / "config.json", config_of(classes))
    _write_json(folder / "preprocessor_config.json", PREPROCESSOR_CONFIG)


def _tidy(graph: onnx.GraphProto) -> None:
    """Names nodes by their modules, /stage1/stage1.0/conv1/conv/Conv as stage1.0/conv1/conv, and values by their nodes."""
    for node in graph.node:
        scopes = node.name.strip("/").split("/")
        node.name = "/".join(scope for scope, inner in pairwise(scopes) if not inner.startswith(f"{scope}."))
    for node in graph.node:
        # what a module does between its parts
        if any(other.name.startswith(f"{node.name}/") for other in graph.node):
            node.name += f"/{node.op_type.lower()}"
    if len({node.name for node in graph.node}) < len(graph.node):
        raise ValueError("a module has several operations of one kind, and their nodes the same name")
    outputs = {value.name for value in graph.output}
    names = {node.output[0]: node.name for node in graph.node if node.output[0] not in outputs}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]


def config_of(classes: tuple[str, ...]) -> dict[str, object]:
    """The classes' names, as Hugging Face's models have them."""
    return {
        "id2label": {str(i): name for i, name in enumerate(classes)},
        "label2id": {name: i for i, name in enumerate(classes)},
    }


def check_export(model: nn.Module, path: Path, pixels: np.ndarray) -> float:
    """The largest difference of the file's logits from the network's; ValueError where it is too large, or the file."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    with torch.no_grad():
        expected = model.cpu()(torch.from_numpy(normalize(pixels.astype(np.float32)))).numpy()
    difference = float(np.abs(logits_of(path, pixels) - expected).max())
    if difference > LARGEST_DIFFERENCE:
        raise ValueError(f"{path}: logits differ from the network's by {difference:.2g}, more than {LARGEST_DIFFERENCE}")
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path}: has {path.stat().st_size} bytes, more than {LARGEST_FILE}")
    return difference


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")
