#!/usr/bin/env python3
"""Small models in every layout that miclip loads, with random weights, and what PyTorch computes with them.

    python3 make_layouts.py OUTPUT

A folder a layout: the checkpoint as users have it, and expected.safetensors with pixels, texts, and outputs under the names
of miclip's hook points. parity.py makes the same of the published sizes. Needs torch, transformers, timm and safetensors
from PyPI.
"""
import json
import sys
import types
import importlib.machinery
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["an ankle boot", "a long dress with stripes", "bag"]


def import_timm():
    """timm's models, also where torchvision is not installed: they need only a few of its names."""
    try:
        import torchvision  # noqa: F401
    except ImportError:
        class Anything(types.ModuleType):
            __path__ = []

            def __init__(self, name):
                super().__init__(name)
                self.__spec__ = importlib.machinery.ModuleSpec(name, None)
                sys.modules[name] = self
                parent, _, child = name.rpartition(".")
                if parent: setattr(sys.modules[parent], child, self)

            def __getattr__(self, name):
                if name.startswith("__"): raise AttributeError(name)
                if name == "InterpolationMode": return Interpolation
                return type(name, (torch.nn.Module,), {})

        import enum
        Interpolation = enum.Enum("InterpolationMode", {n.upper(): n for n in (
            "nearest", "bilinear", "bicubic", "box", "hamming", "lanczos")})
        for name in ("", ".ops", ".ops.misc", ".transforms", ".transforms.functional", ".models",
                     ".models.feature_extraction", ".datasets"):
            Anything("torchvision" + name)
    from timm.models import resnet, vision_transformer
    return vision_transformer, resnet


def randomize(model):
    """Weights as after training in size, and nothing left at zero or one."""
    generator = torch.Generator().manual_seed(1)
    for name, p in list(model.named_parameters()) + list(model.named_buffers()):
        if not p.is_floating_point(): continue
        noise = torch.randn(p.shape, generator=generator)
        if name.endswith("running_var"): p.data = 0.5 + torch.rand(p.shape, generator=generator)
        elif "logit_scale" in name or "attn_mask" in name or "inv_freq" in name: continue
        elif p.dim() <= 1 and name.endswith("weight"): p.data = 1 + 0.1 * noise
        elif p.dim() <= 1: p.data = 0.1 * noise
        else: p.data = noise * (1 / max(p[0].numel(), 1)) ** 0.5
    return model.eval()


def recorder(modules, transform=lambda x: x):
    found = {}
    for name, module in modules:
        module.register_forward_hook(lambda _m, _i, o, name=name: found.__setitem__(
            name, transform(o[0] if isinstance(o, tuple) else o).detach().clone()))
    return found


def store(folder, weights, config, found, dtype=None, file="model.safetensors", config_file="config.json"):
    folder.mkdir(parents=True, exist_ok=True)
    weights = {k: (v.to(dtype) if dtype and v.is_floating_point() else v).contiguous() for k, v in weights.items()}
    save_file(weights, folder / file)
    if config is not None: (folder / config_file).write_text(json.dumps(config))
    save_file({k: v.float().contiguous() for k, v in found.items()}, folder / "expected.safetensors",
              metadata={"texts": json.dumps(TEXTS)})
    print(folder.name, sum(v.numel() for v in weights.values()))


def rounded(model, dtype):
    """The model with the weights the file will have. What the file does not have is not rounded."""
    if not dtype:
        return model
    unsaved = {name: value.clone() for name, value in model.named_buffers() if name not in model.state_dict()}
    model = model.to(dtype).float()
    for name, value in unsaved.items():
        model.get_buffer(name).copy_(value)
    return model


def pixels(size, count=2):
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(2))


