"""Writes loss.onnx, the model of this example: how far predicted ratings are from given ones.

    loss = mean over the batch of (table[user] . tanh(x W) - rating)^2
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

random = np.random.default_rng(0)
table = random.normal(size=(5, 4)).astype(np.float32)
W = random.normal(size=(3, 4)).astype(np.float32)
graph = helper.make_graph(
    [
        helper.make_node("Gather", ["table", "user"], ["taste"]),
        helper.make_node("MatMul", ["x", "W"], ["product"]),
        helper.make_node("Tanh", ["product"], ["features"]),
        helper.make_node("Mul", ["taste", "features"], ["matches"]),
        helper.make_node("ReduceSum", ["matches", "axis"], ["prediction"], keepdims=0),
        helper.make_node("Sub", ["prediction", "rating"], ["error"]),
        helper.make_node("Mul", ["error", "error"], ["squared"]),
        helper.make_node("ReduceMean", ["squared"], ["loss"], keepdims=0),
    ],
    "ratings",
    [
        helper.make_tensor_value_info("user", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3]),
        helper.make_tensor_value_info("rating", TensorProto.FLOAT, ["batch"]),
    ],
    [
        helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["batch"]),
        helper.make_tensor_value_info("loss", TensorProto.FLOAT, []),
    ],
    [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(W, "W"),
        numpy_helper.from_array(np.array([1]), "axis"),
    ],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
checker.check_model(model, full_check=True)
save(model, Path(__file__).with_name("loss.onnx"))
