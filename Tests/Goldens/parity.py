#!/usr/bin/env python3
"""Full-size models of every layout, checked against PyTorch one after the other; `make parity` runs it.

    python3 parity.py [--only WORD] [--keep FOLDER] [--initial] -- COMMAND

Each model has random seeded weights and the published size and file layout. It is written to a temporary folder with what
PyTorch computes with it, COMMAND is run with MICLIP_LAYOUTS naming that folder, and it is taken away again: a few gigabytes
of disk at most. COMMAND prints `parity: NAME TENSOR ERROR`, errors in parts of the tensor's greatest value, or `refused: NAME REASON`. Small
models of every layout follow in every container and wrapper (containers.py), and a table of all. Needs torch,
torchvision, transformers, timm and safetensors from PyPI; with open_clip_torch there too, CLIPs of its own and the published
vocabulary are checked as well.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import torch
import transformers

import containers
import make_layouts
import make_siglip
import make_siglip_tokenizers
from make_layouts import TEXTS, pixels, recorder, rounded, sample_tokenizer, store, strings, tokens

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
HALF, BRAIN = torch.float16, torch.bfloat16
BOUND = 2e-4
isInitial = False


def randomize(model):
    """Weights as after training in size, or as PyTorch makes them."""
    return model.eval() if isInitial else make_layouts.randomize(model)


# Each maker writes one model and is named by it.
def models():
    made = {}
    for depth, torchvision_type, timm_type, hf_type in ((18, None, BRAIN, None), (34, HALF, None, BRAIN), (50, None, None, None),
                                                        (101, None, HALF, None)):
        made[f"torchvision-resnet{depth}"] = lambda f, n=f"resnet{depth}", t=torchvision_type: torchvision_resnet(f, n, t)
        made[f"timm-resnet{depth}"] = lambda f, n=f"resnet{depth}", t=timm_type: timm_resnet(f, n, t)
        made[f"hf-resnet{depth}"] = lambda f, d=depth, t=hf_type: hf_resnet(f, d, t)
    for name, kind in (("wide_resnet50_2", None), ("resnext50_32x4d", None), ("resnext101_32x8d", HALF)):
        made["torchvision-" + name] = lambda f, n=name, k=kind: torchvision_resnet(f, n, k)
    for name, kind in (("resnet18d", None), ("resnet50d", BRAIN), ("resnet26t", None), ("seresnet50", None),
                       ("seresnext50_32x4d", HALF), ("seresnext26d_32x4d", None), ("resnext50d_32x4d", None),
                       ("wide_resnet101_2", HALF), ("resnet50_gn", None)):
        made["timm-" + name] = lambda f, n=name, k=kind: timm_resnet(f, n, k)
    for name, kind in (("vit_tiny_patch16_224", None), ("vit_small_patch32_224", BRAIN), ("vit_small_patch16_384", None),
                       ("vit_base_patch16_224", HALF), ("vit_base_patch32_384", None), ("vit_large_patch14_224", HALF)):
        made["timm-" + name] = lambda f, n=name, k=kind: timm_vit(f, n, k)
    for width, layers, heads, patch, size, kind, shard in (
            (192, 12, 3, 16, 384, None, None), (384, 12, 6, 14, 224, BRAIN, None), (768, 12, 12, 16, 224, None, "100MB"),
            (768, 12, 12, 32, 384, None, None), (1024, 24, 16, 16, 224, HALF, "200MB"), (1024, 24, 16, 14, 336, BRAIN, None)):
        made[f"hf-vit-{width}-patch{patch}-{size}"] = lambda f, a=(width, layers, heads, patch, size, kind, shard): hf_vit(f, *a)
    made |= {"efficientnet-" + name: make for name, make in efficientnets().items()}
    made |= {"convnext-" + name: make for name, make in convnexts().items()}
    made |= {"resnetv2-" + name: make for name, make in resnetv2s().items()}
    made |= {"headless-" + name: make for name, make in headless().items()}
    made |= {"vit-" + name: make for name, make in vit_relatives().items()}
    made |= {"siglip-" + name: make for name, make in siglips().items()}
    made |= {"vit-siglip-" + name: make for name, make in siglip_towers().items()}
    for size, hf, openai, open_clip in (("ViT-B-32", None, HALF, None), ("ViT-B-16", HALF, None, BRAIN), ("ViT-L-14", BRAIN, HALF, None)):
        made[f"hf-clip-{size}"] = lambda f, s=size, t=hf: hf_clip(f, s, t)
        made[f"openai-clip-{size}"] = lambda f, s=size, t=openai: open_clip_model(f, s, t, isOpenAI=True)
        made[f"open-clip-{size}"] = lambda f, s=size, t=open_clip: open_clip_model(f, s, t, isOpenAI=False)
    for size, openai, open_clip in (("RN50", HALF, None), ("RN50x4", None, BRAIN)):
        made[f"openai-clip-{size}"] = lambda f, s=size, t=openai: open_clip_resnet(f, s, t, isOpenAI=True)
        made[f"open-clip-{size}"] = lambda f, s=size, t=open_clip: open_clip_resnet(f, s, t, isOpenAI=False)
    return made


def flat(o):
    return o.permute(0, 2, 3, 1).flatten(1, 2) if o.dim() == 4 else o


def resnet_hooks(model):
    modules = [("stem", model.maxpool)]
    for stage in range(1, 5):
        layer = getattr(model, f"layer{stage}")
        modules += [(f"layer{stage}", layer)] + [(f"layer{stage}.{i}", b) for i, b in enumerate(layer)]
    return modules


def finish(found, logits, x):
    found.update(logits=logits.detach(), pixels=x)
    return found


def torchvision_resnet(folder, name, dtype):
    """The weights and nothing else."""
    import torchvision
    model = rounded(randomize(getattr(torchvision.models, name)(weights=None)), dtype)
    x = pixels(224)
    found = recorder(resnet_hooks(model), flat)
    store(folder, model.state_dict(), None, finish(found, model(x), x), dtype, f"{name}-0676ba61.safetensors")


def timm_resnet(folder, name, dtype):
    import timm
    model = rounded(randomize(timm.create_model(name, pretrained=False)), dtype)
    x = pixels(224)
    found = recorder(resnet_hooks(model) + [("avgpool", model.global_pool)], flat)
    config = {"architecture": name, "num_classes": 1000, "global_pool": "avg", "pretrained_cfg": {
        "input_size": [3, 224, 224], "crop_pct": 0.95, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}}
    store(folder, model.state_dict(), config, finish(found, model(x), x), dtype)


def hf_resnet(folder, depth, dtype):
    kind = {18: ("basic", [64, 128, 256, 512], [2, 2, 2, 2]), 34: ("basic", [64, 128, 256, 512], [3, 4, 6, 3]),
            50: ("bottleneck", [256, 512, 1024, 2048], [3, 4, 6, 3]),
            101: ("bottleneck", [256, 512, 1024, 2048], [3, 4, 23, 3])}[depth]
    config = transformers.ResNetConfig(layer_type=kind[0], hidden_sizes=kind[1], depths=kind[2], num_labels=1000)
    model = rounded(randomize(transformers.ResNetForImageClassification(config)), dtype)
    x = pixels(224)
    stages = model.resnet.encoder.stages
    found = recorder([("stem", model.resnet.embedder)] + [(f"layer{s + 1}", m) for s, m in enumerate(stages)]
                     + [(f"layer{s + 1}.{i}", b) for s, m in enumerate(stages) for i, b in enumerate(m.layers)], flat)
    store(folder, {}, None, finish(found, model(x).logits, x))
    save_pretrained(folder, model, dtype)


def save_pretrained(folder, model, dtype, shard="50GB"):
    """As transformers publishes it, in place of the empty weights."""
    (folder / "model.safetensors").unlink()
    (model.to(dtype) if dtype else model).save_pretrained(folder, max_shard_size=shard)


def timm_vit(folder, name, dtype):
    import timm
    model = rounded(randomize(timm.create_model(name, pretrained=False)), dtype)
    size = model.patch_embed.img_size[0]
    x = pixels(size)
    found = recorder([("embeddings", model.norm_pre), ("norm", model.norm)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(model.blocks)])
    config = {"architecture": name, "num_classes": 1000, "global_pool": "token", "pretrained_cfg": {
        "input_size": [3, size, size], "crop_pct": 1.0, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}
    store(folder, model.state_dict(), config, finish(found, model(x), x), dtype)


def hf_vit(folder, width, layers, heads, patch, size, dtype, shard):
    config = transformers.ViTConfig(
        hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
        patch_size=patch, image_size=size, num_labels=1000)
    model = rounded(randomize(transformers.ViTForImageClassification(config)), dtype)
    x = pixels(size)
    blocks = [m for m in model.modules() if type(m).__name__ == "ViTLayer"]
    found = recorder([("embeddings", model.vit.embeddings), ("norm", model.vit.layernorm)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(blocks)])
    store(folder, {}, None, finish(found, model(x).logits, x))
    save_pretrained(folder, model, dtype, shard or "50GB")


def efficientnets():
    """Lite, gated and later ones, with TensorFlow's edges and PyTorch's; timm's by their configuration and by their file."""
    made = {}
    for name, kind in (("tf_efficientnet_lite0", None), ("tf_efficientnet_lite4", HALF), ("efficientnet_lite0", None), ("efficientnet_b0", None),
                       ("tf_efficientnet_b0", BRAIN), ("efficientnet_b3", HALF), ("tf_efficientnet_b5", None), ("efficientnetv2_s", None),
                       ("tf_efficientnetv2_s", HALF), ("tf_efficientnetv2_b1", None), ("mobilenetv2_100", None), ("mobilenetv2_120d", HALF)):
        made["timm-" + name] = lambda f, n=name, k=kind: timm_efficientnet(f, n, k, True)
    for name in ("tf_efficientnet_lite0", "efficientnet_b0", "mobilenetv2_100"):
        made["file-" + name] = lambda f, n=name: timm_efficientnet(f, n, None, False)
    for name, published in (("lite0", "tf_efficientnet_lite0"), ):
        made["published-" + name] = lambda f, n=published: timm_efficientnet(f, n, None, None)
    b0 = dict(image_size=224, width_coefficient=1.0, depth_coefficient=1.0, hidden_dim=1280, num_labels=1000)
    b3 = dict(image_size=300, width_coefficient=1.2, depth_coefficient=1.4, hidden_dim=1536, num_labels=1000, depthwise_padding=[5, 18])
    for name, arguments, kind in (("b0", b0, None), ("b3", b3, HALF)):
        made["hf-" + name] = lambda f, a=arguments, k=kind: make_layouts.transformers_efficientnet(
            f, transformers.EfficientNetConfig(**a), a["image_size"], k)
    return made


