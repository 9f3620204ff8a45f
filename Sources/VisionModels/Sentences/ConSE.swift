import Digests
import Foundation
import LinearAlgebra

/// A concept space without CLIP: an image lies at the mean of its likeliest classes' names in a sentence encoder's space,
/// weighted by their probabilities (ConSE, Norouzi et al. 2014, equation 3).
///
/// So an image is known only by what the classifier takes it for, and the space says nothing of what its classes do not name.
package struct ConSE: ConceptSpace {
    /// Classes that an image's embedding is made of.
    package static let likeliest = 10

    private let encoder: SentenceEncoder
    private let classifier: any TargetModel
    /// Embeddings of the classes' names: [classes, d]
    private let classes: Tensor
    package let digest: Digest

    /// - Parameter words: what each class of the classifier is called, in the order of its logits.
    /// - Precondition: a word for each class.
    package init(_ encoder: SentenceEncoder, classifier: any TargetModel, words: [String]) {
        precondition(words.count == classifier.classes.count && !words.isEmpty, "a word for each class")
        self.encoder = encoder
        self.classifier = classifier
        classes = encoder.embed(words)
        digest = Digest("ConSE", encoder.digest, classifier.digest, Digest(combining: words))
    }

    package var name: String { "\(encoder.name), ConSE by \(classifier.name)" }
    package var architecture: String {
        "ConSE: names of \(classes.rows) classes in \(encoder.architecture), weighted by \(classifier.architecture)"
    }
    package var assumptions: [ModelAssumption] { classifier.assumptions }
    package var dimension: Int { encoder.dimension }
    package var input: ImageShape { classifier.input }
    package var preprocessing: Preprocessing { classifier.preprocessing }

    package func embed(concepts: [String]) -> Tensor { encoder.embed(concepts) }

    package func embed(images pixels: Tensor) -> Tensor { embed(logits: classifier.logits(pixels)) }

    /// [B, classes] -> [B, d], unit rows.
    func embed(logits: Tensor) -> Tensor {
        var probabilities = logits
        probabilities.applySoftmax()
        var weights = Tensor(logits.shape)
        for image in 0..<logits.rows {
            let row = probabilities.row(image)
            for index in TopK.indices(of: row, count: Self.likeliest) { weights[image, index] = row[index] }
        }
        return multiply(weights, .plain, classes, .plain).normalized()
    }
}