def timm_vit(output):
    vit, _ = import_timm()
    size = dict(img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=4, num_classes=5)
    model = rounded(randomize(vit.VisionTransformer(**size)), torch.float16)
    x = pixels(size["img_size"])
    found = recorder([("embeddings", model.norm_pre), ("norm", model.norm)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(model.blocks)])
    found["logits"] = model(x).detach()
    found["pixels"] = x
    config = {"architecture": "vit_base_patch16_224", "num_classes": size["num_classes"], "global_pool": "token",
              "pretrained_cfg": {"input_size": [3, 224, 224], "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]},
              "model_args": {"num_heads": 4}}
    store(output / "timm-vit", model.state_dict(), config, found, torch.float16)


def hf_vit(output):
    config = transformers.ViTConfig(
        image_size=16, patch_size=4, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        num_labels=3)
    model = rounded(randomize(transformers.ViTForImageClassification(config)), torch.bfloat16)
    x = pixels(config.image_size)
    layers = [m for m in model.modules() if type(m).__name__ == "ViTLayer"]
    found = recorder([("embeddings", model.vit.embeddings), ("norm", model.vit.layernorm)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(layers)])
    found["logits"] = model(x).logits.detach()
    found["pixels"] = x
    config = {**config.to_dict(), "model_type": "vit"}
    # As transformers 5 names its modules, which is what a saved state_dict has.
    store(output / "hf-vit-state", model.state_dict(), config, found, torch.bfloat16)
    # As it publishes them.
    folder = output / "hf-vit-sharded"
    store(folder, {}, None, found)
    (folder / "model.safetensors").unlink()
    model.to(torch.bfloat16).save_pretrained(folder, max_shard_size="15KB")


def unwrapped(model):
    """The part of transformers' models that has the blocks."""
    return getattr(model, "vit", getattr(model, "dinov2", getattr(model, "dinov2_with_registers", getattr(model, "deit", model))))


def transformers_vits():
    """ViTs of transformers by the names of their layouts: the model, the size of its images, the type of its weights."""
    small = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2)
    vit = dict(small, intermediate_size=48, image_size=16, patch_size=4)
    # 28 pixels have other places than 20: these are stretched.
    dino = dict(small, image_size=20, patch_size=4, mlp_ratio=2)
    t = transformers
    return {
        "hf-vit-backbone": (t.ViTModel(t.ViTConfig(**vit)), 16, None),
        "hf-dinov2": (t.Dinov2Model(t.Dinov2Config(**dino)), 28, torch.bfloat16),
        "hf-dinov2-vit-gated-head": (t.Dinov2ForImageClassification(
            t.Dinov2Config(**dino, use_swiglu_ffn=True, num_labels=3)), 20, None),
        "hf-dinov2-vit-registers": (t.Dinov2WithRegistersModel(
            t.Dinov2WithRegistersConfig(**dino, num_register_tokens=3)), 12, torch.float16),
        "hf-dinov3-vit": (t.DINOv3ViTModel(t.DINOv3ViTConfig(**vit, num_register_tokens=3)), 24, None),
        "hf-deit-vit-distilled": (t.DeiTForImageClassificationWithTeacher(t.DeiTConfig(**vit, num_labels=3)), 16, torch.float16),
        "hf-vit-image-tower": (t.CLIPVisionModelWithProjection(t.CLIPVisionConfig(**vit, projection_dim=24)), 16, None),
    }


