import Analysis
import Workbench

/// JSON of `fit`.
struct FitDocument: Encodable {
    struct Half: Encodable {
        var images: Int
        var classAccuracy: AccuracyChange?
        var otherAccuracy: AccuracyChange?

        init(_ outcome: InterventionOutcome) {
            images = outcome.images
            classAccuracy = outcome.classAccuracy
            otherAccuracy = outcome.otherAccuracy
        }
    }

    var concepts: [String]
    var `class`: String
    var betas: [Double]
    /// Who says which class an image is, where that is not the model.
    var reader: String?
    var damageBound: Double
    var fitted: Half
    var reported: Half
}
