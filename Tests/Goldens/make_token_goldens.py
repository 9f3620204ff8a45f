#!/usr/bin/env python3
"""Writes token-features/: two random autoencoders on the tokens of the sample's target model, and what PyTorch makes of them.

Of the first twelve probe images the codes of all tokens at blocks.1, pooled by maximum and mean; of the first twelve held-out
images the logits of transformers' model with the output of that block replaced at every token by a + s Σ_j (f̃_j - f_j) d_j,
so with what the autoencoder does not rebuild kept. Needs torch, transformers and safetensors.
"""
import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import ViTForImageClassification

torch.manual_seed(5)
torch.set_num_threads(1)
D, M, N = 96, 64, 12
here = Path(__file__).parent
samples = here.parents[1] / "SampleData"
root = here / "token-features"
shutil.rmtree(root, ignore_errors=True)
model = ViTForImageClassification.from_pretrained(samples / "target-vit").eval()
settings = json.loads((samples / "target-vit/preprocessor_config.json").read_text())
block = [m for m in model.modules() if type(m).__name__ == "ViTLayer"][1]


def images(name):
    raw = gzip.decompress((samples / f"fashion-mnist/{name}-images-idx3-ubyte.gz").read_bytes())
    x = np.frombuffer(raw, np.uint8, offset=16, count=N * 784).reshape(N, 1, 28, 28)
    return (torch.from_numpy(x.copy()).float() / 255 - settings["image_mean"][0]) / settings["image_std"][0]


@torch.no_grad()
def tokens(pixels):
    found = []
    handle = block.register_forward_hook(lambda _m, _i, out: found.append(out[0] if isinstance(out, tuple) else out))
    model(pixels)
    handle.remove()
    return found[0]


@torch.no_grad()
def logits(pixels, edit):
    def hook(_module, _inputs, out):
        return (edit(out[0]), *out[1:]) if isinstance(out, tuple) else edit(out)
    handle = block.register_forward_hook(hook)
    result = model(pixels).logits
    handle.remove()
    return result


def make(name, k, normalized):
    folder = root / name
    folder.mkdir(parents=True)
    weights = {"W_enc": torch.randn(D, M) * 0.1, "b_enc": torch.randn(M) * 0.05,
               "W_dec": torch.nn.functional.normalize(torch.randn(M, D), dim=1), "b_dec": torch.randn(D) * 0.1}
    save_file(weights, folder / "sae_weights.safetensors")
    architecture = dict(architecture="topk", k=k) if k else dict(architecture="standard")
    (folder / "cfg.json").write_text(json.dumps(architecture | dict(
        d_in=D, d_sae=M, dtype="float32", device="cpu", apply_b_dec_to_input=True, reshape_activations="none",
        normalize_activations="layer_norm" if normalized else "none",
        metadata=dict(hook_name="blocks.1.hook_resid_post"))) + "\n")

    def encode(a):
        scale = torch.ones_like(a[..., :1])
        if normalized:
            scale = a.std(-1, keepdim=True)
            a = (a - a.mean(-1, keepdim=True)) / (scale + 1e-5)
        z = (a - weights["b_dec"]) @ weights["W_enc"] + weights["b_enc"]
        if not k:
            return z.relu(), scale
        values, places = z.topk(k, dim=-1)
        return torch.zeros_like(z).scatter(-1, places, values.relu()), scale

    def steered(change):
        def edit(a):
            codes, scale = encode(a)
            return a + scale * ((change(codes.clone()) - codes) @ weights["W_dec"])
        return edit

    def scaled(codes):
        codes[..., [3, 17, 40]] *= 4
        return codes

    def added(codes):
        codes[..., [8, 30]] += 1.5
        return codes

    codes, _ = encode(tokens(images("train10k")))
    pixels = images("t10k")
    plain = logits(pixels, lambda a: a)
    found = {"codes.max": codes.amax(1), "codes.mean": codes.mean(1), "logits": plain,
             "logits.scaled": logits(pixels, steered(scaled)), "logits.added": logits(pixels, steered(added))}
    for key in ["logits.scaled", "logits.added"]:
        print(name, key, "moves logits by up to", float((found[key] - plain).abs().max()))
    save_file({key: value.contiguous() for key, value in found.items()}, folder / "golden.safetensors")


make("topk", 6, False)
make("layer-norm", 0, True)
