#!/usr/bin/env python3
"""Builds the reference models at full size with seeded random weights, and records what they compute.

    python3 make_full_size_models.py FOLDER

Needs torch, transformers, timm, tokenizers and safetensors from PyPI, four minutes and 3 GB. Each model becomes a folder
in one of the layouts people have, with `goldens.safetensors` beside it: `pixels` for two images, every block's output,
`logits` or `images` and `texts`, computed in double precision: random ResNets magnify rounding a hundredfold, and only
one side's should count. `make parity` runs this and compares.
"""
import importlib.abc
import importlib.machinery
import gzip
import json
import random
import sys
import types
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file


class NoTorchvision(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """timm imports torchvision for data sets and transforms, which are not used here: names without content will do."""

    class Name(type):
        def __getattr__(cls, name):
            if name.startswith("__"): raise AttributeError(name)
            return name

    class Module(types.ModuleType):
        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"): raise AttributeError(name)
            return NoTorchvision.Name(name, (), {})

    def find_spec(self, name, path=None, target=None):
        ours = name.split(".")[0] == "torchvision"
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if ours else None

    def create_module(self, spec): return self.Module(spec.name)
    def exec_module(self, module): pass


# transformers looks whether torchvision is there, so it comes first.
from transformers import (  # noqa: E402
    CLIPConfig, CLIPModel, CLIPTokenizer, ResNetConfig, ResNetForImageClassification, ViTConfig, ViTForImageClassification)

try:
    import torchvision  # noqa: F401
except ImportError:
    sys.meta_path.append(NoTorchvision())
import timm  # noqa: E402

PIXELS = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(7))


def seeded(make):
    torch.manual_seed(11)
    model = make().eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            # What starts at zero or one would hide a bias or a scale that is never applied.
            if p.ndim <= 1 and name != "logit_scale": p.add_(torch.randn_like(p) * 0.05)
    return model


def settle_batch_norms(model):
    """Statistics of random images, so that no layer's output dies or explodes."""
    model.train()
    for m in model.modules():
        if isinstance(m, torch.nn.BatchNorm2d): m.momentum = None
    with torch.no_grad(): model(torch.randn(8, 3, 224, 224, generator=torch.Generator().manual_seed(5)))
    return model.eval()


def outputs(model, modules, run):
    """What each of the named modules puts out during `run`, and its result, in double precision."""
    model.double()
    found = {}
    def keep(name): return lambda _m, _i, output: found.update({name: (output[0] if isinstance(output, tuple) else output).clone()})
    handles = [m.register_forward_hook(keep(name)) for name, m in modules.items()]
    with torch.no_grad(): result = run(PIXELS.double())
    for handle in handles: handle.remove()
    assert len(found) == len(modules)
    return found, result


def tokens_last(x):
    """Feature maps [B, C, H, W] -> [B, H W, C]; others as they are."""
    return x.flatten(2).transpose(1, 2) if x.ndim == 4 else x


def write(folder, weights, goldens, config=None, **files):
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / files.pop("name", "model.safetensors"))
    if config is not None: (folder / "config.json").write_text(json.dumps(config, indent=1))
    for name, text in files.items(): (folder / name.replace("__", ".")).write_text(text)
    write_goldens(folder, goldens)


def write_goldens(folder, goldens):
    goldens = {k: v if k == "pixels" else tokens_last(v) for k, v in goldens.items()}
    save_file({k: v.contiguous().float() for k, v in goldens.items()}, folder / "goldens.safetensors")
    print(folder.name, flush=True)


def weights_of(model): return {k: v.contiguous().clone() for k, v in model.state_dict().items()}


def vit_huggingface(out):
    model = seeded(lambda: ViTForImageClassification(ViTConfig(num_labels=1000)))
    layers = [m for m in model.modules() if type(m).__name__ == "ViTLayer"]
    modules = {"embeddings": model.vit.embeddings, **{f"blocks.{i}": m for i, m in enumerate(layers)}, "norm": model.vit.layernorm}
    # transformers writes the shards, their index and the configuration.
    folder = out / "vit-b16-huggingface-sharded"
    model.save_pretrained(folder, max_shard_size="100MB")
    found, result = outputs(model, modules, lambda x: model(x).logits)
    write_goldens(folder, {**found, "pixels": PIXELS, "logits": result})


