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
        elif "logit_scale" in name or "attn_mask" in name: continue
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
    """The model with the weights the file will have."""
    return model.to(dtype).float() if dtype else model


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
        timm_resnet(output)
        clip(output, "hf-clip", "quick_gelu")
        clip(output, "open-clip", "gelu")
        clip(output, "openai-clip", "quick_gelu")


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
