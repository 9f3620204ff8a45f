import Digests
import Files
import Foundation
import LinearAlgebra

/// A linear classifier in a file: weight [classes, units] and bias [classes], in safetensors or .npz. The bias may be left out.
struct HeadFile: Sendable {
    let weight: Tensor
    let bias: [Float]
    /// Of the numbers.
    let digest: Digest

    /// - Parameters:
    ///   - units: of the layer that it reads.
    ///   - classes: that it tells apart; nil for as many as it has.
    /// - Throws: `unsuitableHead`, or what is wrong with the file.
    init(_ url: URL, units: Int, classes: Int? = nil) throws {
        let file = try ArrayFile(url)
        func found(_ names: [String], suffix: String) -> StoredArray? {
            if let named = names.lazy.compactMap({ file.arrays[$0] }).first { return named }
            let ending = file.arrays.keys.filter { $0.hasSuffix(suffix) }
            return ending.count == 1 ? file.arrays[ending[0]] : nil
        }
        func fault(_ array: String, _ expected: String, _ found: String) -> WorkbenchError {
            .unsuitableHead(file: file.path, array: array, expected: expected, found: found)
        }
        let names = file.arrays.keys.sorted().joined(separator: ", ")
        guard let weight = found(["weight", "head_weight", "head.weight", "fc.weight"], suffix: ".weight") else {
            throw fault("weight", "an array of that name, [classes, \(units)]", names.isEmpty ? "none" : names)
        }
        let shape = "[\(classes.map(String.init) ?? "classes"), \(units)]"
        guard weight.shape.count == 2, weight.shape[1] == units, classes == nil || weight.shape[0] == classes,
            weight.shape[0] > 0
        else { throw fault(weight.name, shape, "\(weight.shape)") }
        let values = try weight.floats()
        var bias = [Float](repeating: 0, count: weight.shape[0])
        if let array = found(["bias", "head_bias", "head.bias", "fc.bias"], suffix: ".bias") {
            guard array.shape == [bias.count] else { throw fault(array.name, "[\(bias.count)]", "\(array.shape)") }
            bias = try array.floats().values
            if let bad = bias.firstIndex(where: { !$0.isFinite }) {
                throw fault(array.name, "finite numbers", "\(bias[bad]) at [\(bad)]")
            }
        }
        if let bad = values.values.firstIndex(where: { !$0.isFinite }) {
            throw fault(weight.name, "finite numbers", "\(values[bad]) at [\(bad / units), \(bad % units)]")
        }
        self.init(weight: values, bias: bias)
    }

    /// Numbers that were checked.
    init(weight: Tensor, bias: [Float]) {
        (self.weight, self.bias) = (weight, bias)
        let bytes = weight.withUnsafe { Digest(of: Data(buffer: $0)) }
        digest = Digest("head", bytes, bias.withUnsafeBufferPointer { Digest(of: Data(buffer: $0)) })
    }
}