def transformers_vit(folder, model, size, dtype, x=None):
    """As transformers publishes it, with what it wants done to images."""
    model = rounded(randomize(model), dtype)
    x = pixels(size) if x is None else x
    inner = unwrapped(model)
    blocks = [m for m in model.modules() if isinstance(m, torch.nn.Module) and type(m).__name__ in (
        "ViTLayer", "Dinov2Layer", "Dinov2WithRegistersLayer", "DINOv3ViTLayer", "DeiTLayer", "CLIPEncoderLayer")]
    tower = getattr(inner, "vision_model", inner)
    first = getattr(tower, "pre_layrnorm", inner.embeddings if hasattr(inner, "embeddings") else None)
    last = getattr(inner, "layernorm", getattr(inner, "norm", None))
    found = recorder([("embeddings", first)] + [(f"blocks.{i}", b) for i, b in enumerate(blocks)]
                     + ([("norm", last)] if last is not None else []))
    output = model(x)
    for name, key in (("logits", "logits"), ("projection", "image_embeds")):
        if getattr(output, key, None) is not None: found[name] = getattr(output, key).detach()
    found["pixels"] = x
    store(folder, {}, None, found)
    (folder / "model.safetensors").unlink()
    (model.to(dtype) if dtype else model).save_pretrained(folder)
    processor = {"image_processor_type": "ViTImageProcessor", "size": {"height": size, "width": size},
                 "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.125]}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))


def timm_vits():
    """timm's relatives of the ViT: the arguments of its class, an architecture of that kind, and the pooling of its config."""
    small = dict(img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=4, num_classes=5)
    return {
        "timm-vit-headless": (dict(small, num_classes=0), "vit_base_patch16_224", "token"),
        "timm-vit-registers": (dict(small, num_classes=0, reg_tokens=3, no_embed_class=True, init_values=0.5),
                               "vit_small_patch14_reg4_dinov2", "token"),
        "timm-vit-mean": (dict(small, global_pool="avg"), "vit_base_patch16_224", "avg"),
        "timm-vit-gap": (dict(small, global_pool="avg", class_token=False, fc_norm=False, qk_norm=True),
                         "vit_medium_patch16_gap_240", "avg"),
        "timm-vit-norm-first": (dict(small, pre_norm=True, norm_eps=1e-5), "vit_base_patch16_clip_quickgelu_224", "token"),
        "timm-vit-registers-placed": (dict(small, reg_tokens=2, global_pool="avg"), "vit_base_patch16_224", "avg"),
        "timm-vit-deit3": (dict(small, no_embed_class=True, init_values=0.1), "deit3_small_patch16_224", "token"),
        "timm-vit-gated": (dict(small, num_classes=0, init_values=0.1, gated=True), "vit_giant_patch14_dinov2", "token"),
        "timm-vit-distilled": (dict(small, distilled=True), "deit_tiny_distilled_patch16_224", "token"),
    }


def timm_vit_hooks(model):
    modules = [("embeddings", model.norm_pre)] + [(f"blocks.{i}", b) for i, b in enumerate(model.blocks)]
    if not isinstance(model.norm, torch.nn.Identity): modules.append(("norm", model.norm))
    if not isinstance(model.fc_norm, torch.nn.Identity): modules.append(("fc_norm", model.fc_norm))
    return modules


def timm_relative(folder, arguments, architecture, pooling):
    from functools import partial
    vit, _ = import_timm()
    from timm.layers import LayerNorm, SwiGLUPacked
    arguments = dict(arguments)
    epsilon = arguments.pop("norm_eps", None)
    if epsilon: arguments.update(norm_layer=partial(LayerNorm, eps=epsilon), act_layer="quick_gelu")
    if arguments.pop("gated", False): arguments.update(mlp_layer=SwiGLUPacked, act_layer=torch.nn.SiLU, mlp_ratio=3)
    kind = vit.VisionTransformer
    if arguments.pop("distilled", False):
        from timm.models.deit import VisionTransformerDistilled as kind
    model = rounded(randomize(kind(**arguments)), torch.float16)
    x = pixels(arguments["img_size"])
    found = recorder(timm_vit_hooks(model))
    output = model(x).detach()
    if arguments["num_classes"]: found["logits"] = output
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": arguments["num_classes"], "global_pool": pooling,
              "pretrained_cfg": {"input_size": [3, 16, 16], "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]},
              "model_args": {"num_heads": 4}}
    store(folder, model.state_dict(), config, found, torch.float16)


def torchvision_vit(folder):
    from torchvision.models import VisionTransformer
    model = randomize(VisionTransformer(image_size=16, patch_size=4, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=48,
                                        num_classes=5))
    x = pixels(16)
    found = recorder([("norm", model.encoder.ln)] + [(f"blocks.{i}", b) for i, b in enumerate(model.encoder.layers)])
    found["logits"] = model(x).detach()
    found["pixels"] = x
    # The published files have older names.
    state = {k.replace("mlp.0", "mlp.linear_1").replace("mlp.3", "mlp.linear_2"): v for k, v in model.state_dict().items()}
    store(folder, state, {"num_attention_heads": 4}, found)


def timm_resnet(output):
    _, resnet = import_timm()
    for kind, block in (("bottleneck", resnet.Bottleneck), ("basic", resnet.BasicBlock)):
        model = randomize(resnet.ResNet(block, [1, 2, 1, 1], num_classes=4, channels=(4, 6, 8, 10)))
        x = pixels(48)
        flat = lambda o: o.permute(0, 2, 3, 1).flatten(1, 2) if o.dim() == 4 else o
        modules = [("stem", model.maxpool), ("avgpool", model.global_pool)]
        for s in range(1, 5):
            stage = getattr(model, f"layer{s}")
            modules += [(f"layer{s}", stage)] + [(f"layer{s}.{i}", b) for i, b in enumerate(stage)]
        found = recorder(modules, flat)
        found["logits"] = model(x).detach()
        found = {k: v for k, v in found.items() if k in ("layer2", "layer4.0", "avgpool", "logits")}
        found["pixels"] = x
        # As torchvision's users have it: the weights, and nothing else. Small images need their size said.
        store(output / f"torchvision-resnet-{kind}", model.state_dict(), {"image_size": 48}, found,
              file="resnet.safetensors")


def timm_resnet_relatives(output):
    """Wide, grouped, gated ones, and those of another stem and other shortcuts, in images that do not halve evenly."""
    _, resnet = import_timm()
    small = {"num_classes": 4, "channels": (4, 6, 8, 10)}
    deep = {"stem_width": 4, "stem_type": "deep", "avg_down": True}
    gated = {"block_args": {"attn_layer": "se"}}
    for name, architecture, block, arguments in (
        ("torchvision-resnet-wide", None, resnet.Bottleneck, {"base_width": 128}),
        ("torchvision-resnext", None, resnet.Bottleneck, {"cardinality": 3, "base_width": 32}),
        ("timm-seresnext-deep", "seresnext26d_32x4d", resnet.Bottleneck,
         {"cardinality": 2, "base_width": 64, **deep, **gated}),
        ("timm-seresnet-basic", "seresnet18", resnet.BasicBlock, gated),
        ("timm-resnet-deep-basic", "resnet18d", resnet.BasicBlock, deep),
    ):
        model = randomize(resnet.ResNet(block, [1, 2, 1, 1], **small, **arguments))
        x = pixels(40)
        modules = [("stem", model.maxpool), ("avgpool", model.global_pool)]
        for s in range(1, 5):
            stage = getattr(model, f"layer{s}")
            modules += [(f"layer{s}.{i}", b) for i, b in enumerate(stage)]
        found = recorder(modules, places)
        found["logits"] = model(x).detach()
        found = {k: v for k, v in found.items() if k in ("layer1.0", "layer2.1", "layer4.0", "avgpool", "logits")}
        found["pixels"] = x
        config = {"image_size": 40} if architecture is None else {
            "architecture": architecture, "num_classes": 4, "global_pool": "avg", "model_args": {
                k: v for k, v in arguments.items() if k != "block_args"},
            "pretrained_cfg": {"input_size": [3, 40, 40], "crop_pct": 0.95, "interpolation": "bicubic"}}
        store(output / name, model.state_dict(), config, found, file="model.safetensors")


def grouped_resnet(output):
    """Norms of groups, which nothing but their lack of statistics tells."""
    _, resnet = import_timm()
    from timm.layers import GroupNorm
    model = resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], channels=(32, 32, 32, 32), stem_width=32, num_classes=4, norm_layer=GroupNorm)
    model = rounded(randomize(model), torch.float16)
    x = pixels(37, 1)
    found = recorder([("stem", model.maxpool), ("avgpool", model.global_pool)]
                     + [(f"layer{s}.0", getattr(model, f"layer{s}")[0]) for s in range(1, 5)], places)
    found["logits"] = model(x).detach()
    found["pixels"] = x
    config = {"architecture": "resnet50_gn", "num_classes": 4, "global_pool": "avg",
              "pretrained_cfg": {"input_size": [3, 37, 37], "crop_pct": 0.94, "interpolation": "bicubic"}}
    store(output / "timm-resnet-groups", model.state_dict(), config, found, torch.float16)


