import Files
import Foundation
import LinearAlgebra
import VisionModels

/// Images named in a command, and what to do with those that cannot be read.
package struct ImageArguments: Sendable {
    /// What is told of images that cannot be read.
    package struct Skips: Sendable {
        /// Takes the name and the error of one.
        package var image: @Sendable (String, any Error) -> Void
        /// Takes how many were left out, where there are any, and of how many.
        package var total: @Sendable (Int, Int) -> Void

        package init(
            image: @escaping @Sendable (String, any Error) -> Void,
            total: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
        ) { (self.image, self.total) = (image, total) }
    }

    package let source: any ImageSource
    /// Pictures of kinds that are not read, by path and the ending of their names.
    package let passedOver: [(path: String, kinds: [String: Int])]
    /// Nil where the first image that cannot be read ends the work.
    private let skips: Skips?

    /// - Parameters:
    ///   - paths: image files, folders, tars, lists and IDX files, in any mix; their images come in this order.
    ///   - skips: is told of every image that is left out; without it the first one ends the work.
    package init(_ paths: [String], skips: Skips? = nil) throws {
        let sources = try paths.map { try openImages(at: URL(filePath: $0)) }
        source = JoinedImages(sources)
        passedOver = zip(paths, sources).compactMap { path, source in
            let kinds = (source as? any NamedImages)?.passedOver ?? [:]
            return kinds.isEmpty ? nil : (path, kinds)
        }
        self.skips = skips
    }

    /// Calls `body` with batch after batch: indices of the images and their pixels, decoded beside it.
    ///
    /// - Throws: `noReadableImages` where all were left out.
    func batches(
        of size: Int, for input: ModelInput, _ work: Work, _ body: ([Int], Tensor) throws -> Void
    ) throws {
        let source = source
        let ranges = Array(blocks(of: source.count, size: size))
        let meter = RateMeter(.images, from: 0, to: source.count)
        var (left, first) = (0, "")
        try pipelined(ranges, prepare: { ($0, source.decoded(Array($0), for: [input])) }) { range, decoded in
            for failure in decoded.failures {
                guard let skips else { throw failure.error }
                skips.image(source.name(of: failure.index), failure.error)
                if left == 0 { first = work.words(failure.error) }
                left += 1
            }
            if !decoded.indices.isEmpty { try body(decoded.indices, decoded.pixels[0]) }
            try work.advance(meter.progress(range.upperBound))
        }
        guard left < source.count else {
            throw WorkbenchError.noReadableImages(images: source.name, count: source.count, first: first)
        }
        if left > 0 { skips?.total(left, source.count) }
    }
}

/// What a model takes an image for.
package struct Prediction: Sendable, Codable, Hashable {
    package struct Class: Sendable, Codable, Hashable {
        package var `class`: String
        package var index: Int
        package var logit: Float
        /// Its share of the softmax over all classes.
        package var probability: Float
    }

    package var image: String
    /// Best first.
    package var classes: [Class]
}

/// A target model loaded for a command, without a study.
package struct ModelRun: Sendable {
    private let model: any TargetModel

    package init(_ choice: TargetModelChoice) throws {
        model = try choice.load()
        guard !model.classes.isEmpty else { throw WorkbenchError.noClassifier(model: choice.location) }
    }

    /// What the model takes for granted.
    package var assumptions: [ModelAssumption] { model.assumptions }

    /// The `top` best classes of every image, in order.
    package func predictions(of images: ImageArguments, top: Int, _ work: Work = Work()) throws -> [Prediction] {
        var predictions: [Prediction] = []
        try images.batches(of: model.imagesTogether, for: model.modelInput, work) { indices, pixels in
            let logits = model.logits(pixels)
            if let bad = logits.firstNonFiniteRow {
                throw WorkbenchError.notFinite(model: model.name, image: images.source.name(of: indices[bad]))
            }
            for (row, index) in indices.enumerated() {
                let image = images.source.name(of: index)
                predictions.append(Prediction(image: image, classes: best(top, logits.row(row))))
            }
        }
        return predictions
    }

    private func best(_ count: Int, _ logits: [Float]) -> [Prediction.Class] {
        var probabilities = Tensor([1, logits.count], logits)
        probabilities.applySoftmax()
        return TopK.indices(of: logits, count: count).map { index in
            Prediction.Class(
                class: model.classes[index], index: index, logit: logits[index], probability: probabilities[index])
        }
    }
}

/// A CLIP or a sentence encoder loaded for a command, without a study.
package struct EmbeddingRun: Sendable {
    private enum Encoder {
        case clip(any ConceptSpace)
        case sentences(SentenceEncoder)
    }

    private let location: String
    private let encoder: Encoder

    /// - Parameter precision: of a CLIP's image tower's products.
    package init(_ location: String, precision: Precision = .float32) throws {
        self.location = location
        let place = try Resources.locateModel(location)
        encoder =
            place.isSentenceEncoder
            ? .sentences(try loadSentenceEncoder(at: place))
            : .clip(try loadConceptSpace(at: place, precision: precision))
    }

    /// What the model takes for granted.
    package var assumptions: [ModelAssumption] {
        if case .clip(let space) = encoder { space.assumptions } else { [] }
    }

    /// Writes the unit embeddings of texts to a .npy file [n, d]; its shape.
    package func write(_ texts: [String], in templates: PromptTemplates, to url: URL) throws -> [Int] {
        let embeddings =
            switch encoder {
            case .clip(let space): templates.embed(texts, space.embed(concepts:))
            case .sentences(let encoder): templates.embed(texts, encoder.embed)
            }
        return try writeRows([embeddings.columns], to: url) { try $0(embeddings) }
    }

    /// Writes the unit embeddings of images to a .npy file [N, d]; its shape.
    ///
    /// - Throws: `needsClassifier` of a sentence encoder.
    package func write(_ images: ImageArguments, to url: URL, _ work: Work = Work()) throws -> [Int] {
        guard case .clip(let space) = encoder else { throw WorkbenchError.needsClassifier(encoder: location) }
        return try writeRows([space.dimension], to: url) { append in
            try images.batches(of: 16, for: space.modelInput, work) { indices, pixels in
                let embeddings = space.embed(images: pixels)
                if let bad = embeddings.firstNonFiniteRow {
                    throw WorkbenchError.notFinite(model: space.name, image: images.source.name(of: indices[bad]))
                }
                try append(embeddings)
            }
        }
    }
}

/// Fills a .npy file by what `body` appends; nothing is left behind where it throws. The file's shape.
func writeRows(_ row: [Int], to url: URL, _ body: ((Tensor) throws -> Void) throws -> Void) throws -> [Int] {
    var file = try NPYFile(url, rowShape: row)
    var rows = 0
    do {
        try body { tensor in
            try file.append(tensor)
            rows += tensor.shape[0]
        }
    } catch {
        file.discard()
        throw error
    }
    try file.finish()
    return [rows] + row
}
