import Digests
import Foundation
import LinearAlgebra

/// The space in which concepts and images meet: the concept encoder E_c with the image encoder E_i.
public protocol ConceptSpace: Sendable {
    var name: String { get }
    var architecture: String { get }
    /// Of the weights, the configuration, the tokenizer and the preprocessing.
    var digest: Digest { get }
    /// The width d of an embedding.
    var dimension: Int { get }
    var input: ImageShape { get }
    var preprocessing: Preprocessing { get }
    /// What the model was trained to multiply cosines by.
    var logitScale: Float { get }

    /// [B, channels, height, width], preprocessed -> [B, d], unit rows.
    func embed(images: Tensor) -> Tensor

    /// n texts -> [n, d], unit rows. Longer texts than the model reads are cut.
    func embed(concepts: [String]) -> Tensor
}

/// Loads the CLIP in a folder: config.json, model.safetensors, vocab.json, merges.txt and, where it is not the usual
/// one, preprocessor_config.json.
public func loadConceptSpace(at folder: URL) throws(VisionModelsError) -> any ConceptSpace {
    let settings = try Settings(folder.appending(path: "config.json"))
    guard settings["model_type"] == .string("clip") else { throw settings.unsuitable("model_type", expected: "clip") }
    return try CLIP(folder, settings)
}
