import Foundation
import LinearAlgebra

/// The names under which one family of checkpoints keeps an architecture's tensors, so that a model reads one layout: Hugging
/// Face's. Asked for a tensor by its name there, it says where the file has it.
struct TensorNames: Sendable {
    /// A tensor of the file, or a part of one.
    struct Source: Sendable, Hashable {
        var name: String
        /// One of the three equal parts, along the first dimension, of stacked queries, keys and values.
        var third: Int?
        /// Whether the file has inputs and outputs the other way round.
        var isTransposed = false
    }

    /// By Hugging Face's name, whole or without its last component, with `#` for each number.
    private let rules: [String: Source]
    /// Tensors of such files that no forward pass reads.
    private let idle: Set<String>

    /// Files that have Hugging Face's names already.
    static let huggingFace = TensorNames([:])

    /// - Parameter rules: from Hugging Face's names, as in `a.#.query` (for `a.3.query.weight` and `.bias`), to the file's;
    ///   there, each `#` stands for the number at the same place, and `#+1` for the number after it.
    init(_ rules: [String: Source], idle: Set<String> = []) {
        self.rules = rules
        self.idle = idle
    }

    /// Where the file has a tensor. A name without a rule is the file's own.
    func source(of name: String) -> Source {
        guard !rules.isEmpty else { return Source(name: name) }
        let components = name.split(separator: ".")
        let pattern = components.map { $0.allSatisfy(\.isNumber) ? "#" : String($0) }
        let numbers = components.compactMap { Int($0) }
        if var source = rules[pattern.joined(separator: ".")] {
            source.name = Self.fill(source.name, with: numbers)
            return source
        }
        guard let last = components.last, var source = rules[pattern.dropLast().joined(separator: ".")] else {
            return Source(name: name)
        }
        source.name = "\(Self.fill(source.name, with: numbers)).\(last)"
        return source
    }

    func isIdle(_ name: String) -> Bool { idle.contains(name) }

    private static func fill(_ pattern: String, with numbers: [Int]) -> String {
        var numbers = numbers[...]
        var result = ""
        for (index, piece) in pattern.split(separator: "#", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let number = numbers.popFirst() else {
                result += piece
                continue
            }
            result += piece.hasPrefix("+1") ? "\(number + 1)\(piece.dropFirst(2))" : "\(number)\(piece)"
        }
        return result
    }
}

/// A checkpoint read by Hugging Face's names, whatever its own are.
struct NamedTensors: Sendable {
    let checkpoint: Checkpoint
    let names: TensorNames

    /// Nil where there is no such tensor.
    func shape(of name: String) -> [Int]? {
        let source = names.source(of: name)
        guard var shape = checkpoint.shape(of: source.name) else { return nil }
        if source.third != nil {
            guard let rows = shape.first, rows % 3 == 0 else { return nil }
            shape[0] = rows / 3
        }
        return source.isTransposed ? shape.reversed() : shape
    }

    /// In place where the file has float32, but for transposed tensors.
    func tensor(_ name: String, _ shape: [Int]) throws(VisionModelsError) -> Tensor {
        let source = names.source(of: name)
        var stored = source.isTransposed ? shape.reversed() : shape
        guard let third = source.third else {
            let tensor = try finite(checkpoint.tensor(source.name, shape: stored), source.name)
            return source.isTransposed ? tensor.transposed() : tensor
        }
        let rows = stored[0]
        stored[0] *= 3
        let tensor = try checkpoint.tensor(source.name, shape: stored, rows: third * rows..<(third + 1) * rows)
        return try finite(tensor, source.name, from: third * rows)
    }

    /// The tensor, where all of it is finite.
    ///
    /// - Parameter row: of the file's tensor, with which this one begins.
    private func finite(
        _ tensor: Tensor, _ name: String, from row: Int = 0
    ) throws(VisionModelsError) -> Tensor {
        guard let found = tensor.firstNonFinite else { return tensor }
        var place = found.place
        if !place.isEmpty { place[0] += row }
        throw .notFiniteTensor(file: checkpoint.file, tensor: name, place: place, value: "\(found.value)")
    }

    /// How many there are of `name`, whose `#` is a number from 0: one more than the greatest number in the file, so that
    /// one that is missing is missed and not taken for the end.
    func count(of name: String) -> Int {
        let (first, second) = (source(of: name, at: 0), source(of: name, at: 1))
        let start = first.commonPrefix(with: second)
        let numbers = checkpoint.tensorNames.compactMap { tensor -> Int? in
            guard tensor.hasPrefix(start) else { return nil }
            return Int(tensor.dropFirst(start.count).prefix { $0.isASCII && $0.isNumber })
        }
        let base = Int(first.dropFirst(start.count).prefix { $0.isNumber }) ?? 0
        return numbers.max().map { max(0, min($0, 1 << 24) - base + 1) } ?? 0
    }

    private func source(of name: String, at number: Int) -> String {
        names.source(of: name.replacing("#", with: "\(number)")).name
    }
}

extension Tensor {
    /// The first NaN or infinity and where it is, dimension by dimension; nil where all are finite. Reads a gigabyte in half
    /// a second.
    var firstNonFinite: (place: [Int], value: Float)? {
        withUnsafe { values in
            let exponent: UInt32 = 0x7F80_0000
            var start = 0
            while start < values.count {
                let end = min(start + 4096, values.count)
                var found: UInt32 = 0
                for index in start..<end { found |= values[index].bitPattern & exponent == exponent ? 1 : 0 }
                if found != 0 { break }
                start = end
            }
            guard let index = values[start...].firstIndex(where: { !$0.isFinite }) else { return nil }
            var (rest, place) = (index, [Int](repeating: 0, count: shape.count))
            for dimension in shape.indices.reversed() {
                (rest, place[dimension]) = rest.quotientAndRemainder(dividingBy: shape[dimension])
            }
            return (place, values[index])
        }
    }
}
