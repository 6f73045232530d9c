"""From PyTorch to the folder that holds a model: model.onnx, config.json and preprocessor_config.json."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from evaluation import logits_of
from onnx import numpy_helper
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
    _name_matrices(document.graph)
    _settle_shapes(document)
    _tidy(document.graph)
    onnx.save(document, path)
    _write_json(folder / "config.json", config_of(classes))
    _write_json(folder / "preprocessor_config.json", PREPROCESSOR_CONFIG)


def _name_matrices(graph: onnx.GraphProto) -> None:
    """Transposes the weights of linear layers, which products of more than two axes take so, and keeps their names."""
    weights = {weight.name: weight for weight in graph.initializer}
    turned = {node.output[0]: node for node in graph.node if node.op_type == "Transpose" and node.input[0] in weights}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in turned:
            transpose = turned[node.input[1]]
            weight = weights[transpose.input[0]]
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).T.copy(), weight.name))
            node.input[1] = weight.name
            graph.node.remove(transpose)


def _settle_shapes(document: onnx.ModelProto) -> None:
    """Makes constants of shapes that the exporter computes from those of other tensors; the batch stays open."""
    graph = document.graph
    reshapes = [node for node in graph.node if node.op_type == "Reshape"]
    if not reshapes:
        return
    results = [node.output[0] for node in reshapes]
    probe = onnx.ModelProto()
    probe.CopyFrom(document)
    probe.graph.output.extend(onnx.ValueInfoProto(name=result) for result in results)
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    one, two = (session.run(results, {"image": np.zeros((n, 3, SIZE, SIZE), np.float32)}) for n in (1, 2))
    shapes = {}
    for node, of_one, of_two in zip(reshapes, one, two, strict=True):
        extents = zip(of_one.shape, of_two.shape, strict=True)
        node.input[1] = f"{node.output[0]}/shape"
        shapes[node.input[1]] = np.array([extent if extent == other else -1 for extent, other in extents])
    while idle := _idle(graph):
        for node in idle:
            graph.node.remove(node)
    for node in graph.node:
        if node.op_type == "Reshape":
            graph.initializer.append(numpy_helper.from_array(shapes[node.input[1]], node.input[1]))


def _idle(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Nodes whose output nothing takes."""
    used = {name for node in graph.node for name in node.input} | {value.name for value in graph.output}
    return [node for node in graph.node if used.isdisjoint(node.output)]


def _tidy(graph: onnx.GraphProto) -> None:
    """Names nodes by their modules, /stage1/stage1.0/conv1/conv/Conv as stage1.0/conv1/conv, and values by their nodes."""
    modules = []
    for node in graph.node:
        scopes = node.name.strip("/").split("/")
        modules.append("/".join(scope for scope, inner in pairwise(scopes) if not inner.startswith(f"{scope}.")))
    counts: Counter[str] = Counter()
    for node, module in zip(graph.node, modules, strict=True):
        # what a module does between its parts, or several operations of one
        if not module or modules.count(module) > 1 or any(other.startswith(f"{module}/") for other in modules):
            name = f"{module}/{node.op_type.lower()}".strip("/")
            counts[name] += 1
            node.name = name if counts[name] == 1 else f"{name}_{counts[name]}"
        else:
            node.name = module
    outputs = {value.name for value in graph.output}
    names = {node.output[0]: node.name for node in graph.node if node.output[0] not in outputs}
    names |= {f"{output}/shape": f"{name}/shape" for output, name in names.items()}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for weight in graph.initializer:
        weight.name = names.get(weight.name, weight.name)


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