def timm_efficientnet(folder, name, dtype, isConfigured):
    """As timm's config tells it, as the name of its file does, or, where that is None, under the published names."""
    import timm
    model = rounded(randomize(timm.create_model(name, pretrained=False)), dtype)
    cfg = model.pretrained_cfg
    x = pixels(cfg["input_size"][1], 1)
    found = recorder(make_layouts.efficientnet_hooks(model), flat)
    found = finish(found, model(x), x)
    config = {"architecture": name, "num_classes": 1000, "global_pool": "avg", "pretrained_cfg": {
        k: cfg[k] for k in ("input_size", "crop_pct", "mean", "std", "interpolation")}} if isConfigured else None
    state = model.state_dict() if isConfigured is not None else make_layouts.published_efficientnet(model.state_dict())
    store(folder, state, config, found, dtype, "model.safetensors" if isConfigured else name + "-0aa007d2.safetensors")


def convnexts():
    """Both versions, other sizes than 224, and the last norm before the mean."""
    import timm
    import torchvision
    t, made = transformers, {}
    base = dict(hidden_sizes=[128, 256, 512, 1024], depths=[3, 3, 27, 3], num_labels=1000)
    for name, make, side, kind in (
            ("tiny", lambda: t.ConvNextForImageClassification(t.ConvNextConfig(num_labels=1000)), 224, None),
            ("base-384", lambda: t.ConvNextForImageClassification(t.ConvNextConfig(**base)), 384, HALF),
            ("v2-tiny", lambda: t.ConvNextV2ForImageClassification(t.ConvNextV2Config(num_labels=1000)), 224, None)):
        made["hf-" + name] = lambda f, m=make, s=side, k=kind: make_layouts.transformers_convnext(f, m(), s, k)
    for name, side, kind in (("convnext_tiny", 224, None), ("convnext_atto", 224, BRAIN), ("convnext_tiny_hnf", 224, None),
                             ("convnext_small", 288, HALF), ("convnextv2_nano", 224, None)):
        made["timm-" + name] = lambda f, n=name, s=side, k=kind: make_layouts.timm_convnext(
            f, rounded(randomize(timm.create_model(n, pretrained=False)), k), n, s, k)
    for name, kind in (("convnext_tiny", None), ("convnext_base", HALF)):
        made["torchvision-" + name] = lambda f, n=name, k=kind: make_layouts.torchvision_convnext(
            f, rounded(randomize(getattr(torchvision.models, n)(weights=None)), k), 224, None, k, n + "-983f1562.safetensors")
    return made


