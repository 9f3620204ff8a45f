import LinearAlgebra

/// Convolutions in place of the one product of the patches, each of whose strides is its size, so that no patch sees another:
/// MobileCLIP-B's three, with batch norm and GELU behind all but the last.
struct PatchStem: Sendable {
    /// Under the names of this program, the first tensor.
    static let first = "vit.embeddings.stem.0.conv.weight"

    /// The side of the first convolution's patches.
    let side: Int
    /// Behind the first convolution; each reads a square of the places before it: [outputs, side · side · inputs]
    let rest: [(side: Int, product: PackedLinear)]

    /// [b · (h · w), D] of the first convolution -> [b · patches, D'], places in reading order.
    ///
    /// - Parameters:
    ///   - height: of places, and `width`.
    ///   - residual: added to what comes out.
    func callAsFunction(_ x: Tensor, _ height: Int, _ width: Int, residual: Tensor?) -> Tensor {
        var (x, height, width) = (x, height, width)
        for (index, stage) in rest.enumerated() {
            let squares = Self.gathered(x, side: stage.side, height: height, width: width)
            let isLast = index == rest.count - 1
            x = isLast ? stage.product(squares, residual: residual) : stage.product(squares, .gelu)
            (height, width) = (height / stage.side, width / stage.side)
        }
        return x
    }

    /// Squares of places side by side: [b · h · w, D] -> [b · h/s · w/s, s · s · D]
    private static func gathered(_ x: Tensor, side: Int, height: Int, width: Int) -> Tensor {
        let depth = x.columns
        return Tensor([x.rows / (side * side), side * side * depth]) { target in
            x.withUnsafe { x in
                var written = target.baseAddress!
                for image in 0..<x.count / (height * width * depth) {
                    for top in stride(from: 0, to: height, by: side) {
                        for left in stride(from: 0, to: width, by: side) {
                            for row in top..<top + side {
                                let source = x.baseAddress! + ((image * height + row) * width + left) * depth
                                written.update(from: source, count: side * depth)
                                written += side * depth
                            }
                        }
                    }
                }
            }
        }
    }
}

extension NamedTensors {
    /// What is a patch's to a model behind a stem, as if one product made it: [D, channels, side, side]; nil without one.
    var stemShape: [Int]? {
        guard let first = shape(of: PatchStem.first) else { return nil }
        let stages = (0..<count(of: "vit.embeddings.stem.#.conv.weight")).compactMap {
            shape(of: "vit.embeddings.stem.\($0).conv.weight")
        }
        guard let last = stages.last, first.count == 4, stages.allSatisfy({ $0.count == 4 && $0[2] == $0[3] }) else {
            return nil
        }
        let side = stages.reduce(1) { $0 * $1[2] }
        return [last[0], first[1], side, side]
    }
}

extension Weights {
    /// timm's `ConvStem`, its batch norms folded in: what it begins with, and what follows.
    mutating func patchStem(
        _ precision: Precision
    ) throws(VisionModelsError) -> (first: Linear, rest: PatchStem) {
        var stages: [(side: Int, linear: Linear)] = []
        while let shape = shape(of: "vit.embeddings.stem.\(stages.count).conv.weight"), shape.count == 4 {
            let name = "vit.embeddings.stem.\(stages.count)"
            let (outputs, inputs, side) = (shape[0], shape[1], shape[2])
            var weight: Tensor
            let bias: Tensor
            if has(name + ".bn.weight") {
                let names = NormalizedName(convolution: name + ".conv", normalization: name + ".bn")
                (weight, bias) = try folded(names, inputs, outputs, window: side, epsilon: 1e-5)
            } else {
                weight = try tensor(name + ".conv.weight", shape)
                bias = try tensor(name + ".conv.bias", [outputs])
            }
            // Later ones read places whose channels lie together.
            if !stages.isEmpty { weight = weight.channelsLast }
            stages.append((side, Linear(weight: weight.reshaped([outputs, inputs * side * side]), bias: bias)))
        }
        let rest = stages.dropFirst().map { ($0.side, PackedLinear($0.linear, precision: precision)) }
        return (stages[0].linear, PatchStem(side: stages[0].side, rest: rest))
    }
}

extension Tensor {
    /// [outputs, inputs, h, w] -> [outputs, h, w, inputs]
    fileprivate var channelsLast: Tensor {
        let (outputs, inputs, places) = (shape[0], shape[1], shape[2] * shape[3])
        let values = values
        return Tensor([outputs, shape[2], shape[3], inputs]) { target in
            for output in 0..<outputs {
                for place in 0..<places {
                    for input in 0..<inputs {
                        target[(output * places + place) * inputs + input] =
                            values[(output * inputs + input) * places + place]
                    }
                }
            }
        }
    }
}
