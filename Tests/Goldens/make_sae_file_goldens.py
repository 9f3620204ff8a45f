#!/usr/bin/env python3
"""Writes sae-files/: small random autoencoders in the files that saev, Prisma and PatchSAE save, with what each makes of 24 inputs.

The files are as the projects' own code saves them: saev's line of JSON before torch.save's archive, in every version of its
settings; the pickled classes of settings of Prisma and PatchSAE, which stand here as empty ones of the same names. Codes and
reconstructions are computed here from the definitions. `refused/` has what miclip must refuse. Needs torch and safetensors.
"""
import dataclasses
import json
import shutil
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file

torch.manual_seed(1)
D, M, N = 12, 36, 24
root = Path(__file__).parent / "sae-files"
shutil.rmtree(root, ignore_errors=True)
(root / "refused").mkdir(parents=True)
x = torch.randn(N, D) * torch.linspace(0.5, 2, D) + 0.3


def tensors(gated=False):
    state = {"W_enc": torch.randn(D, M) * 0.3, "b_enc": torch.randn(M) * 0.1, "W_dec": torch.randn(M, D) * 0.3,
             "b_dec": torch.randn(D) * 0.3}
    if gated:
        state |= {name: torch.randn(M) * 0.1 for name in ["b_gate", "r_mag", "b_mag"]}
    return state


def top(z, k):
    """saev's: no ReLU follows, which none of these inputs can tell from one, as at least k are positive."""
    values, indices = z.topk(k, dim=-1)
    assert (values > 0).all()
    return torch.zeros_like(z).scatter(-1, indices, values)


def golden(name, features, output):
    save_file(dict(x=x, features=features.contiguous(), output=output.contiguous()), root / f"{name}.safetensors")


# saev.

def saev(name, heading, activation, subtracts, threshold=None, place=root):
    state = tensors()
    if threshold is not None:
        state["activation.threshold"] = torch.tensor(threshold)
    with open(place / f"{name}.pt", "wb") as file:
        file.write(json.dumps(heading).encode() + b"\n")
        torch.save(state, file)
    features = activation((x - state["b_dec"] if subtracts else x) @ state["W_enc"] + state["b_enc"])
    if place == root:
        golden(name, features, features @ state["W_dec"] + state["b_dec"])


def payload(cls, **params):
    return {"cls": cls, "params": params}


def current(activation, schema):
    width = {"d_model": D, "d_sae": M} if schema > 2 else {"d_vit": D, "exp_factor": 3}
    return {"schema": schema, "cfg": width | {"activation": activation, "normalize_w_dec": True},
            "commit": "abc1234", "lib": "0.1.0"}


former = {"d_vit": D, "exp_factor": 3, "n_reinit_samples": 524288, "remove_parallel_grads": True, "normalize_w_dec": True, "seed": 0}
saev("saev-0-relu", former | {"sparsity_coeff": 0.0004, "ghost_grads": False}, torch.relu, True)
saev("saev-1-top-k", {"schema": 1, "cfg": former | {"top_k": 5}, "cls": "TopK", "commit": "abc1234", "lib": "0.1.0"},
     lambda z: top(z, 5), True)
saev("saev-1b-relu", {"schema": 1, "cls": "SparseAutoencoderConfig", "commit": "abc1234", "lib": "0.1.0",
                      "cfg": former | {"activation": payload("Relu", sparsity={"coeff": 0.0004})}}, torch.relu, False)
saev("saev-2-top-k", current(payload("TopK", top_k=4), 2), lambda z: top(z, 4), False)
saev("saev-4-relu", current(payload("Relu"), 4), torch.relu, False)
saev("saev-5-batch-top-k", current(payload("BatchTopK", key="batch-top-k", top_k=4, sparsity=payload("NoSparsity", key="no-sparsity"),
                                           momentum=0.1, aux=payload("AuxK", key="auxk", k_aux=512, alpha=0.03125)), 5),
     lambda z: torch.where(z > 0.7, z, torch.zeros_like(z)), False, threshold=0.7)