def resnetv2s():
    """Norms first: BiT and its kin by timm's configuration and by the tensors alone, and BiT under transformers' names."""
    import timm
    made = {}
    for name, kind, isConfigured in (
            ("resnetv2_50x1_bit", None, True), ("resnetv2_101x1_bit", HALF, False), ("resnetv2_50", None, True),
            ("resnetv2_18d", BRAIN, True), ("resnetv2_50d_gn", None, True), ("resnetv2_50t", None, False)):
        made["timm-" + name] = lambda f, n=name, k=kind, c=isConfigured: make_layouts.timm_resnetv2(
            f, timm.create_model(n, pretrained=False), n, 224, k, c)
    t = transformers
    made["hf-50"] = lambda f: make_layouts.transformers_bit(f, t.BitForImageClassification(t.BitConfig(num_labels=1000)), 224, None)
    made["hf-50-headless"] = lambda f: make_layouts.transformers_bit(f, t.BitModel(t.BitConfig()), 448, HALF)
    return made


def headless():
    """transformers' convolutional networks without a classifier."""
    t = transformers
    return {
        "hf-resnet50": lambda f: make_layouts.transformers_resnet(f, t.ResNetModel(t.ResNetConfig()), 224, None),
        "hf-convnext-tiny": lambda f: make_layouts.transformers_convnext(f, t.ConvNextModel(t.ConvNextConfig()), 224, HALF),
        "hf-convnext-v2-tiny": lambda f: make_layouts.transformers_convnext(f, t.ConvNextV2Model(t.ConvNextV2Config()), 224, None),
    }


