import Foundation
import LinearAlgebra

/// The names under which one family of checkpoints keeps an architecture's tensors, so that a model reads one layout: Hugging
/// Face's. Asked for a tensor by its name there, it says where the file has it.
struct TensorNames: Sendable {
    /// A tensor of the file, or a part of one.
    struct Source: Sendable, Hashable {
        var name: String
        /// One of the equal parts, along the first dimension, of what the file has stacked: queries, keys and values.
        var part: Part?
        /// Whether the file has inputs and outputs the other way round.
        var isTransposed = false

        struct Part: Sendable, Hashable {
            var index: Int
            var of: Int
        }
    }

    /// By Hugging Face's name, whole or without its last component, with `#` for each number.
    private let rules: [String: Source]
    /// Tensors of such files that no forward pass reads.
    private let idle: Set<String>
    /// What the file has where names here begin with `ownRoot`: a model alone has nothing there.
    private var root: String
    /// As in `vit.` or `resnet.`
    let ownRoot: String

    /// Files that have Hugging Face's names already.
    static let huggingFace = TensorNames([:])

    /// - Parameter rules: from Hugging Face's names, as in `a.#.query` (for `a.3.query.weight` and `.bias`), to the file's;
    ///   there, each `#` stands for the number at the same place, `#+1` for the number after it, `#*2` for twice it, `#*3+1` for both.
    init(_ rules: [String: Source], idle: Set<String> = [], root: String = "vit.") {
        self.rules = rules
        self.idle = idle
        (self.root, ownRoot) = (root, root)
    }

    /// The same names in a file that has `root` before a model's.
    func rooted(at root: String) -> TensorNames {
        var names = self
        names.root = root
        return names
    }

    /// Where the file has a tensor. A name without a rule is the file's own.
    func source(of name: String) -> Source {
        var source = ruled(name)
        source.name = rooted(source.name)
        return source
    }

    func rooted(_ name: String) -> String {
        name.hasPrefix(ownRoot) ? root + name.dropFirst(ownRoot.count) : name
    }

    private func ruled(_ name: String) -> Source {
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

    /// Whether the file has something before a model's names, which other parts stand beside.
    var isInside: Bool { !root.isEmpty }

    func isIdle(_ name: String) -> Bool { idle.contains { rooted($0) == name } }

    private static func fill(_ pattern: String, with numbers: [Int]) -> String {
        var numbers = numbers[...]
        var result = ""
        for (index, piece) in pattern.split(separator: "#", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let number = numbers.popFirst() else {
                result += piece
                continue
            }
            var (value, rest) = (number, piece)
            if let factor = rest.first == "*" ? rest.dropFirst().first?.wholeNumberValue : nil {
                (value, rest) = (factor * value, rest.dropFirst(2))
            }
            if rest.hasPrefix("+1") { (value, rest) = (value + 1, rest.dropFirst(2)) }
            result += "\(value)\(rest)"
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
        if let part = source.part {
            guard let rows = shape.first, rows % part.of == 0 else { return nil }
            shape[0] = rows / part.of
        }
        return source.isTransposed ? shape.reversed() : shape
    }

    /// In place where the file has float32, but for transposed tensors.
    func tensor(_ name: String, _ shape: [Int]) throws(VisionModelsError) -> Tensor {
        let source = names.source(of: name)
        var stored = source.isTransposed ? shape.reversed() : shape
        guard let part = source.part else {
            let tensor = try finite(checkpoint.tensor(source.name, shape: stored), source.name)
            return source.isTransposed ? tensor.transposed() : tensor
        }
        let rows = stored[0]
        stored[0] *= part.of
        let first = part.index * rows
        let tensor = try checkpoint.tensor(source.name, shape: stored, rows: first..<first + rows)
        return try finite(tensor, source.name, from: first)
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
    package var firstNonFinite: (place: [Int], value: Float)? {
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
