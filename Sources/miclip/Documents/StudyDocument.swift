import Analysis
import Workbench

/// JSON of `info`.
struct StudyDocument: Encodable {
    struct ConceptSet: Encodable {
        var name: String
        var concepts: Int
        var isChosen: Bool
    }

    var study: String
    var conceptSpace: String
    var model: String
    var layer: String
    var pooling: String
    /// Absent while not all files were looked at.
    var images: Int?
    var probeImages: Int?
    var heldOutImages: Int?
    var units: Int
    var isSigned: Bool
    /// What follows the layer.
    var remainder: String
    /// Who says which class an image is: the model, a probe head, a head of a file, nobody.
    var reader: String
    /// How the probe head was found, where that reads the layer.
    var probeHead: ProbeHeadReport?
    var isAligned: Bool
    /// Of the layer's sparse autoencoder, where it has one.
    var features: AutoencoderDocument?
    var concepts: Int
    var conceptSets: [ConceptSet]
    var classes: [String]
    /// Absent while the layer is not whole.
    var accuracy: Double?
    /// What makes it doubtful.
    var doubt: String?
    var shard: String?
    var layers: [LayerDocument]
    /// What no file beside a model's weights says.
    var assumed: [String] = []
    var warnings: [String]
    /// Images that could not be read.
    var skipped: [SkippedDocument]

    init(_ info: StudyInfo, _ layer: StudyInfo.Layer) {
        study = info.study
        conceptSpace = info.conceptSpace
        let reference = layer.facts.reference
        (model, self.layer, pooling) = (reference.model, reference.layer, reference.pooling)
        (probeImages, heldOutImages) = (info.probeImages, info.heldOutImages)
        if let probe = info.probeImages, let heldOut = info.heldOutImages { images = probe + heldOut }
        (units, isSigned, remainder) = (layer.facts.units, layer.isSigned, layer.remainder.rawValue)
        (reader, probeHead) = (layer.reader.rawValue, layer.probeHead)
        (isAligned, features) = (layer.isAligned, layer.features.map(AutoencoderDocument.init))
        conceptSets = info.conceptSets.map { ConceptSet(name: $0.name, concepts: $0.count, isChosen: $0.isChosen) }
        concepts = conceptSets.first(where: \.isChosen)?.concepts ?? 0
        (classes, accuracy, doubt) = (layer.classes, layer.accuracy, layer.doubt)
        shard = info.shard?.description
        layers = info.layers.map { LayerDocument($0.facts) }
        warnings = ImageWording.words(of: info)
        skipped = info.skipped.map(SkippedDocument.init)
    }
}