def vit_timm(out):
    model = seeded(lambda: timm.create_model("vit_base_patch16_224"))
    modules = {**{f"blocks.{i}": m for i, m in enumerate(model.blocks)}, "norm": model.norm}
    weights = weights_of(model)
    found, result = outputs(model, modules, model)
    config = {"architecture": "vit_base_patch16_224", "num_classes": 1000, "num_features": 768, "global_pool": "token",
              "pretrained_cfg": {"input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.9,
                                 "mean": [0.5] * 3, "std": [0.5] * 3, "num_classes": 1000, "first_conv": "patch_embed.proj"}}
    write(out / "vit-b16-timm", weights, {**found, "pixels": PIXELS, "logits": result}, config)


def resnet_timm(out):
    model = settle_batch_norms(seeded(lambda: timm.create_model("resnet50")))
    modules = {f"layer{s}.{j}": block for s in range(1, 5) for j, block in enumerate(getattr(model, f"layer{s}"))}
    weights = weights_of(model)
    found, result = outputs(model, modules, model)
    config = {"architecture": "resnet50", "num_classes": 1000, "num_features": 2048,
              "pretrained_cfg": {"input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.95,
                                 "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "num_classes": 1000}}
    found["avgpool"] = found["layer4.2"].mean((2, 3))
    goldens = {**found, "pixels": PIXELS, "logits": result}
    write(out / "resnet50-timm", weights, goldens, config)
    # torchvision's names are timm's; its files come without a configuration.
    write(out / "resnet50-torchvision", weights, goldens, name="resnet50.safetensors")


def resnet_huggingface(out):
    model = settle_batch_norms(seeded(lambda: ResNetForImageClassification(ResNetConfig(num_labels=1000))))
    modules = {f"layer{s + 1}.{j}": layer for s, stage in enumerate(model.resnet.encoder.stages)
               for j, layer in enumerate(stage.layers)}
    weights = weights_of(model)
    found, result = outputs(model, modules, lambda x: model(x).logits)
    found["avgpool"] = found["layer4.2"].mean((2, 3))
    goldens = {**found, "pixels": PIXELS, "logits": result}
    config = model.config.to_dict() | {"dtype": "float32"}
    write(out / "resnet50-huggingface", weights, goldens, config)


def vocabulary():
    """As many tokens as CLIP has, from random merges: bytes, bytes that end words, merges, two marks."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = {b: chr(b) for b in printable}
    symbols.update({b: chr(256 + i) for i, b in enumerate(b for b in range(256) if b not in symbols)})
    # OpenAI's order: the printable bytes first.
    alphabet = [symbols[b] for b in printable] + [symbols[b] for b in range(256) if b not in printable]
    tokens = alphabet + [s + "</w>" for s in alphabet]
    letters, chance = [chr(c) for c in range(97, 123)], random.Random(3)
    known, merges = set(tokens), []
    beginnings, ends = list(letters), [c + "</w>" for c in letters]
    while len(tokens) < 49406:
        left = chance.choice(beginnings)
        right = chance.choice(letters + ends) if len(left) > 6 else chance.choice(beginnings + ends)
        if left + right in known or len(left + right) > 18: continue
        merges.append((left, right))
        known.add(left + right)
        tokens.append(left + right)
        (ends if right.endswith("</w>") else beginnings).append(left + right)
    return tokens + ["<|startoftext|>", "<|endoftext|>"], merges


def strings(count):
    """Texts to try a tokenizer on: words, names, scripts, emoji, marks, controls, white space, long ones."""
    chance = random.Random(13)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    word = lambda: "".join(chance.choice(letters[: chance.choice([8, 16, 26])]) for _ in range(chance.randint(1, 11)))
    ranges = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F),
              (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x218F), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
              (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF), (0x1F1E6, 0x1F1FF), (0x0, 0x1F), (0x7F, 0x9F)]
    character = lambda: chr(chance.randint(*chance.choice(ranges)))
    # Any assigned or unassigned code point but surrogates, seldom.
    anything = lambda: chr(chance.choice([chance.randint(0, 0xD7FF), chance.randint(0xE000, 0x10FFFF)]))
    kinds = [
        lambda: " ".join(word() for _ in range(chance.randint(1, 6))),
        lambda: " ".join(word().title() for _ in range(3)) + chance.choice([".", "!", "?!", "'s", "'ll", "…"]),
        lambda: "".join(character() for _ in range(chance.randint(1, 24))),
        lambda: "".join(chance.choice([character, word])() for _ in range(8)),
        lambda: word() + chance.choice("\t\n\r\u00a0\u2003\u200b\ufeff") + word(),
        lambda: str(chance.random()) + word() + str(chance.randint(0, 10**6)),
        lambda: "".join(chr(chance.randint(0x1F300, 0x1FAFF)) + chance.choice(["", "\u200d", "\ufe0f"]) for _ in range(4)),
        lambda: "<|endoftext|>".join(word() for _ in range(2)),
        lambda: "".join(anything() for _ in range(chance.randint(1, 6))),
    ]
    texts = ["", " ", " ".join(word() for _ in range(300)), "🏳️‍🌈", "e\u0301" * 40]
    while len(texts) < count: texts.append(chance.choice(kinds)())
    return texts


def clip(out):
    tokens, merges = vocabulary()
    folder = out / "clip-b16-huggingface"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    lines = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges)
    (folder / "merges.txt").write_text(lines)
    config = CLIPConfig(
        text_config={"bos_token_id": 49406, "eos_token_id": 49407, "pad_token_id": 49407},
        vision_config={"patch_size": 16}, projection_dim=512)
    model = seeded(lambda: CLIPModel(config))
    vision = model.vision_model
    modules = {"embeddings": vision.pre_layrnorm, **{f"blocks.{i}": m for i, m in enumerate(vision.encoder.layers)}}
    pooled = lambda f: f if torch.is_tensor(f) else f.pooler_output
    unit = lambda f: torch.nn.functional.normalize(pooled(f), dim=-1)
    state = weights_of(model)
    config = model.config.to_dict()
    found, images = outputs(model, modules, lambda x: unit(model.get_image_features(pixel_values=x)))
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    texts = strings(10_000)
    encoded = tokenizer(texts, truncation=True, max_length=77, padding="max_length", return_tensors="pt")
    lengths = encoded["attention_mask"].sum(1).tolist()
    encoded = encoded["input_ids"]
    with torch.no_grad(): embedded = unit(model.get_text_features(input_ids=encoded[:40]))
    goldens = {**found, "pixels": PIXELS, "images": images, "texts": embedded}
    (folder / "texts.json").write_text(json.dumps(texts))
    (folder / "tokens.json").write_text(json.dumps([t[:n] for t, n in zip(encoded.tolist(), lengths)]))
    write(folder, state, goldens, config)

    openai = {}
    openai["logit_scale"] = state["logit_scale"]
    for prefix, source in (("visual.", "vision_model."), ("", "text_model.")):
        for i in range(12):
            there, here = f"{prefix}transformer.resblocks.{i}.", f"{source}encoder.layers.{i}."
            for kind in ("weight", "bias"):
                openai[f"{there}attn.in_proj_{kind}"] = torch.cat([state[f"{here}self_attn.{p}_proj.{kind}"] for p in "qkv"])
                for a, b in (("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"),
                             ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2")):
                    openai[f"{there}{a}.{kind}"] = state[f"{here}{b}.{kind}"]
    for kind in ("weight", "bias"):
        openai[f"visual.ln_pre.{kind}"] = state[f"vision_model.pre_layrnorm.{kind}"]
        openai[f"visual.ln_post.{kind}"] = state[f"vision_model.post_layernorm.{kind}"]
        openai[f"ln_final.{kind}"] = state[f"text_model.final_layer_norm.{kind}"]
    openai["visual.conv1.weight"] = state["vision_model.embeddings.patch_embedding.weight"]
    openai["visual.class_embedding"] = state["vision_model.embeddings.class_embedding"]
    openai["visual.positional_embedding"] = state["vision_model.embeddings.position_embedding.weight"]
    openai["visual.proj"] = state["visual_projection.weight"].T
    openai["token_embedding.weight"] = state["text_model.embeddings.token_embedding.weight"]
    openai["positional_embedding"] = state["text_model.embeddings.position_embedding.weight"]
    openai["text_projection"] = state["text_projection.weight"].T
    settings = {"model_cfg": {
        "embed_dim": 512, "quick_gelu": True, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 16},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}},
        "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}}
    folder = out / "clip-b16-openai"
    openai = {k: v.contiguous().clone() for k, v in openai.items()}
    write(folder, openai, goldens, name="open_clip_model.safetensors", open_clip_config__json=json.dumps(settings))
    with gzip.open(folder / "bpe_simple_vocab_16e6.txt.gz", "wt", encoding="utf-8") as file: file.write(lines)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    for make in (vit_huggingface, vit_timm, resnet_timm, resnet_huggingface, clip): make(out)


if __name__ == "__main__":
    if len(sys.argv) != 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
