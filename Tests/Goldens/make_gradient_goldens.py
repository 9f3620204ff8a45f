#!/usr/bin/env python3
"""Records PyTorch's gradients of the sample models' own answers, for the tests of the way back.

    python3 make_gradient_goldens.py ../../SampleData gradients.safetensors

Needs torch, transformers and safetensors from PyPI. Of two test images: ∂ log p of the class predicted, by the residual
stream where the name says. Of the CLIP, zero-shot over the sample's classes, at a held length of the image's embedding.
"""
import sys
from pathlib import Path

import torch
from make_goldens import images, of_class
from safetensors.torch import save_file
from transformers import CLIPModel, CLIPTokenizer, ViTForImageClassification


def gradient(module, run):
    """∂ log p_ĉ by what `module` puts out, from the logits that `run` gives."""
    kept = []

    def hook(_module, _inputs, output):
        first = output[0] if isinstance(output, tuple) else output
        leaf = first.detach().requires_grad_()
        kept.append(leaf)
        return (leaf, *output[1:]) if isinstance(output, tuple) else leaf

    handle = module.register_forward_hook(hook)
    logits = run()
    handle.remove()
    logits.log_softmax(-1).max(-1).values.sum().backward()
    return kept[0].grad


def main(samples, output):
    pixels, goldens = images(samples, 2), {}
    vit = ViTForImageClassification.from_pretrained(samples / "target-vit").eval()
    layers = of_class(vit, "ViTLayer")
    goldens["target.embeddings"] = gradient(of_class(vit, "ViTEmbeddings")[0], lambda: vit(pixels).logits)
    goldens["target.blocks.1"] = gradient(layers[1], lambda: vit(pixels).logits)

    model = CLIPModel.from_pretrained(samples / "clip").eval()
    tokenizer = CLIPTokenizer.from_pretrained(samples / "clip")
    names = (samples / "fashion-mnist" / "classes.txt").read_text().split("\n")
    names = [name for name in names if name]
    length = model.config.text_config.max_position_embeddings
    tokens = tokenizer(names, padding="max_length", truncation=True, max_length=length, return_tensors="pt")["input_ids"]
    plain = lambda f: f if torch.is_tensor(f) else f.pooler_output
    with torch.no_grad():
        classes = torch.nn.functional.normalize(plain(model.get_text_features(input_ids=tokens)), dim=-1)

    def zero_shot():
        embedding = plain(model.get_image_features(pixel_values=pixels))
        return model.logit_scale.exp().detach() * embedding / embedding.norm(dim=-1, keepdim=True).detach() @ classes.T

    goldens["clip.blocks.0"] = gradient(of_class(model.vision_model, "CLIPEncoderLayer")[0], zero_shot)
    save_file({k: v.contiguous() for k, v in goldens.items()}, output)


if __name__ == "__main__":
    if len(sys.argv) != 3: sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2])
