"""Images a second beside PyTorch, ONNX Runtime and OpenVINO, on this machine in one run.

    python Benchmarks/throughput.py .build/release/miclip-throughput [--models FOLDER] [--batch 8] [--rounds 9] [--avx2]

Models of full size with random weights are made in a temporary folder, or kept in FOLDER. Every round runs every runtime
once, one after the other; a ratio is the median over rounds of the ratio within the round, so that a slow moment of the
machine strikes both sides. Runtimes that are not installed are left out. Each has a thread for every processor it may use:
`taskset -c 0,1` before the command holds all of them to two. In bfloat16 PyTorch runs under autocast, as it is usually run.

With --avx2 PyTorch and we are held to AVX2, in float32: ours is then a program built without AVX-512 (`make bench-avx2`),
PyTorch goes by its environment; both are asked. The others are left out: ONNX Runtime goes by the processor alone, and so do
some of OpenVINO's layers (gemm_mlas, jit_avx512) whatever its environment says.
"""
import argparse
import contextlib
import copy
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
LIMITED = "--avx2" in sys.argv
if LIMITED:
    # Read as the libraries are loaded.
    os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
                   "OPENBLAS_CORETYPE": "Haswell"}
import torch
import transformers
from transformers import CLIPConfig, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection
from transformers import BitConfig, BitForImageClassification, ConvNextConfig, ConvNextForImageClassification
from transformers import Dinov2Config, Dinov2Model, DINOv3ViTConfig, DINOv3ViTModel, ResNetConfig, ResNetForImageClassification
from transformers import SiglipVisionConfig, SiglipVisionModel, ViTConfig, ViTForImageClassification

transformers.logging.set_verbosity_error()
THREADS = len(os.sched_getaffinity(0))
# Those that the other runtimes are measured with too.
THOROUGH = ["resnet50", "vit-b16", "clip-b16"]
WORDS = ["red", "striped", "dress"]


class Kind:
    """A model of full size: what makes it, who reads it here, and whether PyTorch may be quicker with channels last."""

    def __init__(self, make, save, verb="target", is_convolutional=True, run=None):
        self.make, self.save, self.verb, self.is_convolutional = make, save, verb, is_convolutional
        self.run = run or (lambda model, pixels: model(pixels))


def as_transformers(model, folder):
    model.save_pretrained(folder)


def as_timm(model, folder):
    from safetensors.torch import save_file
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    keys = ("input_size", "crop_pct", "mean", "std", "interpolation")
    (folder / "config.json").write_text(json.dumps({
        "architecture": model.pretrained_cfg["architecture"], "num_classes": model.num_classes, "global_pool": "avg",
        "pretrained_cfg": {k: model.pretrained_cfg[k] for k in keys}}))


def as_open_clip(model, folder):
    """With the words of the other CLIP."""
    import open_clip
    from safetensors.torch import save_file
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": open_clip.get_model_config("RN50"), "preprocess_cfg": {}}))
    for name in ("vocab.json", "merges.txt"):
        (folder / name).write_text((folder.parent / "clip-b16" / name).read_text())


def kinds():
    """By name; those whose package is not installed are left out."""
    answer = lambda key: lambda model, pixels: getattr(model(pixel_values=pixels), key)
    found = {
        "resnet50": Kind(lambda: ResNetForImageClassification(ResNetConfig(num_labels=1000)), as_transformers, run=answer("logits")),
        "vit-b16": Kind(lambda: ViTForImageClassification(ViTConfig(num_labels=1000)), as_transformers,
                        is_convolutional=False, run=answer("logits")),
        "clip-b16": Kind(lambda: CLIPVisionModelWithProjection(CLIPConfig(vision_config={"patch_size": 16}).vision_config), None,
                         "image", False, answer("image_embeds")),
        "dinov2-b14": Kind(lambda: Dinov2Model(Dinov2Config(image_size=224, patch_size=14)), as_transformers,
                           is_convolutional=False, run=answer("last_hidden_state")),
        "dinov3-b16": Kind(lambda: DINOv3ViTModel(DINOv3ViTConfig(
            image_size=224, patch_size=16, hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
            num_register_tokens=4)), as_transformers, is_convolutional=False, run=answer("last_hidden_state")),
        "siglip-b16": Kind(lambda: SiglipVisionModel(SiglipVisionConfig()), as_transformers,
                           is_convolutional=False, run=answer("pooler_output")),
        "convnext-tiny": Kind(lambda: ConvNextForImageClassification(ConvNextConfig(num_labels=1000)), as_transformers, run=answer("logits")),
        "bit-50": Kind(lambda: BitForImageClassification(BitConfig(num_labels=1000)), as_transformers, run=answer("logits")),
    }
    if importlib.util.find_spec("timm"):
        import timm
        for name, architecture in (("efficientnet-lite0", "tf_efficientnet_lite0"), ("efficientnet-b0", "efficientnet_b0"),
                                   ("resnext50", "resnext50_32x4d"), ("seresnet50", "seresnet50"),
                                   ("resnet50-gn", "resnet50_gn"), ("resnetv2-50", "resnetv2_50")):
            found[name] = Kind(lambda a=architecture: timm.create_model(a, pretrained=False), as_timm)
        # With its branches joined, as it is deployed.
        found["fastvit-sa12"] = Kind(
            lambda: timm.utils.reparameterize_model(timm.create_model("fastvit_sa12", pretrained=False).eval()), as_timm)
        found["eva02-b14"] = Kind(
            lambda: timm.create_model("eva02_base_patch14_224", pretrained=False, num_classes=1000), as_timm, is_convolutional=False)
    if importlib.util.find_spec("open_clip"):
        import open_clip
        found["clip-rn50"] = Kind(lambda: open_clip.create_model("RN50", pretrained=None), as_open_clip, "image",
                                  run=lambda model, pixels: model.encode_image(pixels, normalize=True))
    return found


