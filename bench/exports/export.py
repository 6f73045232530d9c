"""Small transformers and their like, with seeded weights, exported in every way that people use.

    python bench/exports/export.py FOLDER [NETWORK ...]

writes NETWORK.SPELLING-EXPORTER.onnx, where the exporters are torchscript (opset 17) and dynamo (18, 20, 23), and what ONNX Runtime's
extended optimization makes of two of them. The spellings are eager and, where the network has it, fused attention, and others in which
people write the same; see SPELLINGS. Needs torch, timm, transformers, onnxscript, onnxruntime.
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
from timm.layers import Attention, GroupNorm1, LayerNorm2d, RmsNorm, SwiGLUPacked, set_fused_attn
from timm.models.beit import Beit
from timm.models.deit import VisionTransformerDistilled
from timm.models.efficientformer import EfficientFormer
from timm.models.efficientformer_v2 import EfficientFormerV2
from timm.models.eva import Eva
from timm.models.levit import Levit
from timm.models.maxxvit import MaxxVit, MaxxVitCfg, MaxxVitTransformerCfg
from timm.models.metaformer import MetaFormer
from timm.models.pvt_v2 import PyramidVisionTransformerV2
from timm.models.swin_transformer import SwinTransformer
from timm.models.swin_transformer_v2 import SwinTransformerV2
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn import functional
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


class Embedding(nn.Module):
    """An image encoder of CLIP's kind, with classes after it where it has no projection."""

    def __init__(self, model: nn.Module, head: nn.Module | None = None) -> None:
        super().__init__()
        self.model = model
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        found = self.model(x)
        return self.head(found.pooler_output) if self.head else found.image_embeds


