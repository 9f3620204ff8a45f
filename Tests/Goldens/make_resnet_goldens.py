"""Two tiny residual networks with random weights, and what transformers computes with them.

    python make_resnet_goldens.py resnet.safetensors

One file holds, for `basic` and `bottleneck`: the pixels, the weights under `<kind>.weights.`, the activations at the stem, at
every block, after the pooling and the logits (channels last), with the configurations in its metadata; and of the first image
the gradient of the log-probability of its own answer at the stem and some blocks, under `<kind>.gradient.`.
"""
import json
import sys

import torch
from safetensors.torch import save_file
from transformers import ResNetConfig, ResNetForImageClassification

torch.manual_seed(0)
tensors, metadata = {}, {}
pixels = tensors["pixels"] = torch.randn(3, 3, 40, 56)
for kind, widths, early in (("basic", [16, 24], False), ("bottleneck", [32, 48, 64], True)):
    config = ResNetConfig(
        embedding_size=16, hidden_sizes=widths, depths=[2] * len(widths), layer_type=kind, num_labels=5,
        downsample_in_bottleneck=early, downsample_in_first_stage=early)
    model = ResNetForImageClassification(config).eval()
    for name, parameter in list(model.named_parameters()) + list(model.named_buffers()):
        if "normalization" in name and parameter.is_floating_point():
            # Neither the zeros nor the ones that a fresh batch normalisation has; a variance is positive.
            parameter.data = torch.rand_like(parameter) + 0.5 if name.endswith(("weight", "var")) else torch.randn_like(parameter) / 4
    activations, outputs = {}, {}

    def channels_last(maps):
        return maps.permute(0, 2, 3, 1).flatten(1, 2)

    def record(name):
        def hook(_, __, output):
            outputs[name] = output
            activations[name] = channels_last(output)
        return hook

    model.resnet.embedder.register_forward_hook(record("stem"))
    for s, stage in enumerate(model.resnet.encoder.stages):
        for j, block in enumerate(stage.layers):
            block.register_forward_hook(record(f"layer{s + 1}.{j}"))
        stage.register_forward_hook(record(f"layer{s + 1}"))
    model.resnet.pooler.register_forward_hook(record("avgpool"))
    with torch.inference_mode():
        activations["logits"] = model(pixels).logits
    activations["avgpool"] = activations["avgpool"].flatten(1)
    for name, value in activations.items():
        # The early, large maps of one image are enough.
        tensors[f"{kind}.{name}"] = (value if value.dim() == 2 else value[:1]).contiguous()
    answer = model(pixels[:1]).logits.log_softmax(-1).max()
    points = [name for name in outputs if name == "stem" or "." in name][:-1]
    for name, gradient in zip(points, torch.autograd.grad(answer, [outputs[name] for name in points])):
        tensors[f"{kind}.gradient.{name}"] = channels_last(gradient).contiguous()
    for name, value in model.state_dict().items():
        tensors[f"{kind}.weights.{name}"] = value.contiguous()
    metadata[kind] = json.dumps({
        "model_type": "resnet", "image_size": list(pixels.shape[2:]), "num_labels": 5, "num_channels": 3,
        **{key: getattr(config, key) for key in (
            "embedding_size", "hidden_sizes", "depths", "layer_type", "downsample_in_bottleneck",
            "downsample_in_first_stage", "hidden_act")}})
save_file(tensors, sys.argv[1], metadata=metadata)