saev("saev-2-batch-top-k", current(payload("BatchTopK", top_k=4), 2), torch.relu, False, place=root / "refused")
saev("saev-1-matryoshka", {"schema": 1, "cfg": former, "cls": "Matryoshka"}, torch.relu, False, place=root / "refused")
saev("saev-6", current(payload("Relu"), 6), torch.relu, False, place=root / "refused")


# Prisma and PatchSAE: settings are pickled as objects of classes that must be importable under these names.

def settings(module, name):
    """An empty class called so, which pickles by the name of its module."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
    made = dataclasses.make_dataclass(name, [], namespace={"__module__": module})
    made.__module__, made.__qualname__ = module, name
    setattr(sys.modules[module], name, made)
    return made


def filled(cls, **members):
    made = cls()
    made.__dict__.update(members)
    return made


Runner = settings("vit_prisma.sae.config", "VisionModelSAERunnerConfig")
Hooked = settings("vit_prisma.configs.HookedViTConfig", "HookedViTConfig")
common = dict(model_name="open-clip:laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K", hook_point_layer=2, layer_subtype="hook_resid_post",
              context_size=50, use_patches_only=False, cls_token_only=False, expansion_factor=3, d_in=D,
              normalize_activations="layer_norm", is_transcoder=False)


def normed(x):
    mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True)
    return (x - mean) / (std + 1e-5), mean, std


z, mean, std = normed(x)
state = tensors()
torch.save({"cfg": filled(Runner, vit_model_cfg=filled(Hooked, n_layers=12, d_model=D, device="cuda"), _device=torch.device("cuda"),
                          _dtype="float32", architecture="standard", activation_fn_str="topk", activation_fn_kwargs={"k": 4},
                          lr=1e-3, min_l0=None, **common), "state_dict": state}, root / "prisma-whole.pt")
features = top((z - state["b_dec"]) @ state["W_enc"] + state["b_enc"], 4).relu()
golden("prisma-whole", features, (features @ state["W_dec"] + state["b_dec"]) * std + mean)

folder = root / "prisma-gated"
folder.mkdir()
state = tensors(gated=True)
torch.save(state, folder / "weights.pt")
(folder / "config.json").write_text(json.dumps(common | dict(
    architecture="gated", activation_fn_str="relu", activation_fn_kwargs={}, use_patches_only=True, vit_model_cfg=None,
    _device="cuda", _dtype="torch.float32")) + "\n")
inner = z - state["b_dec"]
features = (inner @ state["W_enc"] + state["b_gate"] > 0) * torch.relu(inner @ (state["W_enc"] * state["r_mag"].exp()) + state["b_mag"])
golden("prisma-gated", features, (features @ state["W_dec"] + state["b_dec"]) * std + mean)

for name, change in [("transcoder", dict(is_transcoder=True)), ("tanh-relu", dict(activation_fn_str="tanh-relu"))]:
    torch.save({"cfg": filled(Runner, **(common | dict(architecture="standard", activation_fn_str="relu") | change)),
                "state_dict": tensors()}, root / f"refused/prisma-{name}.pt")

Patch = settings("src.sae_training.config", "ViTSAERunnerConfig")
patch = dict(class_token=False, model_name="openai/clip-vit-base-patch16", module_name="resid", block_layer=2, d_in=D, d_sae=M,
             dtype=torch.float32, device=torch.device("cpu"), gated_sae=False, expansion_factor=3, store_size=131072)
for name, key, value in [("patchsae", "cfg", filled(Patch, **patch)), ("patchsae-dictionary", "config", patch)]:
    state = tensors()
    torch.save({key: value, "state_dict": state}, root / f"{name}.pt")
    features = torch.relu((x - state["b_dec"]) @ state["W_enc"] + state["b_enc"])
    golden(name, features, features @ state["W_dec"] + state["b_dec"])
torch.save({"cfg": filled(Patch, **(patch | dict(gated_sae=True))), "state_dict": tensors(gated=True)}, root / "refused/patchsae-gated.pt")
Model = settings("vit_prisma.sae.sae", "StandardSparseAutoencoder")
torch.save({"model": filled(Model)}, root / "refused/prisma-object.pt")
