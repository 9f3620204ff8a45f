/// Who says which class an image is, behind a layer: what predictions, accuracy and interventions are read by.
package enum LayerReader: String, Sendable, Hashable, Codable, CaseIterable {
    /// The model itself.
    case model
    /// A linear head that was fitted here on the labels of the probe images: what a linear reader of this layer would say.
    case probe = "probe head"
    /// A linear head from a file.
    case head = "head of a file"
    /// Logits that were computed elsewhere, with nothing that says how they come from the layer.
    case given = "imported logits"
    /// The same of which only the classes are known, each taken as 99 % sure.
    case predicted = "imported predictions"
    /// Nobody: images stand for the concepts that the concept space finds nearest.
    case none

    /// As it stands behind an accuracy: nil where it goes without saying.
    package var title: String? {
        switch self {
        case .model: nil
        case .probe, .head, .given, .predicted: rawValue
        case .none: "no classifier"
        }
    }

    /// The rankings that its answers allow. Attribution needs gradients besides.
    package var rankings: [Ranking] { self == .none ? [.contribution, .cosine] : Ranking.allCases }

    /// Whether its answers were computed elsewhere and lie in the study.
    package var isImported: Bool { self == .given || self == .predicted }

    /// The one to begin with.
    package var standardRanking: Ranking { self == .none ? .contribution : .standard }
}
