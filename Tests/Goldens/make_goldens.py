#!/usr/bin/env python3
"""Records what transformers computes with the sample models, for the parity tests.

    python3 make_goldens.py ../../SampleData sample-models.safetensors

Needs torch, transformers and safetensors from PyPI. Eight test images; the residual stream of the first two at every
block; tokens and embeddings of the texts below.
"""
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import CLIPModel, CLIPTokenizer, ViTForImageClassification

TEXTS = [
    "t-shirt", "ankle boot", "a photo of an ankle boot", "Dark STRIPED  Trousers", "", " ", "\t\n", "a", "A", "0", "1234567890",
    "it's", "we've they'll I'd 'tis don't", "''s", "!!!", "...?!", "shoe-bag_dress", "a,b;c", "(sleeve)", "<|endoftext|>",
    "<|startoftext|>", "bag <|endoftext|> shoe", "<|EndOfText|>!", "<|", "|>", "<|startoftext", "café", "cafe\u0301", "x\u0301\u0327",
    "Straße", "ΑΣ Σίσυφος", "İstanbul ſ", "Ⅳ ½ ²", "日本の靴", "обувь", "حذاء", "👟👢 boot", "👩‍👩‍👧", "zero\u200bwidth",
    "no\u00a0break", "line\u2028separator", "next\u0085line", "\ufeffmark", "soft\u00adhyphen", "null\u0000byte",
    "a very long caption of a dark striped dress with a long skirt, long sleeves and a narrow waist", "w" * 100,
]


def images(samples, count):
    """The first `count` test images, bytes and as the models take them."""
    raw = gzip.decompress((samples / "fashion-mnist" / "t10k-images-idx3-ubyte.gz").read_bytes())
    x = np.frombuffer(raw, np.uint8, offset=16, count=count * 784).reshape(count, 1, 28, 28)
    settings = json.loads((samples / "target-vit" / "preprocessor_config.json").read_text())
    mean, deviation = settings["image_mean"][0], settings["image_std"][0]
    return (torch.from_numpy(x.copy()).float() / 255 - mean) / deviation


def outputs(model, modules, run):
    """What each of `modules` puts out during `run`, in order."""
    found = []
    first = lambda output: output[0] if isinstance(output, tuple) else output
    handles = [m.register_forward_hook(lambda _m, _i, output: found.append(first(output).clone())) for m in modules]
    result = run()
    for handle in handles: handle.remove()
    assert len(found) == len(modules)
    return found, result


def of_class(model, *names):
    return [m for m in model.modules() if type(m).__name__ in names]


def target(samples, pixels, goldens):
    model = ViTForImageClassification.from_pretrained(samples / "target-vit").eval()
    modules = of_class(model, "ViTEmbeddings", "ViTLayer") + [model.vit.layernorm]
    hidden, result = outputs(model, modules, lambda: model(pixels))
    names = ["embeddings", *(f"blocks.{i}" for i in range(len(hidden) - 2)), "norm"]
    goldens.update({f"target.{name}": h[:2] for name, h in zip(names, hidden)}, **{"target.logits": result.logits})


def clip(samples, pixels, goldens):
    folder = samples / "clip"
    model = CLIPModel.from_pretrained(folder).eval()
    modules = [model.vision_model.pre_layrnorm, *of_class(model.vision_model, "CLIPEncoderLayer")]
    hidden, features = outputs(model, modules, lambda: model.get_image_features(pixel_values=pixels))
    names = ["embeddings", *(f"blocks.{i}" for i in range(len(hidden) - 1))]
    goldens.update({f"clip.{name}": h[:2] for name, h in zip(names, hidden)})
    unit = lambda f: torch.nn.functional.normalize(f if torch.is_tensor(f) else f.pooler_output, dim=-1)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    length = model.config.text_config.max_position_embeddings
    tokens = tokenizer(TEXTS, truncation=True, max_length=length, padding="max_length", return_tensors="pt")["input_ids"]
    goldens["clip.images"] = unit(features)
    goldens["clip.tokens"] = tokens
    goldens["clip.texts"] = unit(model.get_text_features(input_ids=tokens))


def main(samples, output):
    goldens = {"pixels": images(samples, 8)}
    with torch.no_grad():
        target(samples, goldens["pixels"], goldens)
        clip(samples, goldens["pixels"], goldens)
    save_file({k: v.contiguous() for k, v in goldens.items()}, output, metadata={"texts": json.dumps(TEXTS)})


if __name__ == "__main__":
    if len(sys.argv) != 3: sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2])