def make_models(folder):
    torch.manual_seed(0)
    CLIPModel(CLIPConfig(vision_config={"patch_size": 16}, text_config={"eos_token_id": 49407})).save_pretrained(folder / "clip-b16")
    config = json.loads((folder / "clip-b16" / "config.json").read_text())
    config["vision_config"].setdefault("patch_size", 16)
    (folder / "clip-b16" / "config.json").write_text(json.dumps(config))
    # A vocabulary of CLIP's size in which each of the words is one token. Bytes that do not print are written from U+0100 on.
    tokens = [word + "</w>" for word in WORDS]
    merges = []
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    vocabulary = [chr(i) for i in [*printing, *range(256, 512 - len(printing))]]
    vocabulary += [letter + "</w>" for letter in vocabulary]
    for word in WORDS:
        left = word[0]
        for i, letter in enumerate(word[1:], 1):
            right = letter + ("</w>" if i == len(word) - 1 else "")
            merges.append(f"{left} {right}")
            left += right
            vocabulary.append(left)
    vocabulary = list(dict.fromkeys(vocabulary))
    vocabulary += [f"<unused{i}>" for i in range(49406 - len(vocabulary))] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "clip-b16" / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(vocabulary)}))
    (folder / "clip-b16" / "merges.txt").write_text("#version: 0.2\n" + "\n".join(dict.fromkeys(merges)) + "\n")
    return [vocabulary.index(token) for token in tokens]


class Ours:
    """A process that runs once for every line it is sent."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n", "miclip-throughput did not start"

    def __call__(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(body, precision):
    def run():
        began = time.perf_counter()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            body()
        return time.perf_counter() - began
    return run


class Image(torch.nn.Module):
    def __init__(self, model, run):
        super().__init__()
        self.model, self.run = model, run

    def forward(self, pixels):
        return self.run(self.model, pixels)


def operations(model, pixels):
    """Of one image, in thousand millions; a multiplication and an addition are two."""
    from torch.utils.flop_counter import FlopCounterMode
    with torch.inference_mode(), FlopCounterMode(display=False) as counter: model(pixels[:1])
    return counter.get_total_flops() / 1e9


def exported(model, pixels, folder, name):
    """An ONNX file of the model; None where exporting needs what is not installed."""
    path = folder / f"{name}.onnx"
    if not path.exists():
        try:
            with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
                torch.onnx.export(model, (pixels,), str(path), input_names=["pixels"], opset_version=17, dynamo=False)
        except Exception as error:
            print(f"  (no ONNX file of {name}: {type(error).__name__})", file=sys.stderr)
            return None
    return path


def runtimes(model, pixels, folder, name, others, precision, is_convolutional):
    found = {"PyTorch": timed(lambda: model(pixels), precision)}
    if is_convolutional:
        last = copy.deepcopy(model).to(memory_format=torch.channels_last)
        last_pixels = pixels.to(memory_format=torch.channels_last)
        found["PyTorch NHWC"] = timed(lambda: last(last_pixels), precision)
    if not others:
        return found
    have = {module: importlib.util.find_spec(module) is not None for module in ("onnxruntime", "openvino")}
    if have["openvino"]:
        import openvino
        try:
            core = openvino.Core()
            converted = openvino.convert_model(model, example_input=pixels, input=[list(pixels.shape)])
            hint = "bf16" if precision == "bfloat16" else "f32"
            compiled = core.compile_model(
                converted, "CPU",
                {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"})
            array = pixels.numpy()
            found["OpenVINO"] = timed(lambda: compiled([array]), "float32")
        except Exception as error:
            print(f"  (OpenVINO could not convert {name}: {type(error).__name__})", file=sys.stderr)
    # ONNX Runtime has no bfloat16 on a CPU.
    path = exported(model, pixels, folder, name) if have["onnxruntime"] and precision == "float32" else None
    if path:
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        array = pixels.numpy()
        found["ONNX Runtime"] = timed(lambda: session.run(None, {"pixels": array}), precision)
    return found


def measure(runs, rounds):
    for run in runs.values():
        run()
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            # Threads of the runtime before may still be spinning for more work.
            time.sleep(0.3)
            times[name].append(run())
    return times


def compare_products(program, precision):
    """GFLOP/s of our product, which the models' figures are measured against."""
    flops = 2 * 1576 * 3072 * 768
    ours = Ours(program, "gemm", *([precision] if precision == "bfloat16" else []))
    kind = getattr(torch, precision)
    x, w, y = torch.randn(1576, 768).to(kind), torch.randn(3072, 768).to(kind), torch.empty(1576, 3072).to(kind)
    theirs = timed(lambda: [torch.mm(x, w.T, out=y) for _ in range(10)], "float32")
    times = measure({"ours": ours, "PyTorch": theirs}, 9)
    ours.close()
    rates = {name: 10 * flops / statistics.median(seconds) / 1e9 for name, seconds in times.items()}
    print(f"matrix product 1576 x 3072 x 768, {precision}, GFLOP/s: ours {rates['ours']:.0f}, PyTorch {rates['PyTorch']:.0f}\n")
    return rates["ours"]