def headless(output):
    """transformers' residual networks and both of its ConvNeXts without a classifier."""
    t = transformers
    small = dict(hidden_sizes=[8, 12, 16], depths=[1, 2, 1])
    next_config = dict(hidden_sizes=[8, 12, 16, 20], depths=[1, 2, 1, 1], image_size=64)
    transformers_resnet(output / "hf-resnet-headless", t.ResNetModel(t.ResNetConfig(
        embedding_size=8, layer_type="basic", **small)), 37, None)
    transformers_convnext(output / "hf-convnext-headless", t.ConvNextModel(t.ConvNextConfig(**next_config)), 37, None)
    transformers_convnext(output / "hf-convnext-v2-headless", t.ConvNextV2Model(t.ConvNextV2Config(**next_config)), 48, torch.float16)


def transformers_resnet(folder, model, side, dtype):
    model = rounded(randomize(model), dtype)
    x = pixels(side, 1)
    inner = getattr(model, "resnet", model)
    stages = inner.encoder.stages
    found = recorder([("stem", inner.embedder)] + [(f"layer{s + 1}", m) for s, m in enumerate(stages)]
                     + [(f"layer{s + 1}.{i}", b) for s, m in enumerate(stages) for i, b in enumerate(m.layers)], places)
    output = model(x)
    if hasattr(output, "logits"): found["logits"] = output.logits.detach()
    else: found["avgpool"] = output.pooler_output.flatten(1).detach()
    found["pixels"] = x
    transformers_files(folder, model, side, dtype, found, "ConvNextImageProcessor")


def transformers_files(folder, model, side, dtype, found, processor):
    """As transformers publishes it, with what it wants done to images."""
    store(folder, {}, None, found)
    (folder / "model.safetensors").unlink()
    (model.to(dtype) if dtype else model).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": processor, "size": {"shortest_edge": side}, "crop_pct": 0.9,
        **({"crop_size": {"height": side, "width": side}, "do_center_crop": True} if processor.startswith("Bit") else {})}))


def resnetv2s(output):
    """BiT under transformers' and timm's names, and its kin with the norms of batches and with another stem."""
    from functools import partial
    import_timm()
    from timm.layers import BatchNormAct2d, GroupNormAct, StdConv2d, create_conv2d
    from timm.models.resnetv2 import ResNetV2
    groups, batches = partial(GroupNormAct, num_groups=32), dict(conv_layer=create_conv2d, norm_layer=BatchNormAct2d)
    deep = dict(stem_type="deep", avg_down=True)
    for name, architecture, arguments in (
            ("timm-resnetv2-bit", "resnetv2_50x1_bit", dict(
                channels=(128, 128), stem_chs=32, layers=[2, 1], stem_type="fixed", norm_layer=groups,
                conv_layer=partial(StdConv2d, eps=1e-8))),
            ("timm-resnetv2-deep-groups", "resnetv2_50d_gn", dict(
                channels=(128, 128), stem_chs=64, layers=[1, 1], conv_layer=create_conv2d, norm_layer=groups, **deep)),
            ("timm-resnetv2-batches", "resnetv2_50", dict(channels=(32, 48, 64), stem_chs=16, layers=[1, 2, 1], **batches)),
            ("timm-resnetv2-deep-basic", "resnetv2_18d", dict(
                channels=(16, 24), stem_chs=16, layers=[1, 2], basic=True, bottle_ratio=1.0, **batches, **deep))):
        timm_resnetv2(output / name, ResNetV2(num_classes=5, **arguments), architecture, 37, torch.float16)
    t = transformers
    small = dict(hidden_sizes=[32, 48, 64], depths=[1, 2, 1], embedding_size=16, num_groups=4)
    transformers_bit(output / "hf-bit", t.BitForImageClassification(t.BitConfig(num_labels=5, **small)), 37, torch.float16)
    transformers_bit(output / "hf-bit-headless", t.BitModel(t.BitConfig(**small)), 40, None)


