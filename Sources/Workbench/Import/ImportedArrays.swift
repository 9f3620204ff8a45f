import Files
import Foundation
import LinearAlgebra

/// What some files of arrays hold for one set of images, in any number of shards: arrays of one kind follow one another in the
/// order the files were given in.
struct ImportedArrays {
    /// What an array is, by its name: `activations`, or any name that ends in `_logits`, `-labels` and the like.
    enum Kind: String, CaseIterable {
        /// [N, units], or [N, tokens, units]
        case activations
        /// [N, classes]
        case logits
        /// ∂ log p of the model's own answer at the pooled vector: [N, units]
        case gradients
        /// Whole numbers [N]
        case predictions, labels
        /// [N, d]
        case imageEmbeddings = "image_embeddings"
        /// Texts [N]
        case paths
        // Once, whatever the number of shards: [classes, units], [classes], [classes, d], [concepts, d].
        case headWeight = "head_weight"
        case headBias = "head_bias"
        case classEmbeddings = "class_embeddings"
        case conceptEmbeddings = "concept_embeddings"
        /// Texts.
        case classes, concepts

        /// Whether there is an item for each image.
        var isOfImages: Bool {
            switch self {
            case .activations, .logits, .gradients, .predictions, .labels, .imageEmbeddings, .paths: true
            case .headWeight, .headBias, .classEmbeddings, .conceptEmbeddings, .classes, .concepts: false
            }
        }
    }

    private(set) var parts: [Kind: [StoredArray]] = [:]
    /// What the files say of themselves: of safetensors, and single texts of .npz. The first file's word counts.
    private(set) var metadata: [String: String] = [:]
    /// Images.
    private(set) var count = 0
    let files: [String]

    /// - Throws: `unsuitableArray` where an array is unknown, or does not go with the others.
    init(_ urls: [URL]) throws {
        var files: [String] = []
        for url in urls {
            let file = try ArrayFile(url)
            files.append(file.path)
            metadata.merge(file.metadata) { own, _ in own }
            for array in file.arrays.values.sorted(by: { $0.name < $1.name }) {
                if let text = try Self.word(array) {
                    metadata.merge([array.name: text]) { own, _ in own }
                    continue
                }
                let isOnly = file.arrays.count == 1 && url.pathExtension.lowercased() == "npy"
                guard let kind = Self.kind(array.name) ?? (isOnly ? .activations : nil) else {
                    let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw array.fault("one of \(known)", "an array of another name")
                }
                parts[kind, default: []].append(array)
            }
        }
        self.files = files
        try check()
    }

    /// A single text that says what all of the file is.
    private static func word(_ array: StoredArray) throws -> String? {
        let names = ["layer", "model", "digest", "signed"]
        guard names.contains(array.name), array.areTexts, array.shape.reduce(1, *) == 1 else { return nil }
        return try array.texts().first
    }

    private static func kind(_ name: String) -> Kind? {
        let name = name.lowercased().replacing("-", with: "_")
        if name == "weight" || name == "head.weight" { return .headWeight }
        if name == "bias" || name == "head.bias" { return .headBias }
        return Kind(rawValue: name) ?? Kind.allCases.first { name.hasSuffix("_" + $0.rawValue) }
    }

    /// Shards of one kind are alike but for their number of images, and all kinds are of as many images.
    private mutating func check() throws {
        guard let activations = parts[.activations] else {
            throw FileError.malformedArray(
                file: files.first ?? "", array: "activations", expected: "an array of that name", found: "none")
        }
        for (kind, arrays) in parts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let first = arrays.first else { continue }
            let dimensions = kind == .activations ? 2...3 : kind.dimensions...kind.dimensions
            for array in arrays {
                guard dimensions.contains(array.shape.count), array.itemSize > 0 else {
                    throw array.fault(kind.shape, "\(array.shape)")
                }
                guard array.shape.dropFirst() == first.shape.dropFirst() else {
                    throw array.fault(
                        "items of \(Array(first.shape.dropFirst())) as in \(first.path)", "\(array.shape)")
                }
            }
            guard kind.isOfImages || arrays.count == 1 else {
                throw arrays[1].fault("one such array, as in \(first.path)", "another")
            }
        }
        count = activations.reduce(0) { $0 + $1.count }
        guard count > 0 else { throw activations[0].fault("at least one image", "\(activations[0].shape)") }
        for (kind, arrays) in parts where kind.isOfImages {
            let own = arrays.reduce(0) { $0 + $1.count }
            guard own == count else { throw arrays[0].fault("\(count) images, as activations has", "\(own)") }
        }
    }

    // MARK: Reading

    func first(_ kind: Kind) -> StoredArray? { parts[kind]?.first }

    /// Blocks of items of a kind with the images they belong to, in order; every number is finite.
    func forEachBlock(_ kind: Kind, _ body: (Range<Int>, Tensor) throws -> Void) throws {
        var start = 0
        for array in parts[kind] ?? [] {
            try array.forEachBlock { range, values in
                if let bad = values.withUnsafe({ $0.firstIndex { !$0.isFinite } }) {
                    let item = array.itemSize
                    throw array.fault(
                        "finite numbers", "\(values[bad]) at [\(range.lowerBound + bad / item), \(bad % item)]")
                }
                try body(start + range.lowerBound..<start + range.upperBound, values)
            }
            start += array.count
        }
    }

    /// All of a kind.
    func floats(_ kind: Kind) throws -> Tensor? {
        guard let arrays = parts[kind], let first = arrays.first else { return nil }
        var values: [Float] = []
        try forEachBlock(kind) { values += $1.values }
        return Tensor([arrays.reduce(0) { $0 + $1.count }] + first.shape.dropFirst(), values)
    }

    func integers(_ kind: Kind) throws -> [Int]? { try parts[kind]?.flatMap { try $0.integers() } }

    func texts(_ kind: Kind) throws -> [String]? { try parts[kind]?.flatMap { try $0.texts() } }
}

extension ImportedArrays.Kind {
    fileprivate var dimensions: Int {
        switch self {
        case .activations, .logits, .gradients, .imageEmbeddings, .headWeight, .classEmbeddings, .conceptEmbeddings: 2
        case .predictions, .labels, .paths, .headBias, .classes, .concepts: 1
        }
    }

    fileprivate var shape: String {
        switch self {
        case .activations: "[images, units] or [images, tokens, units]"
        case .logits: "[images, classes]"
        case .gradients: "[images, units]"
        case .predictions, .labels, .paths: "[images]"
        case .imageEmbeddings: "[images, d]"
        case .headWeight: "[classes, units]"
        case .headBias: "[classes]"
        case .classEmbeddings: "[classes, d]"
        case .conceptEmbeddings: "[concepts, d]"
        case .classes, .concepts: "a list of texts"
        }
    }
}