def open_clip_resnet(folder, size, dtype, isOpenAI):
    """As open_clip's file with its configuration, or as OpenAI's archive, which tells nothing but the weights."""
    import open_clip
    model = open_clip.create_model(size, pretrained=None, force_quick_gelu=isOpenAI)
    config = {"model_cfg": open_clip.get_model_config(size), "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.5, 0.125]}}
    make_layouts.clip_resnet(folder, model, open_clip.get_tokenizer(size)(TEXTS), dtype, None if isOpenAI else config, isOpenAI)
    (folder / vocabulary().name).write_bytes(vocabulary().read_bytes())


def vit_relatives():
    """Headless and later kinds, under transformers', timm's and torchvision's names."""
    t = transformers
    small, base = dict(hidden_size=384, num_attention_heads=6), dict(hidden_size=768, num_attention_heads=12)
    large = dict(hidden_size=1024, num_attention_heads=16, num_hidden_layers=24)
    made = {}

    def hf(name, make, size=224, dtype=None):
        made["hf-" + name] = lambda f: make_layouts.transformers_vit(f, make(), size, dtype)

    hf("dino-b16", lambda: t.ViTModel(t.ViTConfig(**base)))
    hf("dino-s8", lambda: t.ViTModel(t.ViTConfig(**small, intermediate_size=1536, patch_size=8)), dtype=HALF)
    # Places of 518 pixels, stretched to 224.
    hf("dinov2-small", lambda: t.Dinov2Model(t.Dinov2Config(**small, image_size=518, patch_size=14)))
    hf("dinov2-base-head", lambda: t.Dinov2ForImageClassification(
        t.Dinov2Config(**base, image_size=518, patch_size=14, num_labels=1000)), dtype=BRAIN)
    hf("dinov2-gated", lambda: t.Dinov2Model(t.Dinov2Config(**base, image_size=518, patch_size=14, use_swiglu_ffn=True)))
    hf("dinov2-large-registers", lambda: t.Dinov2WithRegistersModel(
        t.Dinov2WithRegistersConfig(**large, image_size=518, patch_size=14)), dtype=HALF)
    hf("dinov2-small-registers-518", lambda: t.Dinov2WithRegistersModel(
        t.Dinov2WithRegistersConfig(**small, image_size=518, patch_size=14)), 518)
    hf("dinov3-small", lambda: t.DINOv3ViTModel(t.DINOv3ViTConfig(**small, intermediate_size=1536, num_register_tokens=4)))
    hf("dinov3-base-256", lambda: t.DINOv3ViTModel(t.DINOv3ViTConfig(**base, intermediate_size=3072, num_register_tokens=4)),
       256, BRAIN)
    hf("deit-small-distilled", lambda: t.DeiTForImageClassificationWithTeacher(
        t.DeiTConfig(**small, intermediate_size=1536, num_labels=1000)))
    hf("deit-base", lambda: t.DeiTForImageClassification(t.DeiTConfig(**base, num_labels=1000)))
    hf("clip-vision-l14", lambda: t.CLIPVisionModelWithProjection(t.CLIPVisionConfig(
        **large, intermediate_size=4096, patch_size=14, projection_dim=768)), dtype=HALF)
    hf("clip-vision-b32", lambda: t.CLIPVisionModel(t.CLIPVisionConfig(**base, patch_size=32)))
    for name, kind in (
            ("vit_small_patch14_dinov2", None), ("vit_small_patch14_reg4_dinov2", HALF), ("deit_small_distilled_patch16_224", None),
            ("deit3_small_patch16_224", None), ("vit_base_patch16_clip_224", None), ("vit_base_patch32_clip_quickgelu_224", HALF),
            ("vit_medium_patch16_gap_256", None), ("deit_tiny_patch16_224", BRAIN)):
        made["timm-" + name] = lambda f, n=name, k=kind: timm_vit_relative(f, n, k)
    for name, kind in (("vit_b_16", None), ("vit_b_32", HALF), ("vit_l_16", None)):
        made["torchvision-" + name] = lambda f, n=name, k=kind: torchvision_vit(f, n, k)
    return made


def timm_vit_relative(folder, name, dtype):
    import timm
    model = rounded(randomize(timm.create_model(name, pretrained=False)), dtype)
    cfg = model.pretrained_cfg
    x = pixels(cfg["input_size"][1], 1)
    found = recorder(make_layouts.timm_vit_hooks(model))
    output = model(x)
    config = {"architecture": name, "num_classes": model.num_classes, "global_pool": model.global_pool, "pretrained_cfg": {
        k: cfg[k] for k in ("input_size", "crop_pct", "mean", "std", "interpolation")}}
    found["pixels"] = x
    if model.num_classes: found["logits"] = output.detach()
    store(folder, model.state_dict(), config, found, dtype)


def siglips():
    """Both towers with a tokenizer, and texts for both kinds of tokenizer."""
    def space(folder, make_tokenizer, words, arguments, size, dtype):
        tokenizer = make_tokenizer(folder)
        config = transformers.SiglipConfig(vision_config=dict(arguments, image_size=size), text_config=dict(arguments, vocab_size=words))
        make_siglip.space(folder, config, tokenizer, dtype)

    made = {}
    unigram = lambda f: make_siglip_tokenizers.unigram(f, 1200, "nmt_nfkc")
    pairs = lambda f: make_siglip_tokenizers.pairs(f, 3000, True)
    large = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
    for name, tokenizer, words, arguments, size, kind in (("b16-224", unigram, 32000, {}, 224, None), ("2-b16-256", pairs, 256000, {}, 256, HALF),
                                                          ("l16-384", unigram, 32000, large, 384, BRAIN)):
        made[name] = lambda f, a=(tokenizer, words, arguments, size, kind): space(f, *a)
    made["texts"] = lambda f: make_siglip_tokenizers.main(f.parent / "siglip", (1200, 3000), "nmt_nfkc", 10_000, 64)
    return made


def siglip_towers():
    """SigLIP's image towers alone, under transformers' and timm's names."""
    import timm
    large = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16)
    made = {}
    for name, arguments, kind in (("hf-b16-224", {}, None), ("hf-l16-256", dict(large, image_size=256), BRAIN), ("hf-so400m-14-384", dict(
            hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16, image_size=384, patch_size=14), HALF)):
        made[name] = lambda f, a=arguments, k=kind: make_siglip.vision(f, transformers.SiglipVisionConfig(**a), k)
    for name, kind in (("vit_base_patch16_siglip_224", None), ("vit_base_patch32_siglip_256", HALF), ("vit_so400m_patch16_siglip_256", BRAIN)):
        made["timm-" + name] = lambda f, n=name, k=kind: make_siglip.timm_vision(f, timm.create_model(n, pretrained=False), n, k)
    made["timm-vit_base_patch32_siglip_gap_256"] = lambda f: timm_vit_relative(f, "vit_base_patch32_siglip_gap_256", None)
    return made