def timm_resnetv2(folder, model, architecture, side, dtype, isConfigured=True):
    model = rounded(randomize(model), dtype)
    x = pixels(side, 1)
    modules = [("stem", model.stem), ("norm", model.norm), ("avgpool", model.head.global_pool)]
    for s, stage in enumerate(model.stages):
        modules += [(f"stages.{s}", stage)] + [(f"stages.{s}.blocks.{i}", b) for i, b in enumerate(stage.blocks)]
    found = recorder(modules, lambda o: places(o).squeeze(1) if o.shape[2:] == (1, 1) else places(o))
    found["logits"] = model(x).detach()
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": model.num_classes, "global_pool": "avg", "pretrained_cfg": {
        "input_size": [3, side, side], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bilinear"}}
    store(folder, model.state_dict(), config if isConfigured else None, found, dtype)


def transformers_bit(folder, model, side, dtype):
    model = rounded(randomize(model), dtype)
    x = pixels(side, 1)
    inner = getattr(model, "bit", model)
    stages = inner.encoder.stages
    found = recorder([("stem", inner.embedder), ("norm", inner.norm)] + [(f"stages.{s}", m) for s, m in enumerate(stages)]
                     + [(f"stages.{s}.blocks.{i}", b) for s, m in enumerate(stages) for i, b in enumerate(m.layers)], places)
    output = model(x)
    if hasattr(output, "logits"): found["logits"] = output.logits.detach()
    else: found["avgpool"] = output.pooler_output.flatten(1).detach()
    found["pixels"] = x
    transformers_files(folder, model, side, dtype, found, "BitImageProcessor")


def places(o):
    """A feature map's places as tokens."""
    return o.permute(0, 2, 3, 1).flatten(1, 2) if o.dim() == 4 else o


def efficientnet_hooks(model):
    modules = [("stem", model.bn1), ("head", model.bn2), ("avgpool", model.global_pool)]
    for s, stage in enumerate(model.blocks):
        modules += [(f"blocks.{s}", stage)] + [(f"blocks.{s}.{i}", b) for i, b in enumerate(stage)]
    return modules


def published_efficientnet(state):
    """timm's tensors of a model without a gate under the names of the package efficientnet_lite_pytorch."""
    own, index = {}, -1
    blocks = sorted({tuple(map(int, k.split(".")[1:3])) for k in state if k.startswith("blocks.")})
    parts = {"conv_pw": "_expand_conv", "bn1": "_bn0", "conv_dw": "_depthwise_conv", "bn2": "_bn1", "conv_pwl": "_project_conv",
             "bn3": "_bn2"}
    first = {"conv_dw": "_depthwise_conv", "bn1": "_bn1", "conv_pw": "_project_conv", "bn2": "_bn2"}
    for name, value in state.items():
        part, _, rest = name.partition(".")
        if part == "blocks":
            stage, place, part, kind = rest.split(".")
            names = parts if f"blocks.{stage}.{place}.conv_pwl.weight" in state else first
            own[f"_blocks.{blocks.index((int(stage), int(place)))}.{names[part]}.{kind}"] = value
        else:
            own[{"conv_stem": "_conv_stem", "bn1": "_bn0", "conv_head": "_conv_head", "bn2": "_bn1", "classifier": "_fc"}[part]
                + "." + rest] = value
    return own


