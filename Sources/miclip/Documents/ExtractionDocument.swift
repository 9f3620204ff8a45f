import Analysis
import Workbench

/// JSON of `extract`.
struct ExtractionDocument: Encodable {
    var study: String
    /// Of the first layer: the model's place.
    var model: String
    var layer: String
    var pooling: String
    var layers: [LayerDocument]
    var shard: String?
    /// Images that had to go through the image encoder, and through each target model.
    var embedded: Int
    var run: [String: Int]
    var warnings: [String]
    var skipped: [SkippedDocument]

    init(_ study: Study, _ report: ExtractionReport) throws {
        let info = try study.info()
        self.study = info.study
        layers = info.layers.map { LayerDocument($0.facts) }
        model = info.layers.first?.location ?? ""
        layer = layers.first?.layer ?? ""
        pooling = layers.first?.pooling ?? ""
        shard = info.shard?.description
        (embedded, run) = (report.embedded, report.run)
        warnings = ImageWording.words(of: info)
        skipped = info.skipped.map(SkippedDocument.init)
    }
}