def torchvision_vit(folder, name, dtype):
    """The weights and nothing else."""
    import torchvision
    model = rounded(randomize(getattr(torchvision.models, name)(weights=None)), dtype)
    x = pixels(224, 1)
    found = recorder([("norm", model.encoder.ln)] + [(f"blocks.{i}", b) for i, b in enumerate(model.encoder.layers)])
    store(folder, model.state_dict(), None, finish(found, model(x), x), dtype, f"{name}-c867db91.safetensors")


CLIPS = {"ViT-B-32": (32, 768, 12, 12, 512, 8, 512), "ViT-B-16": (16, 768, 12, 12, 512, 8, 512),
         "ViT-L-14": (14, 1024, 24, 16, 768, 12, 768)}


def hf_clip(folder, size, dtype):
    """With the sample's tokenizer: LayoutTests puts it beside a CLIP that has none."""
    patch, width, layers, heads, text_width, text_heads, dimension = CLIPS[size]
    tokenizer = sample_tokenizer()
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    config = transformers.CLIPConfig(
        vision_config=dict(image_size=224, patch_size=patch, hidden_size=width, num_hidden_layers=layers,
                           num_attention_heads=heads, intermediate_size=4 * width),
        text_config=dict(hidden_size=text_width, num_attention_heads=text_heads, intermediate_size=4 * text_width,
                         vocab_size=len(tokenizer), eos_token_id=end), projection_dim=dimension)
    model = rounded(randomize(transformers.CLIPModel(config)), dtype)
    x = pixels(224)
    blocks = [m for m in model.vision_model.modules() if type(m).__name__ == "CLIPEncoderLayer"]
    found = recorder([("embeddings", model.vision_model.pre_layrnorm)] + [(f"blocks.{i}", b) for i, b in enumerate(blocks)])
    ids = tokenizer(TEXTS, truncation=True, max_length=77, padding="max_length", return_tensors="pt")["input_ids"]
    unit = lambda f: torch.nn.functional.normalize(f if torch.is_tensor(f) else f.pooler_output, dim=-1).detach()
    found["images"] = unit(model.get_image_features(pixel_values=x))
    found["texts"] = unit(model.get_text_features(input_ids=ids))
    found["pixels"] = x
    store(folder, {}, None, found)
    save_pretrained(folder, model, dtype, "200MB" if dtype is HALF else "50GB")