def efficientnets(output):
    """Edges and variances as TensorFlow has them, and as PyTorch; gates; blocks of one convolution; sizes that are odd."""
    import_timm()
    from functools import partial
    from timm.layers import BatchNormAct2d
    from timm.models._efficientnet_builder import decode_arch_def
    from timm.models.efficientnet import EfficientNet
    lite = [["ds_r1_k3_s1_e1_c8"], ["ir_r2_k3_s2_e3_c12"], ["ir_r1_k5_s2_e2_c16"]]
    gated = [["cn_r1_k3_s1_e1_c8_skip"], ["er_r2_k3_s2_e2_c12"], ["ir_r2_k5_s2_e2_c16_se0.25"]]
    for name, blocks, architecture, act, eps, pad, side in (
            ("timm-efficientnet-lite", lite, "tf_efficientnet_lite0", torch.nn.ReLU6, 1e-3, "same", 37),
            ("published-efficientnet-lite", lite, None, torch.nn.ReLU6, 1e-3, "same", 40),
            ("timm-efficientnet-gated", gated, "efficientnetv2_s", torch.nn.SiLU, 1e-5, "", 37)):
        model = randomize(EfficientNet(
            decode_arch_def(blocks), num_classes=5, num_features=20, stem_size=8, pad_type=pad, act_layer=act,
            norm_layer=partial(torch.nn.BatchNorm2d, eps=eps), round_chs_fn=round))
        x = pixels(side)
        found = recorder(efficientnet_hooks(model), places)
        found["logits"] = model(x).detach()
        found["pixels"] = x
        state = model.state_dict()
        if architecture:
            config = {"architecture": architecture, "num_classes": 5, "global_pool": "avg",
                      "pretrained_cfg": {"input_size": [3, side, side], "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]}}
        else:
            state, config = published_efficientnet(state), {"image_size": side}
        store(output / name, state, config, found, file="model.safetensors")
    config = transformers.EfficientNetConfig(
        image_size=37, width_coefficient=1.0, depth_coefficient=1.0, kernel_sizes=[3, 3, 5], in_channels=[8, 8, 16],
        out_channels=[8, 16, 24], strides=[1, 2, 2], num_block_repeats=[1, 2, 1], expand_ratios=[1, 2, 2],
        depthwise_padding=[1], hidden_dim=1280, num_labels=3)
    # The stem has 32 channels whatever the rest has.
    config.in_channels = [32, 8, 16]
    transformers_efficientnet(output / "hf-efficientnet", config, 37, torch.float16)


def transformers_efficientnet(folder, config, side, dtype):
    model = rounded(randomize(transformers.EfficientNetForImageClassification(config)), dtype)
    x = pixels(side, 1)
    encoder = model.efficientnet.encoder
    names, stage, place, width = [], -1, 0, None
    for block in encoder.blocks:
        own = block.projection.project_conv.out_channels
        stage, place, width = (stage, place + 1, own) if own == width else (stage + 1, 0, own)
        names.append(f"blocks.{stage}.{place}")
    found = recorder([("stem", model.efficientnet.embeddings), ("head", encoder.top_activation)]
                     + list(zip(names, encoder.blocks)), places)
    found["logits"] = model(x).logits.detach()
    found["pixels"] = x
    store(folder, {}, None, found)
    (folder / "model.safetensors").unlink()
    (model.to(dtype) if dtype else model).save_pretrained(folder)


def convnexts(output):
    """Both versions under transformers', timm's and torchvision's names; timm's with the last norm before the mean, too."""
    import_timm()
    from timm.models.convnext import ConvNeXt
    t = transformers
    small = dict(hidden_sizes=[8, 12, 16, 20], depths=[1, 2, 1, 1], num_labels=5, image_size=64)
    transformers_convnext(output / "hf-convnext", t.ConvNextForImageClassification(t.ConvNextConfig(**small)), 37, torch.float16)
    transformers_convnext(output / "hf-convnext-v2", t.ConvNextV2ForImageClassification(t.ConvNextV2Config(**small)), 48, None)
    for name, architecture, arguments in (
            ("timm-convnext", "convnext_tiny", dict(ls_init_value=0.1)),
            ("timm-convnext-norm-first", "convnext_tiny_hnf", dict(head_norm_first=True, conv_mlp=True, use_grn=True, ls_init_value=None))):
        model = randomize(ConvNeXt(depths=(1, 2, 1, 1), dims=(8, 12, 16, 20), num_classes=5, **arguments))
        timm_convnext(output / name, model, architecture, 37)
    from torchvision.models import ConvNeXt as Torchvision
    from torchvision.models.convnext import CNBlockConfig
    model = randomize(Torchvision([CNBlockConfig(8, 12, 1), CNBlockConfig(12, 16, 2), CNBlockConfig(16, 20, 1), CNBlockConfig(20, None, 1)],
                                  num_classes=5))
    torchvision_convnext(output / "torchvision-convnext", model, 37, {"image_size": 37})


def transformers_convnext(folder, model, side, dtype):
    model = rounded(randomize(model), dtype)
    x = pixels(side, 1)
    inner = getattr(model, "convnext", getattr(model, "convnextv2", model))
    modules = [("stem", inner.embeddings), ("norm", inner.layernorm)]
    for s, stage in enumerate(inner.encoder.stages):
        modules += [(f"stages.{s}", stage)] + [(f"stages.{s}.blocks.{i}", b) for i, b in enumerate(stage.layers)]
    found = recorder(modules, places)
    output = model(x)
    if hasattr(output, "logits"): found["logits"] = output.logits.detach()
    found["pixels"] = x
    # Images of this processor are cut to its edge, whatever the configuration says.
    transformers_files(folder, model, side, dtype, found, "ConvNextImageProcessor")


def timm_convnext(folder, model, architecture, side, dtype=None):
    x = pixels(side, 1)
    isNormFirst = not isinstance(model.norm_pre, torch.nn.Identity)
    modules = [("stem", model.stem)] + ([("norm", model.norm_pre)] if isNormFirst else [("norm", model.head.flatten)])
    for s, stage in enumerate(model.stages):
        modules += [(f"stages.{s}", stage)] + [(f"stages.{s}.blocks.{i}", b) for i, b in enumerate(stage.blocks)]
    found = recorder(modules, places)
    found["logits"] = model(x).detach()
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": model.num_classes, "global_pool": "avg", "pretrained_cfg": {
        "input_size": [3, side, side], "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]}}
    store(folder, model.state_dict(), config, found, dtype)


def torchvision_convnext(folder, model, side, config, dtype=None, file="model.safetensors"):
    x = pixels(side, 1)
    modules = [("stem", model.features[0])]
    for s in range(4):
        modules += [(f"stages.{s}.blocks.{i}", b) for i, b in enumerate(model.features[2 * s + 1])]
    found = recorder(modules, places)
    found["logits"] = model(x).detach()
    found["pixels"] = x
    store(folder, model.state_dict(), config, found, dtype, file)


def openai_names(state):
    """CLIPModel's tensors under OpenAI's names."""
    own = {"visual.conv1.weight": state["vision_model.embeddings.patch_embedding.weight"],
           "visual.class_embedding": state["vision_model.embeddings.class_embedding"],
           "visual.positional_embedding": state["vision_model.embeddings.position_embedding.weight"],
           "visual.proj": state["visual_projection.weight"].T, "text_projection": state["text_projection.weight"].T,
           "token_embedding.weight": state["text_model.embeddings.token_embedding.weight"],
           "positional_embedding": state["text_model.embeddings.position_embedding.weight"],
           "logit_scale": state["logit_scale"]}
    for kind in ("weight", "bias"):
        own[f"visual.ln_pre.{kind}"] = state[f"vision_model.pre_layrnorm.{kind}"]
        own[f"visual.ln_post.{kind}"] = state[f"vision_model.post_layernorm.{kind}"]
        own[f"ln_final.{kind}"] = state[f"text_model.final_layer_norm.{kind}"]
        for tower, name in (("vision_model", "visual.transformer"), ("text_model", "transformer")):
            layer = 0
            while (source := f"{tower}.encoder.layers.{layer}.") + "layer_norm1.weight" in state:
                target = f"{name}.resblocks.{layer}."
                own[target + f"attn.in_proj_{kind}"] = torch.cat(
                    [state[source + f"self_attn.{p}_proj.{kind}"] for p in "qkv"])
                for a, b in (("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"),
                             ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj")):
                    own[target + f"{b}.{kind}"] = state[source + f"{a}.{kind}"]
                layer += 1
    return own


def clip(output, name, activation, dtype=torch.float16):
    sample = ROOT / "SampleData" / "clip"
    vocabulary = json.loads((sample / "vocab.json").read_text())
    end = vocabulary["<|endoftext|>"]
    vision = dict(image_size=16, patch_size=8, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                  num_attention_heads=4)
    text = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
    dimension, length = 24, 12
    text.update(vocab_size=len(vocabulary), max_position_embeddings=length, eos_token_id=end, hidden_act=activation)
    vision["hidden_act"] = activation
    config = transformers.CLIPConfig(vision_config=vision, text_config=text, projection_dim=dimension)
    model = rounded(randomize(transformers.CLIPModel(config)), dtype)
    x = pixels(vision["image_size"])
    layers = [m for m in model.vision_model.modules() if type(m).__name__ == "CLIPEncoderLayer"]
    found = recorder([("embeddings", model.vision_model.pre_layrnorm)] + [(f"blocks.{i}", b) for i, b in enumerate(layers)])
    tokens = transformers.CLIPTokenizer.from_pretrained(sample)(
        TEXTS, truncation=True, max_length=length, padding="max_length", return_tensors="pt")["input_ids"]
    unit = lambda f: torch.nn.functional.normalize(f if torch.is_tensor(f) else f.pooler_output, dim=-1).detach()
    found["images"] = unit(model.get_image_features(pixel_values=x))
    found["texts"] = unit(model.get_text_features(input_ids=tokens))
    found["pixels"] = x
    state = model.state_dict()
    if name == "hf-clip":
        store(output / name, state, {**config.to_dict(), "model_type": "clip"}, found, dtype)
    elif name == "open-clip":
        config = {"model_cfg": {"embed_dim": dimension, "vision_cfg": {
            "image_size": vision["image_size"], "layers": len(layers), "width": config.vision_config.hidden_size,
            "head_width": config.vision_config.hidden_size // config.vision_config.num_attention_heads,
            "patch_size": vision["patch_size"]}, "text_cfg": {
            "context_length": length, "vocab_size": len(vocabulary), "width": config.text_config.hidden_size,
            "heads": config.text_config.num_attention_heads, "layers": config.text_config.num_hidden_layers}},
            "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.5, 0.125]}}
        store(output / name, openai_names(state), config, found, dtype, "open_clip_model.safetensors",
              "open_clip_config.json")
    else:
        # Heads are told by the widths of the published sizes only.
        heads = {"vision_config": {"num_attention_heads": 4}, "text_config": {"num_attention_heads": 2}}
        state = {**openai_names(state), "context_length": torch.tensor(length), "input_resolution": torch.tensor(224)}
        store(output / name, state, heads, found, dtype, "ViT-B-16.safetensors")


def clip_resnets(output):
    """OpenAI's residual networks for images, as open_clip has them with a configuration, and as OpenAI's archive without one."""
    from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
    sample = ROOT / "SampleData" / "clip"
    words = len(json.loads((sample / "vocab.json").read_text()))
    vision = dict(layers=(1, 2, 1, 1), width=4, image_size=64)
    text = dict(context_length=12, vocab_size=words, width=16, heads=2, layers=2)
    for name, isOpenAI in (("resnet-open-clip", False), ("resnet-openai-clip", True)):
        model = CLIP(24, CLIPVisionCfg(**vision, patch_size=None), CLIPTextCfg(**text), quick_gelu=isOpenAI)
        ids = transformers.CLIPTokenizer.from_pretrained(sample)(
            TEXTS, truncation=True, max_length=12, padding="max_length", return_tensors="pt")["input_ids"]
        config = {"model_cfg": {"embed_dim": 24, "vision_cfg": {**vision, "patch_size": None}, "text_cfg": text},
                  "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.5, 0.125]}}
        # Heads are told by the widths of the published sizes only.
        heads = {"text_config": {"num_attention_heads": 2}}
        clip_resnet(output / name, model, ids, torch.float16, heads if isOpenAI else config, isOpenAI)


def clip_resnet(folder, model, ids, dtype, config, isOpenAI):
    model = rounded(randomize(model), dtype)
    visual = model.visual
    x = pixels(visual.image_size if isinstance(visual.image_size, int) else visual.image_size[0], 1)
    modules = [("stem", visual.avgpool), ("attnpool", visual.attnpool)]
    for s in range(1, 5):
        stage = getattr(visual, f"layer{s}")
        modules += [(f"layer{s}", stage)] + [(f"layer{s}.{i}", b) for i, b in enumerate(stage)]
    found = recorder(modules, places)
    found["images"] = model.encode_image(x, normalize=True).detach()
    found["texts"] = model.encode_text(ids, normalize=True).detach()
    found["pixels"] = x
    if not isOpenAI:
        return store(folder, model.state_dict(), config, found, dtype, "open_clip_model.safetensors", "open_clip_config.json")
    store(folder, {}, config, found)
    (folder / "model.safetensors").unlink()
    for name, value in (("input_resolution", 224), ("context_length", ids.shape[1]), ("vocab_size", model.vocab_size)):
        if hasattr(model, name): delattr(model, name)
        model.register_buffer(name, torch.tensor(value))
    torch.jit.trace((model.to(dtype) if dtype else model).eval(), (x.to(dtype) if dtype else x, ids), check_trace=False).save(folder / "RN50.pt")


def strings(count):
    """Texts of all kinds: words, emoji with their joiners, scripts, control characters, marks, any character at all."""
    random = __import__("random").Random(4)
    pools = [(0x20, 0x7F), (0x00, 0x20), (0x7F, 0x250), (0x300, 0x370), (0x370, 0x590), (0x590, 0x700), (0x900, 0xE00),
             (0x1E00, 0x2070), (0x2070, 0x2C00), (0x3000, 0x3400), (0x4E00, 0xA000), (0xAC00, 0xD7B0), (0xF900, 0xFFFE),
             (0x10000, 0x12000), (0x1D400, 0x1D800), (0x1F1E6, 0x1F200), (0x1F300, 0x1FB00), (0x20000, 0x2A000)]
    words = "A photo of an Ankle-Boot it's WE'VE they'll <|endoftext|> 1234 x86_64 naïve CAFÉ Straße ΣΑΣ İIıi 日本 👩‍👩‍👧 🇩🇪 ½ \u00ad".split(" ")
    made = []
    for index in range(count):
        kind, text = index % 5, ""
        if kind == 0: text = " ".join(random.choices(words, k=random.randint(1, 300 if index % 50 == 0 else 8)))
        elif kind == 1: text = "".join(chr(random.randrange(*random.choice(pools))) for _ in range(random.randint(1, 30)))
        elif kind == 2:
            pool = random.choice(pools)
            text = " ".join("".join(chr(random.randrange(*pool)) for _ in range(random.randint(1, 6))) for _ in range(5))
        elif kind == 3: text = random.choice(words) + chr(random.randrange(*random.choice(pools))) + random.choice(words)
        else: text = "".join(random.choice(words)[:3] + random.choice("\t\n\r\x0b \u00a0\u2003\u200b\u200d\ufe0f") for _ in range(6))
        made.append("".join(c for c in text if not 0xD800 <= ord(c) < 0xE000))
    return made


def tokens(output, tokenizer, texts):
    found = tokenizer(texts, truncation=True, max_length=77)["input_ids"]
    output.mkdir(parents=True, exist_ok=True)
    (output / "tokens.json").write_text(json.dumps([{"text": t, "tokens": n} for t, n in zip(texts, found)], ensure_ascii=False))


def sample_tokenizer():
    return transformers.CLIPTokenizer.from_pretrained(ROOT / "SampleData" / "clip")


def main(output):
    tokens(output, sample_tokenizer(), strings(400))
    torch.manual_seed(0)
    with torch.no_grad():
        timm_vit(output)
        hf_vit(output)
        for name, (model, size, dtype) in transformers_vits().items(): transformers_vit(output / name, model, size, dtype)
        for name, arguments in timm_vits().items(): timm_relative(output / name, *arguments)
        torchvision_vit(output / "torchvision-vit")
        timm_resnet(output)
        timm_resnet_relatives(output)
        grouped_resnet(output)
        headless(output)
        resnetv2s(output)
        efficientnets(output)
        convnexts(output)
        clip_resnets(output)
        clip(output, "hf-clip", "quick_gelu")
        clip(output, "open-clip", "gelu")
        clip(output, "openai-clip", "quick_gelu")


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