def compare_models(options, folder, precision):
    product = compare_products(options.program, precision)
    pixels = torch.randn(options.batch, 3, 224, 224)
    print(f"images a second, batch {options.batch}, {precision}, median of {options.rounds} rounds; ratios are ours to theirs")
    for name, kind in kinds().items():
        if name not in options.only:
            continue
        torch.manual_seed(0)
        inner = kind.make().eval()
        if kind.save and not (folder / name).exists(): kind.save(inner, folder / name)
        model = Image(inner, kind.run).eval()
        amount = operations(model, pixels)
        mode = ["bfloat16"] if precision == "bfloat16" else []
        ours = Ours(options.program, kind.verb, folder / name, options.batch, *mode)
        others = runtimes(model, pixels, folder, name, name in THOROUGH and not options.pytorch_only, precision, kind.is_convolutional)
        times = measure({"ours": ours, **others}, options.rounds)
        ours.close()
        for runtime, seconds in times.items():
            rate = options.batch / statistics.median(seconds)
            line = f"{name:18} {runtime:13} {rate:7.2f}"
            if runtime == "ours":
                line += f"   {rate * amount:.0f} GFLOP/s, {100 * rate * amount / product:.0f} % of the product's"
            else:
                line += f"   {statistics.median(t / o for t, o in zip(seconds, times['ours'])):.2f} x"
            print(line, flush=True)
        print()


def compare_texts(options, folder, words):
    model = CLIPTextModelWithProjection.from_pretrained(folder / "clip-b16").eval()
    short = torch.tensor([[49406, *words, 49407]])
    ours = Ours(options.program, "text", folder / "clip-b16", " ".join(WORDS))
    times = measure({"ours": ours, "PyTorch": timed(lambda: model(short), "float32")}, 5 * options.rounds)
    ours.close()
    print(f"CLIP B/16's text tower, {len(WORDS)} words, {short.numel()} tokens")
    for runtime, seconds in times.items():
        p90 = 1000 * sorted(seconds)[int(0.9 * len(seconds))]
        print(f"text       {runtime:13} {1000 * statistics.median(seconds):7.2f} ms   p90 {p90:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="*", default=[*kinds(), "text"])
    parser.add_argument("--precisions", nargs="*", choices=["float32", "bfloat16"], default=["float32", "bfloat16"])
    parser.add_argument("--pytorch-only", action="store_true")
    parser.add_argument("--avx2", action="store_true")
    options = parser.parse_args()
    registers = int(subprocess.check_output([options.program, "registers"]))
    if LIMITED:
        options.precisions, options.pytorch_only = ["float32"], True
        if registers != 256: sys.exit(f"this program has registers of {registers} bits: make bench-avx2 builds the other")
        assert torch.backends.cpu.get_cpu_capability() == "AVX2", "PyTorch is not held to AVX2"
    print(f"registers of {registers} bits here, {torch.backends.cpu.get_cpu_capability()} in PyTorch, {THREADS} threads\n")
    torch.set_num_threads(THREADS)
    with contextlib.ExitStack() as stack:
        folder = options.models or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        words = make_models(folder)
        for precision in options.precisions:
            if precision == "bfloat16" and not subprocess.check_output([options.program, "precisions"]).count(b"bfloat16"):
                print("no bfloat16: this processor lacks AVX512_BF16\n")
                continue
            compare_models(options, folder, precision)
        if "text" in options.only:
            compare_texts(options, folder, words)


if __name__ == "__main__":
    main()
