"""What people do to an exported file before they use it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx

from networks import Made

Change = Callable[[Path, Path, Made], None]

# The networks that are post-processed: one of each kind.
SUBJECTS = (
    "torchvision/resnet18",
    "torchvision/mobilenet_v3_small",
    "torchvision/efficientnet_b0",
    "torchvision/densenet121",
    "torchvision/shufflenet_v2_x0_5",
    "timm/convnext_zepto_rms",
    "transformers/vit-sdpa",
    "transformers/swin",
)


def onnxsim(source: Path, result: Path, _: Made) -> None:
    from onnxsim import simplify

    model, same = simplify(onnx.load(source))
    if not same:
        raise ValueError("onnxsim says that its result differs")
    onnx.save(model, result)


def onnxslim(source: Path, result: Path, _: Made) -> None:
    subprocess.run([Path(sys.executable).parent / "onnxslim", source, result], check=True, capture_output=True)


def optimized(level: str) -> Change:
    def change(source: Path, result: Path, _: Made) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_ENABLE_{level}")
        options.optimized_model_filepath = str(result)
        ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        # weights stay in the file next to the source, which the optimized one names
        for weights in source.parent.glob(f"{source.name}.data"):
            shutil.copy(weights, result.parent)

    return change


def half_by_common(source: Path, result: Path, _: Made) -> None:
    """Halves at the ends, too. Small steps need floats there: judged.onnx has them."""
    from onnxconverter_common import float16

    onnx.save(float16.convert_float_to_float16(onnx.load(source)), result)
    judged = float16.convert_float_to_float16(onnx.load(source), keep_io_types=True)
    onnx.save(judged, result.with_name("judged.onnx"))


def half_by_runtime(source: Path, result: Path, _: Made) -> None:
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), result)


def quantized_static(source: Path, result: Path, made: Made) -> None:
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = result.with_name("prepared.onnx")
    quant_pre_process(source, prepared)
    name = onnx.load(prepared, load_external_data=False).graph.input[0].name

    class Batches(CalibrationDataReader):
        def __init__(self) -> None:
            random = np.random.default_rng(0)
            noise = [random.standard_normal(made.x.shape, np.float32) for _ in range(3)]
            self.left = [made.x.numpy(), *noise]

        def get_next(self) -> dict[str, np.ndarray] | None:
            return {name: self.left.pop()} if self.left else None

    quantize_static(prepared, result, Batches(), quant_format=QuantFormat.QDQ)
    prepared.unlink()


def quantized_dynamic(source: Path, result: Path, _: Made) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # ConvInteger of signed weights is not implemented by ONNX Runtime's CPU provider
    quantize_dynamic(source, result, weight_type=QuantType.QUInt8)


def external(source: Path, result: Path, _: Made) -> None:
    """All constants in a file of their own, or, where ONNX Runtime wants to read axes and shapes itself, those of 64 bytes and more."""
    import onnxruntime as ort

    try:
        save_outside(source, result, 0)
        ort.InferenceSession(result, providers=["CPUExecutionProvider"])
    except Exception:  # onnxruntime's own types of errors have no common base
        save_outside(source, result, 64)


def save_outside(source: Path, result: Path, smallest: int) -> None:
    weights = result.with_name("weights.bin")
    weights.unlink(missing_ok=True)  # onnx appends
    onnx.save(onnx.load(source), result, save_as_external_data=True, location=weights.name, size_threshold=smallest)


POST: dict[str, Change] = {
    "onnxsim": onnxsim,
    "onnxslim": onnxslim,
    "ONNX Runtime basic": optimized("BASIC"),
    "ONNX Runtime extended": optimized("EXTENDED"),
    "float16, onnxconverter-common": half_by_common,
    "float16, onnxruntime": half_by_runtime,
    "QDQ, static": quantized_static,
    "int8, dynamic": quantized_dynamic,
    "external data": external,
}
