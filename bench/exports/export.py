"""Small transformers and their like, with seeded weights, exported in every way that people use.

    python bench/exports/export.py FOLDER [NETWORK ...]

writes NETWORK.WAY.onnx, where the ways are torchscript (opset 17) and dynamo (18, 20, 23), each with eager and, where the network
has it, fused attention, and what ONNX Runtime's extended optimization makes of two of them. Needs torch, timm, transformers, onnxscript, onnxruntime.
"""

import argparse
import logging
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import onnxruntime
import timm
import torch
import transformers
from timm.layers import SwiGLUPacked, set_fused_attn
from timm.models.beit import Beit
from timm.models.deit import VisionTransformerDistilled
from timm.models.efficientformer import EfficientFormer
from timm.models.efficientformer_v2 import EfficientFormerV2
from timm.models.maxxvit import MaxxVit, MaxxVitCfg, MaxxVitTransformerCfg
from timm.models.swin_transformer import SwinTransformer
from timm.models.swin_transformer_v2 import SwinTransformerV2
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torchvision.models import VisionTransformer as TorchvisionTransformer
from torchvision.models.maxvit import MaxVit as TorchvisionMaxVit
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2
from torchvision.models.swin_transformer import SwinTransformer as TorchvisionSwin

CLASSES = 5
SEED = 1


class Logits(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x).logits


def hugging_face(activation: str, fused: bool) -> nn.Module:
    config = transformers.ViTConfig(
        **{"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64},
        **{"image_size": 32, "patch_size": 8, "num_labels": CLASSES, "hidden_act": activation},
        attn_implementation="sdpa" if fused else "eager",
    )
    return Logits(transformers.ViTForImageClassification(config))


TOKENS = {"embed_dim": 32, "depth": 2, "num_heads": 4, "num_classes": CLASSES}
SMALL = {"img_size": 32, "patch_size": 8, **TOKENS}
WINDOWS = {"img_size": 32, "patch_size": 4, "window_size": 4, "embed_dim": 16, "num_classes": CLASSES}

STAGES = {"depths": (1, 1, 1, 2), "embed_dims": (8, 16, 24, 32), "num_vit": 1, "num_classes": CLASSES}


def max_vit(blocks: tuple[str, str]) -> nn.Module:
    """A stage of the first kind of block, and one of the second: M is MaxViT's, C and T are CoAtNet's."""
    attention = MaxxVitTransformerCfg(dim_head=8)
    config = MaxxVitCfg(
        embed_dim=(16, 32), depths=(1, 1), block_type=blocks, stem_width=8, transformer_cfg=attention
    )
    return MaxxVit(config, img_size=64, num_classes=CLASSES)


def torchvision_max_vit() -> nn.Module:
    return TorchvisionMaxVit((64, 64), 8, 4, [16, 32], [1, 1], 8, 0.0, num_classes=CLASSES)


def torchvision_swin_v2() -> nn.Module:
    parts = {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2}
    return TorchvisionSwin([4, 4], 16, [2, 2], [2, 4], [4, 4], num_classes=CLASSES, **parts)


# name: the size of its pictures, and what makes it; fused attention or not
NETWORKS: dict[str, tuple[int, Callable[[bool], nn.Module]]] = {
    "vit": (32, lambda _: VisionTransformer(**SMALL)),
    "registers": (32, lambda _: VisionTransformer(**SMALL, global_pool="avg", reg_tokens=2)),
    "distilled": (32, lambda _: VisionTransformerDistilled(**SMALL)),
    "attention-pooling": (32, lambda _: VisionTransformer(**SMALL, global_pool="map", class_token=False)),
    "swiglu": (32, lambda _: VisionTransformer(**SMALL, mlp_layer=SwiGLUPacked, qk_norm=True, init_values=0.1)),
    "beit": (32, lambda _: Beit(**SMALL, use_rel_pos_bias=True, use_abs_pos_emb=False, init_values=0.1)),
    "swin": (32, lambda _: SwinTransformer(**WINDOWS, depths=(2, 2), num_heads=(2, 4))),
    "torchvision": (32, lambda _: TorchvisionTransformer(32, 8, 2, 4, 32, 64, num_classes=CLASSES)),
    "hugging-face": (32, partial(hugging_face, "gelu")),
    "hugging-face-tanh": (32, partial(hugging_face, "gelu_new")),
    "mobilevit": (64, lambda _: timm.create_model("mobilevit_xxs", num_classes=CLASSES)),
    "convnext": (
        64,
        lambda _: timm.create_model("convnext_atto", depths=(1, 1, 1, 1), dims=(8, 16, 24, 32), num_classes=CLASSES),
    ),
    "maxvit": (64, lambda _: max_vit(("M", "M"))),
    "maxvit-torchvision": (64, lambda _: torchvision_max_vit()),
    "coatnet": (64, lambda _: max_vit(("C", "T"))),
    "swin-v2": (32, lambda _: SwinTransformerV2(**WINDOWS, depths=(2, 2), num_heads=(2, 4))),
    "swin-v2-torchvision": (32, lambda _: torchvision_swin_v2()),
    "efficientformer": (224, lambda _: EfficientFormer(**STAGES)),
    "efficientformer-v2": (64, lambda _: EfficientFormerV2(**STAGES, img_size=64)),
    "mobilenetv3": (64, lambda _: timm.create_model("mobilenetv3_small_050", num_classes=CLASSES)),
}

# whose attention PyTorch can fuse
FUSED = {
    *("vit", "registers", "distilled", "attention-pooling", "swiglu", "beit", "swin", "hugging-face"),
    *("hugging-face-tanh", "mobilevit", "maxvit", "coatnet"),
}


def seeded(model: nn.Module) -> nn.Module:
    """The model with weights that depend on their order alone, in evaluation mode."""
    torch.manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 3:
                parameter.normal_(0, 0.5)
            elif parameter.ndim >= 2:
                parameter.normal_(0, 1.2 / parameter[0].numel() ** 0.5)
            elif "norm" in name and name.endswith("weight"):
                parameter.uniform_(0.5, 1.5)
            else:
                parameter.uniform_(-0.3, 0.3)
    return model.eval()


def ways(model: nn.Module, x: Tensor) -> Iterator[tuple[str, Callable[[Path], None]]]:
    names = {"input_names": ["image"], "output_names": ["logits"]}
    yield "torchscript17", lambda path: torch.onnx.export(model, (x,), path, dynamo=False, opset_version=17, **names)
    for opset in (18, 20, 23):
        made = partial(torch.onnx.export, model, (x,), dynamo=True, opset_version=opset, verbose=False, **names)
        yield f"dynamo{opset}", lambda path, made=made: made().save(path, external_data=False)


def optimize(source: Path, target: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks:
        size, make = NETWORKS[name]
        for fused in (False, True) if name in FUSED else (False,):
            set_fused_attn(fused)
            model = seeded(make(fused))
            x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(SEED))
            for way, write in ways(model, x):
                path = arguments.folder / f"{name}.{'fused' if fused else 'eager'}-{way}.onnx"
                try:
                    write(path)
                except Exception as error:  # the exporter's own limits, as of BEiT's fused attention by dynamo
                    print(f"{path.name}: not exported: {str(error).splitlines()[0]}", flush=True)
                    continue
                if way in ("torchscript17", "dynamo20"):
                    optimize(path, path.with_name(f"{path.stem}-optimized.onnx"))
        print(name, flush=True)


if __name__ == "__main__":
    main()
