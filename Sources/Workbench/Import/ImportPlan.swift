import Foundation

/// Activations that were computed elsewhere, to be a layer of a study.
package struct ImportPlan: Sendable {
    /// What the layer is called: a hook point's name; by default what the files say.
    package var layer: String?
    /// Files of the probe images, and of the held-out images; where there are none of these, a third of the images, drawn by a
    /// fixed seed, is held out.
    package var files: [URL]
    package var heldOut: [URL]
    /// The target model's name; by default what the files say, or `imported`.
    package var model: String?
    /// How tokens become one vector, where activations have them.
    package var pooling: String?
    /// Whether the tokens are kept beside that vector.
    package var keepsTokens = false
    /// Whether units have two poles; by default what the files say, or whether any activation is negative.
    package var isSigned: Bool?
    /// A head of its own file.
    package var head: URL?
    /// Names of classes, and of concepts in the order of their embeddings, one a line.
    package var classes: String?
    package var concepts: String?
    /// Of a new study: the CLIP in whose space image embeddings lie.
    package var conceptSpace: String?
    /// Where the paths of images start; by default where the files lie.
    package var images: String?

    package init(layer: String? = nil, files: [URL], heldOut: [URL] = []) {
        (self.layer, self.files, self.heldOut) = (layer, files, heldOut)
    }
}

/// What an import did, for people and scripts.
package struct ImportReport: Sendable, Codable {
    package var model, layer: String
    package var units: Int
    package var isSigned: Bool
    package var probeImages, heldOutImages: Int
    package var reader: String
    package var isNewStudy: Bool
    /// Whether gradients came with it, so that units are ranked by attribution where no head follows.
    package var hasGradients: Bool
    /// Rows on which head and logits were compared; absent where one of them is not there.
    package var compared: Int?
}
