import LinearAlgebra

/// Reads a checkpoint strictly: remembers what was asked for, so that `finish` can name what nobody wanted.
///
/// Tensors are asked for by Hugging Face's names; errors name them as the file does.
struct Weights: ~Copyable {
    private let tensors: NamedTensors
    private var taken: Set<String> = []

    init(_ tensors: NamedTensors) { self.tensors = tensors }

    func has(_ name: String) -> Bool { shape(of: name) != nil }

    func shape(of name: String) -> [Int]? { tensors.shape(of: name) }

    /// What errors name.
    var file: String { tensors.checkpoint.file }
    func sourceName(of name: String) -> String { tensors.names.source(of: name).name }

    mutating func tensor(_ name: String, _ shape: [Int]) throws(VisionModelsError) -> Tensor {
        taken.insert(tensors.names.source(of: name).name)
        return try tensors.tensor(name, shape)
    }

    /// `name.weight` [outputs, inputs] and, where there is one, `name.bias` [outputs].
    mutating func linear(
        _ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = true
    ) throws(VisionModelsError) -> Linear {
        Linear(
            weight: try tensor(name + ".weight", [outputs, inputs]),
            bias: hasBias ? try tensor(name + ".bias", [outputs]) : nil)
    }

    /// `name.weight` and `name.bias`, both [width].
    mutating func layerNorm(
        _ name: String, _ width: Int, epsilon: Float
    ) throws(VisionModelsError) -> LayerNorm {
        LayerNorm(
            scale: try tensor(name + ".weight", [width]), shift: try tensor(name + ".bias", [width]), epsilon: epsilon)
    }

    /// Fails if tensors are left that nobody asked for, but for those that `isIgnored` knows to be idle.
    func finish(ignoring isIgnored: (String) -> Bool) throws(VisionModelsError) {
        let checkpoint = tensors.checkpoint
        let unused = checkpoint.tensorNames.filter {
            !taken.contains($0) && !isIgnored($0) && !tensors.names.isIdle($0)
        }
        guard unused.isEmpty else { throw .unusedTensors(file: checkpoint.file, tensors: unused) }
    }
}
