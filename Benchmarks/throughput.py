"""Images a second beside PyTorch, ONNX Runtime and OpenVINO, on this machine in one run.

    python Benchmarks/throughput.py .build/release/miclip-throughput [--models FOLDER] [--batch 8] [--rounds 9]
    python Benchmarks/throughput.py .build/release/miclip-throughput --precision bfloat16

Models of full size with random weights are made in a temporary folder, or kept in FOLDER. Every round runs every runtime
once, one after the other; a ratio is the median over rounds of the ratio within the round, so that a slow moment of the
machine strikes both sides. Runtimes that are not installed are left out. Two threads each.
"""
import argparse
import contextlib
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
import torch
import transformers
from transformers import CLIPConfig, CLIPModel, ResNetConfig, ResNetForImageClassification, ViTConfig
from transformers import ViTForImageClassification

transformers.logging.set_verbosity_error()
THREADS = 2
WORDS = ["red", "striped", "dress"]


def make_models(folder):
    torch.manual_seed(0)
    makers = {
        "resnet50": lambda: ResNetForImageClassification(ResNetConfig(num_labels=1000)),
        "vit-b16": lambda: ViTForImageClassification(ViTConfig(num_labels=1000)),
        "clip-b16": lambda: CLIPModel(CLIPConfig(vision_config={"patch_size": 16}, text_config={"eos_token_id": 49407})),
    }
    for name, make in makers.items():
        if not (folder / name / "model.safetensors").exists():
            make().save_pretrained(folder / name)
            config = json.loads((folder / name / "config.json").read_text())
            if name == "clip-b16":
                config["vision_config"].setdefault("patch_size", 16)
            (folder / name / "config.json").write_text(json.dumps(config))
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
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixels):
        found = self.model(pixel_values=pixels)
        return found.logits if hasattr(found, "logits") else found.image_embeds


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


def runtimes(model, pixels, folder, name, others, precision):
    found = {"PyTorch": timed(lambda: model(pixels), precision)}
    if name == "resnet50":
        last = model.to(memory_format=torch.channels_last)
        last_pixels = pixels.to(memory_format=torch.channels_last)
        found = {"PyTorch": timed(lambda: last(last_pixels), precision)}
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
    return {name: times for name, times in zip(runs, zip(*[[run() for run in runs.values()] for _ in range(rounds)]))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="*", default=["resnet50", "vit-b16", "clip-b16", "text"])
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--pytorch-only", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    with contextlib.ExitStack() as stack:
        folder = options.models or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        words = make_models(folder)

        mode = ["bfloat16"] if options.precision == "bfloat16" else []
        peak = Ours(options.program, "gemm", *mode)
        x, w = torch.randn(1576, 768), torch.randn(3072, 768)
        times = measure({"ours": peak, "PyTorch": timed(lambda: torch.nn.functional.linear(x, w), options.precision)}, 15)
        peak.close()
        gemm, theirs = (2 * 1576 * 3072 * 768 / statistics.median(t) / 1e9 for t in (times["ours"], times["PyTorch"]))
        print(f"matrix product 1576 x 3072 x 768, {options.precision}, GFLOP/s: ours {gemm:.0f}, PyTorch {theirs:.0f}\n")

        pixels = torch.randn(options.batch, 3, 224, 224)
        # Operations of one image, in thousand millions (a multiplication and an addition are two).
        models = {"resnet50": ("target", 8.2), "vit-b16": ("target", 35.1), "clip-b16": ("image", 35.1)}
        print(f"images a second, batch {options.batch}, {options.precision}, median of {options.rounds} rounds; ratios are ours to theirs")
        for name, (verb, operations) in models.items():
            if name not in options.only:
                continue
            classes = {"resnet50": ResNetForImageClassification, "vit-b16": ViTForImageClassification}
            if name == "clip-b16":
                from transformers import CLIPVisionModelWithProjection
                model = CLIPVisionModelWithProjection.from_pretrained(folder / name)
            else:
                model = classes[name].from_pretrained(folder / name)
            ours = Ours(options.program, verb, folder / name, options.batch, *mode)
            runs = {"ours": ours, **runtimes(Image(model).eval(), pixels, folder, name, not options.pytorch_only, options.precision)}
            times = measure(runs, options.rounds)
            ours.close()
            for runtime, seconds in times.items():
                rate = options.batch / statistics.median(seconds)
                line = f"{name:10} {runtime:13} {rate:7.2f}"
                if runtime == "ours":
                    line += f"   {rate * operations:.0f} GFLOP/s, {100 * rate * operations / gemm:.0f} % of the product's"
                else:
                    line += f"   {statistics.median(t / o for t, o in zip(seconds, times['ours'])):.2f} x"
                print(line, flush=True)
            print()

        if "text" in options.only:
            from transformers import CLIPTextModelWithProjection
            model = CLIPTextModelWithProjection.from_pretrained(folder / "clip-b16").eval()
            short = torch.tensor([[49406, *words, 49407]])
            ours = Ours(options.program, "text", folder / "clip-b16", " ".join(WORDS))
            times = measure({"ours": ours, "PyTorch": timed(lambda: model(short), "float32")}, 5 * options.rounds)
            ours.close()
            print(f"CLIP B/16's text tower, {len(WORDS)} words, {short.numel()} tokens")
            for runtime, seconds in times.items():
                print(f"text       {runtime:13} {1000 * statistics.median(seconds):7.2f} ms   p90 {1000 * sorted(seconds)[int(0.9 * len(seconds))]:.2f}")


if __name__ == "__main__":
    main()
