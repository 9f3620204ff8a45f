import Foundation
import LinearAlgebra
import VisionModels

/// The paper's sentence score: the cosine of a description and the true name by a sentence encoder, which had no part in
/// either.
package struct SentenceScore: Sendable {
    private let encoder: SentenceEncoder

    /// - Parameter location: a folder as sentence-transformers saves an encoder, or `org/repo` in Hugging Face's cache.
    package init(_ location: String) throws {
        encoder = try loadSentenceEncoder(at: Resources.locateModel(location))
    }

    /// One cosine for each name; 0 where nothing is said of it.
    func scores(of descriptions: [String?], against names: [String]) -> [Double] {
        let texts = Set(descriptions.compactMap { $0 }).union(names).sorted()
        let places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
        let vectors = encoder.embed(texts)
        return zip(descriptions, names).map { description, name in
            guard let description else { return 0 }
            return zip(vectors.row(places[description]!), vectors.row(places[name]!))
                .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
    }
}
