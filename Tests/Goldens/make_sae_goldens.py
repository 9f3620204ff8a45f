#!/usr/bin/env python3
"""Writes autoencoders/ and autoencoder-grid.{json,safetensors}: small random autoencoders in the layouts that miclip imports, with what each makes of 24 inputs.

Those of SAELens are made, saved and run by the real library; Prisma's and OpenAI's are written in their layouts and
computed here from their definitions. Needs sae-lens (6.54 was used), torch and safetensors.
"""
import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from sae_lens import SAE

torch.manual_seed(0)
D, M, N = 12, 40, 24
root = Path(__file__).parent / "autoencoders"
shutil.rmtree(root, ignore_errors=True)
x = torch.randn(N, D) * torch.linspace(0.5, 2, D) + 0.3


def save(folder, features, output):
    save_file(dict(x=x, features=features.detach().contiguous(), output=output.detach().contiguous()),
              folder / "golden.safetensors")


def lens(name, architecture, factor=None, **settings):
    config = dict(architecture=architecture, d_in=D, d_sae=M, dtype="float32", device="cpu",
                  apply_b_dec_to_input=True, normalize_activations="none", reshape_activations="none",
                  metadata=dict(hook_name="blocks.2.hook_resid_post", model_name="small")) | settings
    sae = SAE.from_dict(config)
    for key, parameter in sae.named_parameters():
        parameter.data = torch.randn_like(parameter) * (0.3 if key.startswith("W") else 0.1)
    if architecture == "jumprelu":
        sae.threshold.data = torch.rand(M) * 0.5
    sae.save_model(root / name)
    if factor:  # What training with expected_average_only_in does at its end; the file is of before.
        sae.fold_activation_norm_scaling_factor(factor)
    features = sae.encode(x)
    save(root / name, features, sae.decode(features))


root.mkdir()
lens("standard", "standard")
lens("standard-layer-norm", "standard", normalize_activations="layer_norm", apply_b_dec_to_input=False)
lens("topk", "topk", k=5)
lens("topk-constant-norm", "topk", k=5, normalize_activations="constant_norm_rescale")
lens("topk-decoder-norm", "topk", k=5, rescale_acts_by_decoder_norm=True)
lens("jumprelu", "jumprelu")
lens("gated", "gated", normalize_activations="layer_norm")
lens("standard-expected-average", "standard", factor=float(D**0.5 / x.norm(dim=-1).mean()),
     normalize_activations="expected_average_only_in")


def normed(x):
    mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True)
    return (x - mean) / (std + 1e-5), mean, std


def top(z, k):
    values, indices = z.topk(k, dim=-1)
    return torch.zeros_like(z).scatter(-1, indices, values.relu())


folder = root / "prisma"
folder.mkdir()
we, wd, be, bd = torch.randn(D, M) * 0.3, torch.randn(M, D) * 0.3, torch.randn(M) * 0.1, torch.randn(D) * 0.1
save_file(dict(W_enc=we, W_dec=wd, b_enc=be, b_dec=bd), folder / "weights.safetensors")
(folder / "config.json").write_text(json.dumps(dict(
    d_in=D, expansion_factor=4, architecture="standard", activation_fn_str="topk", activation_fn_kwargs={"k": 4},
    normalize_activations="layer_norm", hook_point="blocks.2.hook_resid_post")) + "\n")
z, mean, std = normed(x)
features = top((z - bd) @ we + be, 4)
save(folder, features, (features @ wd + bd) * std + mean)

folder = root / "openai"
folder.mkdir()
save_file({"encoder.weight": we.T.contiguous(), "decoder.weight": wd.T.contiguous(), "latent_bias": be,
           "pre_bias": bd}, folder / "sae.safetensors", {"activation": "TopK", "k": "6"})
features = top((z - bd) @ we + be, 6)
save(folder, features, (features @ wd + bd) * std + mean)

# Every architecture of SAELens with every normalisation, the decoder's bias taken from the input or not: settings and
# tensors as the library saves them, in two files.
tensors, settings = {}, {}
M, x = 10, x[:6]
tensors["x"] = x
with tempfile.TemporaryDirectory() as folder:
    root = Path(folder)
    for architecture in ["standard", "topk", "jumprelu", "gated"]:
        for normalization in ["none", "layer_norm", "constant_norm_rescale", "expected_average_only_in"]:
            for subtracts in [True, False]:
                name = f"{architecture} {normalization} {'subtracts' if subtracts else 'keeps'}"
                factor = float(D**0.5 / x.norm(dim=-1).mean()) if normalization.startswith("expected") else None
                lens(name, architecture, factor=factor, normalize_activations=normalization,
                     apply_b_dec_to_input=subtracts, **(dict(k=3) if architecture == "topk" else {}))
                settings[name] = json.loads((root / name / "cfg.json").read_text())
                for file in ["sae_weights", "golden"]:
                    for key, tensor in load_file(root / name / f"{file}.safetensors").items():
                        if key != "x":
                            tensors[f"{name}/{key}"] = tensor
save_file(tensors, Path(__file__).parent / "autoencoder-grid.safetensors")
(Path(__file__).parent / "autoencoder-grid.json").write_text(json.dumps(settings, indent=0, sort_keys=True) + "\n")