def open_clip_model(folder, size, dtype, isOpenAI):
    """open_clip's own model with its vocabulary; as OpenAI published it, the file tells nothing but the weights."""
    import open_clip
    model = open_clip.create_model(size, pretrained=None, force_quick_gelu=isOpenAI)
    model = rounded(randomize(model), dtype)
    x = pixels(224)
    found = recorder([("embeddings", model.visual.ln_pre)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(model.visual.transformer.resblocks)])
    ids = open_clip.get_tokenizer(size)(TEXTS)
    found["images"] = model.encode_image(x, normalize=True).detach()
    found["texts"] = model.encode_text(ids, normalize=True).detach()
    found["pixels"] = x
    weights = model.state_dict()
    if isOpenAI:
        weights |= {"context_length": torch.tensor(77), "input_resolution": torch.tensor(224), "vocab_size": torch.tensor(49408)}
        store(folder, weights, None, found, dtype, size + ".safetensors")
    else:
        config = {"model_cfg": open_clip.get_model_config(size), "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.5, 0.125]}}
        store(folder, weights, config, found, dtype, "open_clip_model.safetensors", "open_clip_config.json")
    (folder / vocabulary().name).write_bytes(vocabulary().read_bytes())


def vocabulary():
    import open_clip
    return Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"


def published_tokenizer(folder):
    """transformers' tokenizer of the published vocabulary, made of the list of merges."""
    from open_clip.tokenizer import SimpleTokenizer
    own = SimpleTokenizer()
    merges = sorted(own.bpe_ranks, key=own.bpe_ranks.get)
    # open_clip has other names for the two marks that come last.
    marks = dict(zip(list(own.encoder)[-2:], ("<|startoftext|>", "<|endoftext|>")))
    (folder / "vocab.json").write_text(json.dumps({marks.get(k, k): v for k, v in own.encoder.items()}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(m) for m in merges) + "\n")
    return transformers.CLIPTokenizer.from_pretrained(folder)


def texts(output, has_open_clip):
    every = [f"a{chr(c)}B {chr(c)}" for c in [*range(0xD800), *range(0xE000, 0x32400), *range(0xE0000, 0xE0200)]]
    tokens(output, sample_tokenizer(), strings(10_000) + every)
    if not has_open_clip: return
    published = output / "published"
    with tempfile.TemporaryDirectory() as folder: tokens(published, published_tokenizer(Path(folder)), strings(10_000) + every)
    (published / vocabulary().name).write_bytes(vocabulary().read_bytes())


def check(name, make, output, command):
    """Runs the command on what `make` makes: of each model `right`, `refused` or `wrong`."""
    start = time.monotonic()
    torch.manual_seed(0)
    with torch.no_grad(): make(output / name if name not in ("tokens", "containers") else output)
    made = time.monotonic()
    run = subprocess.run(command, env={**os.environ, "MICLIP_LAYOUTS": str(output)}, capture_output=True, text=True)
    errors = {}
    for m in re.finditer(r"^parity: (\S+) (.+) (\S+)$", run.stdout, re.M): errors.setdefault(m[1], {})[m[2]] = float(m[3])
    refusals = dict(re.findall(r"^refused: (\S+) (.+)$", run.stdout, re.M))
    verdicts = {}
    for layout in sorted(f.parent.name for f in output.glob("*/expected.safetensors")) or [name]:
        isRight = layout in errors and max(errors[layout].values()) <= BOUND
        verdicts[layout] = "refused" if layout in refusals else "right" if isRight else "wrong"
    every = {f"{layout} {tensor}" if len(errors) > 1 else tensor: e for layout, of in errors.items() for tensor, e in of.items()}
    if len(verdicts) == 1:
        isGood = run.returncode == 0 and bool(every) and max(every.values()) <= BOUND
        verdicts = {name: "right" if isGood else "refused" if refusals else "wrong"}
    isGood = set(verdicts.values()) == {"right"} and run.returncode == 0
    if not isGood: print(run.stdout[-3000:], run.stderr[-3000:])
    for layout, reason in sorted(refusals.items()): print(f"refused: {layout}: {reason}")
    worst = max(every, key=every.get) if every else "nothing compared"
    size = sum(f.stat().st_size for f in output.rglob("*") if f.is_file()) / 1e6
    print(f"{'ok  ' if isGood else 'BAD '} {name:34} {len(every):3} tensors  worst {every.get(worst, float('nan')):.1e} {worst:12}"
          f" {size:6.0f} MB  {made - start:4.0f} + {time.monotonic() - made:3.0f} s", flush=True)
    return verdicts


def kind(name):
    """Of `timm-resnet50d` timm-resnet; of `zip-timm-vit` zip; of `siglip-zip-pairs` zip."""
    first, _, rest = name.removeprefix("siglip-").partition("-")
    for container in sorted(containers.CONTAINERS, key=len, reverse=True):
        if name.removeprefix("siglip-").startswith(container + "-"): return f"small, {container}"
    return re.sub(r"[\d_].*", "", "-".join(name.split("-")[:2]))


def table(verdicts):
    """How many of each kind are right, refused by name, or wrong."""
    kinds = {}
    for name, verdict in verdicts.items(): kinds.setdefault(kind(name), []).append(verdict)
    lines = [f"{'checkpoints':28} right  refused  wrong"]
    for name, found in [*sorted(kinds.items()), ("all", list(verdicts.values()))]:
        lines.append(f"{name:28} {found.count('right'):5}  {found.count('refused'):7}  {found.count('wrong'):5}")
    return "\n".join(lines)


def main():
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="models with this in their names")
    parser.add_argument("--keep", type=Path, help="write them here and keep them")
    parser.add_argument("--initial", action="store_true", help="the weights PyTorch starts training from")
    arguments = parser.parse_args(sys.argv[1:split])
    global isInitial
    isInitial = arguments.initial
    command = sys.argv[split + 1:]
    if not command: parser.error("no command after --")
    try:
        import open_clip  # noqa: F401
        has_open_clip = True
    except ImportError:
        has_open_clip = False
        print("open_clip_torch is not installed: its CLIPs and the published vocabulary are left out")
    made = {"tokens": lambda folder: texts(folder, has_open_clip), "containers": containers.write} | models()
    verdicts = {}
    for name, make in made.items():
        if arguments.only not in name or (not has_open_clip and name.startswith("open")): continue
        if arguments.keep:
            verdicts |= check(name, make, arguments.keep / name, command)
            continue
        with tempfile.TemporaryDirectory() as folder:
            # Tokenizers lie beside the models.
            (Path(folder) / "layouts").mkdir()
            verdicts |= check(name, make, Path(folder) / "layouts", command)
    print(table(verdicts))
    right = list(verdicts.values()).count("right")
    print(f"{right} of {len(verdicts)} agree within {BOUND}")
    sys.exit(0 if verdicts and right == len(verdicts) else 1)


if __name__ == "__main__":
    main()