OF_HUGGING_FACE = {
    **{"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64},
    **{"image_size": 32, "patch_size": 8},
}


def implementation(spelling: str) -> dict[str, str]:
    return {"attn_implementation": "sdpa" if spelling == "fused" else "eager"}


def hugging_face(activation: str, spelling: str) -> nn.Module:
    known = {**OF_HUGGING_FACE, "num_labels": CLASSES, "hidden_act": activation}
    config = transformers.ViTConfig(**known, **implementation(spelling))
    return Logits(transformers.ViTForImageClassification(config))


def clip(spelling: str) -> nn.Module:
    config = transformers.CLIPVisionConfig(**OF_HUGGING_FACE, projection_dim=CLASSES, **implementation(spelling))
    return Embedding(transformers.CLIPVisionModelWithProjection(config))


def siglip(spelling: str) -> nn.Module:
    config = transformers.SiglipVisionConfig(**OF_HUGGING_FACE, **implementation(spelling))
    return Embedding(transformers.SiglipVisionModel(config), nn.Linear(config.hidden_size, CLASSES))


TOKENS = {"embed_dim": 32, "depth": 2, "num_heads": 4, "num_classes": CLASSES}
SMALL = {"img_size": 32, "patch_size": 8, **TOKENS}
WINDOWS = {"img_size": 32, "patch_size": 4, "window_size": 4, "embed_dim": 16, "num_classes": CLASSES}

PYRAMID = {"depths": (1, 1, 1, 1), "embed_dims": (8, 16, 24, 32), "num_classes": CLASSES}
OF_POOLS = {
    **{"depths": (1, 1, 1, 1), "dims": (8, 16, 24, 32), "num_classes": CLASSES, "downsample_norm": None},
    **{"mlp_act": nn.GELU, "mlp_bias": True, "norm_layers": GroupNorm1, "use_mlp_head": False},
}

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


# name: the size of its pictures, and what makes it in a spelling
NETWORKS: dict[str, tuple[int, Callable[[str], nn.Module]]] = {
    "vit": (32, lambda _: VisionTransformer(**SMALL)),
    "registers": (32, lambda _: VisionTransformer(**SMALL, global_pool="avg", reg_tokens=2)),
    "distilled": (32, lambda _: VisionTransformerDistilled(**SMALL)),
    "attention-pooling": (32, lambda _: VisionTransformer(**SMALL, global_pool="map", class_token=False)),
    "swiglu": (
        32,
        lambda _: VisionTransformer(
            **SMALL, mlp_layer=SwiGLUPacked, act_layer=nn.SiLU, qk_norm=True, init_values=0.1
        ),
    ),
    "beit": (32, lambda _: Beit(**SMALL, use_rel_pos_bias=True, use_abs_pos_emb=False, init_values=0.1)),
    "swin": (32, lambda _: SwinTransformer(**WINDOWS, depths=(2, 2), num_heads=(2, 4))),
    "torchvision": (32, lambda _: TorchvisionTransformer(32, 8, 2, 4, 32, 64, num_classes=CLASSES)),
    "hugging-face": (32, partial(hugging_face, "gelu")),
    "hugging-face-tanh": (32, partial(hugging_face, "gelu_new")),
    "clip": (32, clip),
    "siglip": (32, siglip),
    "rms-norm": (32, lambda _: VisionTransformer(**SMALL, norm_layer=RmsNorm)),
    "rotary": (
        32,
        lambda _: Eva(**SMALL, use_rot_pos_emb=True, swiglu_mlp=True, scale_mlp=True, ref_feat_shape=(4, 4)),
    ),
    "pvt": (64, lambda _: PyramidVisionTransformerV2(**PYRAMID, num_heads=(1, 2, 3, 4), sr_ratios=(8, 4, 2, 1))),
    "poolformer": (64, lambda _: MetaFormer(**OF_POOLS)),
    "levit": (64, lambda _: Levit(64, num_classes=CLASSES, embed_dim=(16, 24), key_dim=8, depth=(1, 1), num_heads=(2, 3))),
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

# in which ways a network is written, other than eager attention: fused by PyTorch, and those of `spell`
SPELLINGS: dict[str, tuple[str, ...]] = {
    "vit": ("fused", "split", "slice", "three", "parts", "keras"),
    **{name: ("fused",) for name in ("registers", "distilled", "attention-pooling", "beit", "swin", "hugging-face")},
    **{name: ("fused",) for name in ("hugging-face-tanh", "clip", "siglip", "mobilevit", "maxvit", "coatnet")},
    "swiglu": ("fused", "parts"),
    "rms-norm": ("fused", "parts", "keras"),
    "rotary": ("fused",),
    "pvt": ("fused", "keras"),
    "convnext": ("parts", "keras"),
    "mobilenetv3": ("parts",),
}


def layer_norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """As published networks write it, over channels that come first or last."""
    axis = 1 if isinstance(norm, LayerNorm2d) else -1
    shape = (-1, 1, 1) if axis == 1 else (-1,)
    centered = x - x.mean(axis, keepdim=True)
    y = centered / torch.sqrt(centered.pow(2).mean(axis, keepdim=True) + norm.eps)
    return norm.weight.view(shape) * y + norm.bias.view(shape)


def keras_layer_norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """As Keras writes it: x inv + (b - mean inv), the variance by the mean of squares."""
    axis = 1 if isinstance(norm, LayerNorm2d) else -1
    shape = (-1, 1, 1) if axis == 1 else (-1,)
    mean = x.mean(axis, keepdim=True)
    variance = (x * x).mean(axis, keepdim=True) - mean * mean
    inverse = torch.rsqrt(torch.relu(variance) + norm.eps) * norm.weight.view(shape)
    return x * inverse + (norm.bias.view(shape) - mean * inverse)


def rms_norm(norm: RmsNorm, x: Tensor) -> Tensor:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + norm.eps) * norm.weight


def keras_rms_norm(norm: RmsNorm, x: Tensor) -> Tensor:
    return x * (torch.rsqrt((x * x).mean(-1, keepdim=True) + norm.eps) * norm.weight)


# what each spelling writes in other words than PyTorch's functions
ARITHMETIC: dict[str, dict[type[nn.Module], Callable[[nn.Module, Tensor], Tensor]]] = {
    "parts": {
        nn.LayerNorm: layer_norm,
        RmsNorm: rms_norm,
        nn.GELU: lambda _, x: x * 0.5 * (1.0 + torch.erf(x / 2**0.5)),
        nn.SiLU: lambda _, x: torch.sigmoid(x) * x,
        nn.Hardswish: lambda _, x: x * functional.relu6(x + 3) / 6,
        nn.Hardsigmoid: lambda _, x: functional.relu6(x + 3) / 6,
    },
    "keras": {
        nn.LayerNorm: keras_layer_norm,
        RmsNorm: keras_rms_norm,
        # 1 - erf is erfc
        nn.GELU: lambda _, x: 0.5 * x * (1 - torch.erf(-x * 2**-0.5)),
    },
}


def attend(attention: Attention, spelling: str, x: Tensor, **_: object) -> Tensor:
    """Attention with queries, keys and values by three parts of a product, or by three products, or in Keras' words."""
    weight, bias, width = attention.qkv.weight, attention.qkv.bias, x.shape[-1]
    if spelling == "three":
        pairs = zip(weight.chunk(3), bias.chunk(3), strict=True)
        three = [functional.linear(x, w, b) for w, b in pairs]
    else:
        together = attention.qkv(x)
        parts = [together[..., i * width : (i + 1) * width] for i in range(3)]
        three = list(together.split(width, -1)) if spelling == "split" else parts
    q, k, v = (part.reshape(*x.shape[:2], attention.num_heads, -1) for part in three)
    if spelling == "keras":
        scores = torch.einsum("aecd,abcd->acbe", k, q * attention.scale)
        powers = torch.exp(scores - scores.amax(-1, keepdim=True))
        y = torch.einsum("acbe,aecd->abcd", powers / powers.sum(-1, keepdim=True), v)
    else:
        q, k, v = (part.transpose(1, 2) for part in (q, k, v))
        y = (torch.softmax(q @ k.transpose(-2, -1) / attention.scale**-1, -1) @ v).transpose(1, 2)
    return attention.proj(y.reshape(x.shape))


def spell(model: nn.Module, spelling: str) -> nn.Module:
    """The same function in other words."""
    for module in model.modules():
        if type(module) is Attention and spelling in ("split", "slice", "three", "keras"):
            module.forward = partial(attend, module, spelling)
        for kind, write in ARITHMETIC.get(spelling, {}).items():
            if isinstance(module, kind):
                module.forward = partial(write, module)
    return model



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


def simplify(path: Path) -> None:
    """What other tools make of a file. They are imported here, since only this needs them."""
    import onnx
    import onnxsim
    import onnxslim
    from onnxruntime.transformers.optimizer import optimize_model

    onnx.save(onnxsim.simplify(onnx.load(path))[0], path.with_name(f"{path.stem}-sim.onnx"))
    onnx.save(onnxslim.slim(onnx.load(path)), path.with_name(f"{path.stem}-slim.onnx"))
    kind = "clip" if path.name.startswith("clip") else "vit"
    fused = optimize_model(str(path), kind, num_heads=4, hidden_size=32, opt_level=0, use_gpu=False)
    fused.save_model_to_file(str(path.with_name(f"{path.stem}-transformers.onnx")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS))
    parser.add_argument("--tools", action="store_true", help="also what onnxsim, onnxslim and ONNX Runtime's tools make of them")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks:
        size, make = NETWORKS[name]
        for spelling in ("eager", *SPELLINGS.get(name, ())):
            set_fused_attn(spelling == "fused")
            model = spell(seeded(make(spelling)), spelling)
            x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(SEED))
            for way, write in ways(model, x):
                path = arguments.folder / f"{name}.{spelling}-{way}.onnx"
                try:
                    write(path)
                except Exception as error:  # the exporter's own limits, as of BEiT's fused attention by dynamo
                    print(f"{path.name}: not exported: {str(error).splitlines()[0]}", flush=True)
                    continue
                if way in ("torchscript17", "dynamo20"):
                    optimize(path, path.with_name(f"{path.stem}-optimized.onnx"))
                    if arguments.tools:
                        simplify(path)
        print(name, flush=True)


if __name__ == "__main__":
    main()
