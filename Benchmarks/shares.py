"""How long an array of tasks takes, simulated from tasks that are really run and timed here, one after the other.

    python Benchmarks/shares.py .build/release/miclip MODEL IMAGES --label CLASS [--layer avgpool] [--pooling mean] [what else `miclip extract` takes]

A share's time is taken apart: what every task does (start, list and look up all images), what the tasks divide (reading the
images once, running the models), and what is done once (merging, by bytes). Each part is measured on two sizes of the same
extraction, and is a straight line in the number of images. The simulation starts all tasks at once and lets none help another;
a real cluster's disk is shared, so that reading and merging are bound by it there: --disk says how many bytes a second it gives
to all tasks together.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time


def timed(command, **environment):
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | environment)
    return time.perf_counter() - began


def measured(program, arguments, images, label, folder, count, tasks):
    """Seconds of the first task of an array, which finds nothing read, of the second, and of the merge; and the bytes of all."""
    listed, labelled = folder / f"{count}.txt", folder / "labelled.txt"
    listed.write_text("".join(f"{image}\n" for image in images[:count]))
    # Accuracy is not what is measured: a few images under any class.
    labelled.write_text("".join(f"{image}\t{label}\n" for image in images[:8]))
    study = folder / f"{count}-{tasks}.study"
    command = [program, "extract", "--study", str(study), "--shard", "auto", "--probe-images", str(listed),
               "--held-out-images", str(labelled), *arguments]
    seconds = [timed(command, MICLIP_SHARD=f"{task}/{tasks}") for task in range(1, tasks + 1)]
    merging = timed([program, "merge", str(study)])
    size = sum(file.stat().st_size for file in (study / "activations").iterdir())
    return seconds[0], sum(seconds[1:]) / (tasks - 1), merging, size


def line(x0, y0, x1, y1):
    """Seconds at nothing, and each: neither below zero, as noise would have it."""
    each = max(0.0, (y1 - y0) / (x1 - x0))
    return max(0.0, y0 - each * x0), each


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("model")
    options.add_argument("images", type=pathlib.Path)
    options.add_argument("--layer", default="avgpool")
    options.add_argument("--pooling", default="mean")
    options.add_argument("--sizes", type=int, nargs=2, default=[512, 2048])
    options.add_argument("--total", type=int, default=1_000_000)
    options.add_argument("--units", type=int, default=100_000)
    options.add_argument("--disk", type=float, default=1e9)
    options.add_argument("--image-bytes", type=float, default=110e3)
    options.add_argument("--label", required=True, help="any class of the model")
    given, more = options.parse_known_args()
    arguments = ["--model", given.model, "--layer", given.layer, "--pooling", given.pooling]
    images = sorted(file for file in given.images.rglob("*") if file.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if len(images) < max(given.sizes): options.error(f"{given.images}: expected {max(given.sizes)} images, found {len(images)}")
    tasks, (small, large) = 4, given.sizes
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        found = {count: measured(given.program, arguments + more, images, given.label, folder, count, tasks) for count in (small, large)}
    # The first task reads all, the others nothing; a quarter of the images goes through the models in each.
    reading = line(small, found[small][0] - found[small][1], large, found[large][0] - found[large][1])[1]
    begin, each = line(small / tasks, found[small][1], large / tasks, found[large][1])
    merging = line(found[small][3], found[small][2], found[large][3], found[large][2])[1]
    print(json.dumps({"begin_s": begin, "reading_s": reading, "running_s": each, "merging_s_byte": merging,
                      "measured": {str(count): found[count] for count in found}}))
    print(f"| tasks | reading | running | merging | all, hours | speed-up |\n|---|---|---|---|---|---|")
    whole = None
    size = given.total * given.units * 4
    for count in (1, 4, 16, 64, 256):
        share = given.total / count
        read = max(share * reading, given.total * given.image_bytes / given.disk)
        run = begin + max(share * each, size / given.disk)
        merge = max(size * merging, 2 * size / given.disk)
        hours = (read + run + merge) / 3600
        whole = whole or hours
        print(f"| {count} | {read / 3600:.2f} | {run / 3600:.2f} | {merge / 3600:.2f} | {hours:.2f} | {whole / hours:.1f} |")


if __name__ == "__main__":
    main()
