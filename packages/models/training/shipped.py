"""The embedded networks in PyTorch, with the weights of the very files that are shipped."""

from pathlib import Path

import onnx
import torch
from architectures import ARCHITECTURES, folded
from cards import MODELS
from onnx import numpy_helper
from torch import nn


def file_of(name: str) -> Path:
    return MODELS / name / "model.onnx"


def shipped(name: str) -> nn.Module:
    """In evaluation mode, folded as the file is."""
    graph = onnx.load(file_of(name)).graph
    # others are shapes
    weights = [weight for weight in graph.initializer if weight.data_type == onnx.TensorProto.FLOAT]
    weights = {weight.name: torch.from_numpy(numpy_helper.to_array(weight).copy()) for weight in weights}
    # MatMul takes its matrix the other way round than a linear layer
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            weights[node.input[1]] = weights[node.input[1]].T
    classes = graph.output[0].type.tensor_type.shape.dim[1].dim_value
    model = ARCHITECTURES[name](classes).eval()
    if not any(".bn." in parameter for parameter in weights):
        model = folded(model)
    for parameter, values in weights.items():
        path, _, leaf = parameter.rpartition(".")
        module = model.get_submodule(path)
        current = getattr(module, leaf)
        # widths are the file's
        setattr(module, leaf, nn.Parameter(values) if isinstance(current, nn.Parameter) else values)
    return model
