import Cache
import Foundation
import LinearAlgebra
import VisionModels

/// Which concept space: a CLIP, or a sentence encoder with a classifier that says where images lie in it.
struct ConceptSpaceChoice: Sendable {
    var location: String
    var precision: Precision
    var classifier: ConceptClassifier?

    init(_ configuration: StudyConfiguration) {
        location = configuration.conceptSpace
        precision = Precision(rawValue: configuration.precision) ?? .float32
        classifier = configuration.classifier
    }

    func load() throws -> any ConceptSpace {
        guard !location.isEmpty else { throw WorkbenchError.importedSpace }
        let place = try Resources.locateModel(location)
        guard place.isSentenceEncoder else { return try loadConceptSpace(at: place, precision: precision) }
        guard let classifier else { throw WorkbenchError.needsClassifier(encoder: location) }
        let encoder = try loadSentenceEncoder(at: place)
        let model = try loadTargetModel(at: Resources.locateModel(classifier.model), precision: precision)
        guard model.classes.count == classifier.words.count else {
            throw WorkbenchError.classNameCount(
                file: location, expected: model.classes.count, found: classifier.words.count)
        }
        return ConSE(encoder, classifier: model, words: classifier.words)
    }
}

extension StudyPlan {
    /// The configuration of a new study: where its space is a sentence encoder, the first target model says where images
    /// lie in it, and its classes are called what they are called now.
    func configuration() throws -> StudyConfiguration {
        var classifier: ConceptClassifier?
        if try Resources.locateModel(conceptSpace).isSentenceEncoder {
            let model = try TargetModelChoice(
                target.model, classes: target.classes, templates: templates, precision: target.precision
            ).load()
            guard !model.classes.isEmpty else { throw WorkbenchError.noClassifier(model: target.model) }
            let folders = try [probeImages, heldOutImages].map { try Resources.resolve($0).path }
            let names = try ClassNames(
                model.classes, file: target.classNames.map { try Resources.resolve($0) }, near: folders)
            guard names.unknown == 0 else { throw WorkbenchError.needsClassWords(model: target.model) }
            classifier = ConceptClassifier(model: target.model, words: names.names)
        }
        return StudyConfiguration(
            conceptSpace: conceptSpace, classifier: classifier, precision: precision.rawValue,
            probeImages: probeImages, heldOutImages: heldOutImages, templates: templates.templates,
            share: shard?.description)
    }
}
