import Digests
import Foundation
import LinearAlgebra

/// The space in which concepts and images meet: the concept encoder E_c with the image encoder E_i.
package protocol ConceptSpace: Sendable {
    var name: String { get }
    var architecture: String { get }
    /// What no file says and is taken as usual.
    var assumptions: [ModelAssumption] { get }
    /// Of the weights, the configuration, the tokenizer and the preprocessing.
    var digest: Digest { get }
    /// The width d of an embedding.
    var dimension: Int { get }
    var input: ImageShape { get }
    var preprocessing: Preprocessing { get }

    /// [B, channels, height, width], preprocessed -> [B, d], unit rows.
    func embed(images: Tensor) -> Tensor

    /// n texts -> [n, d], unit rows. Longer texts than the model reads are cut.
    func embed(concepts: [String]) -> Tensor
}

extension ConceptSpace {
    package var assumptions: [ModelAssumption] { [] }
}

/// Loads a CLIP or SigLIP: a folder, a safetensors file or the index of several.
package func loadConceptSpace(
    at url: URL, precision: Precision = .float32
) throws(VisionModelsError) -> any ConceptSpace {
    try loadConceptSpace(at: ModelLocation(url), precision: precision)
}

/// Loads a CLIP or SigLIP: safetensors under the names of Hugging Face, OpenAI or open_clip, the tokenizer beside them, and their
/// configuration and preprocessing where they are not the usual ones.
///
/// - Parameter precision: of the products in the image tower. Texts and both projections stay float32.
package func loadConceptSpace(
    at location: ModelLocation, precision: Precision = .float32
) throws(VisionModelsError) -> any ConceptSpace {
    try loadContrastiveModel(at: location, precision: precision)
}

package func loadContrastiveModel(
    at location: ModelLocation, precision: Precision = .float32
) throws(VisionModelsError) -> any ContrastiveModel {
    try ModelFiles(location, accepting: [.clip, .siglip], precision: precision).contrastiveModel()
}
