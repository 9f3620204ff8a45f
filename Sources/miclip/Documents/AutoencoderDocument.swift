import Workbench

/// JSON of `sae train` and `sae import`, and of a layer's features in `info`.
struct AutoencoderDocument: Encodable {
    var features: Int
    /// Absent where images have as many active features as they like.
    var k: Int?
    var explainedVariance: Double
    var l0: Double
    var deadShare: Double
    var seconds: Double
    /// How an image's code is made of its tokens'; `none` where it encodes one vector an image.
    var pooling: String
    var isOfTokens: Bool { pooling != Self.none }

    private static let none = "none"

    init(_ report: AutoencoderReport) {
        pooling = report.pooling?.rawValue ?? Self.none
        (features, k, l0) = (report.features, report.k, report.l0)
        (explainedVariance, deadShare, seconds) = (report.explainedVariance, report.deadShare, report.seconds)
    }
}
