import Foundation
import LinearAlgebra
import VisionModels

// One model's forward pass, timed on demand, for Benchmarks/throughput.py to interleave with other runtimes:
//   miclip-throughput target|image FOLDER BATCH [bfloat16]    miclip-throughput gemm [bfloat16]
//   miclip-throughput text FOLDER TEXT                        miclip-throughput precisions|registers
// For every line on standard input it runs once and writes the seconds it took; first, once, it writes `ready`.

let arguments = CommandLine.arguments.dropFirst()
if arguments == ["precisions"] {
    print(Precision.allCases.filter(\.isSupported).map(\.rawValue).joined(separator: "\n"))
    exit(0)
}
if arguments == ["registers"] {
    print(PackedMatrix.registerBits)
    exit(0)
}
let run = try forwardPass(Array(arguments))
run()
print("ready")
fflush(nil)
let clock = ContinuousClock()
while readLine() != nil {
    let began = clock.now
    run()
    print((clock.now - began) / .seconds(1))
    fflush(nil)
}

func forwardPass(_ arguments: [String]) throws -> () -> Void {
    let precision = arguments.last == "bfloat16" ? Precision.bfloat16 : .float32
    let arguments = precision == .bfloat16 ? arguments.dropLast() : arguments
    switch (arguments.first, arguments.count) {
    case ("target", 3):
        let model = try loadTargetModel(at: URL(filePath: arguments[1]), precision: precision)
        let pixels = noise(Int(arguments[2]) ?? 1, model.input)
        return { _ = model.logits(pixels) }
    case ("image", 3):
        let space = try loadConceptSpace(at: URL(filePath: arguments[1]), precision: precision)
        let pixels = noise(Int(arguments[2]) ?? 1, space.input)
        return { _ = space.embed(images: pixels) }
    case ("text", 3):
        let space = try loadConceptSpace(at: URL(filePath: arguments[1]))
        return { _ = space.embed(concepts: [arguments[2]]) }
    case ("gemm", 1):
        // The largest product of ViT-B/16 for ten times eight images: ten times 7.4 billion operations.
        let weights = PackedMatrix([Tensor([3072, 768])], precision: precision)
        let x = Tensor([197, 768])
        return { parallel(80) { _ in _ = weights.multiply(x) } }
    default:
        FileHandle.standardError.write(
            Data("usage: miclip-throughput target|image|text|gemm [FOLDER BATCH|TEXT]\n".utf8))
        exit(64)
    }
}

/// Pixels between -1 and 1.
func noise(_ images: Int, _ input: ImageShape) -> Tensor {
    let shape = [images, input.channels, input.height, input.width]
    return Tensor(shape, (0..<shape.reduce(1, *)).map { sin(Float($0 % 9973) * 12.9898) })
}
