import Algorithms
import Analysis
import Cache
import Foundation
import LinearAlgebra
import VisionModels

extension Study {
    /// Adds layers of a target model, which may be in the study already: other class lists or words for its classes then take
    /// the place of the earlier ones, and need no forward pass.
    ///
    /// Everything is read before anything is recorded.
    package func add(_ plan: TargetPlan) throws {
        let isRecorded = try store.imageSet(of: .heldOut)?.isComplete == true
        try add(plan, heldOut: isRecorded ? images(.heldOut) : imagesOnDisk(.heldOut))
    }

    func add(_ plan: TargetPlan, heldOut: ImageSet) throws {
        let targets = try targets()
        let ofThatModel = targets.filter { $0.facts.location == plan.model }
        let there = ofThatModel.first { $0.facts.precision == plan.precision }
        // Its class list is as it was read then, for another precision too.
        let earlier = there ?? ofThatModel.first
        let classes = plan.classes ?? earlier?.facts.classList
        let choice = TargetModelChoice(
            plan.model, classes: classes, templates: try templates, precision: plan.precision)
        let list = try plan.classes == nil ? nil : choice.classNames()
        let lines = plan.classes == nil ? earlier?.facts.listed : nil
        let model = try choice.load(lines: lines) { try embed($0, in: $1) }
        // A checkpoint that was moved, or is reached by another way, is the same model, and from now on lies there.
        let known =
            there
            ?? targets.first {
                $0.facts.precision == plan.precision && $0.facts.digest == model.digest && $0.facts.isImported != true
            }
        let words = (model as? ZeroShotClassifier).map { clip in
            ClassWords(lines: lines ?? list?.map(\.name) ?? [], templates: clip.templates.templates)
        }

        let configuration = try configuration()
        let folders = try [configuration.probeImages, configuration.heldOutImages].map {
            try Resources.resolve($0).path
        }
        let own = try answers(of: model, plan, classes, heldOut: heldOut)
        var names: [String]
        if plan.classNames == nil, let known, known.facts.classes == own.classes {
            names = known.facts.classNames
        } else {
            names = try ClassNames(
                own.classes, file: plan.classNames.map { try Resources.resolve($0) }, near: folders
            ).names
        }
        var facts = TargetFacts(
            model, location: plan.model, precision: plan.precision, words: words, classList: classes,
            classes: own.classes, classNames: names)
        let identifiers = list?.compactMap(\.identifier) ?? earlier?.facts.classIdentifiers ?? []
        facts.classIdentifiers = identifiers.isEmpty ? nil : identifiers
        facts.classMap =
            try plan.classMap.map { try ClassMap(contentsOf: Resources.resolve($0)) } ?? known?.facts.classMap
        if own.reader != .none {
            _ = try ClassPairing(heldOut, to: facts.lines, alsoCalled: facts.otherNames, map: facts.classMap)
        }
        let places = try plan.layers.map { layer in
            try LayerPlace(
                layer, pooling: plan.pooling, of: model, reader: own.reader,
                head: own.reader == .head ? keptHead(plan, layer, of: model, classes: own.classes.count) : nil,
                keepsTokens: plan.keepsTokens)
        }
        let record = TargetRecord(
            id: known?.id, name: try known?.name ?? freeName(model.name), json: try JSONEncoder().encode(facts))
        try store.store(record) { id in try places.map { try LayerRecord($0, of: id) } }
        forgetModels()
    }

    /// `vit`, or `vit-2` where another target model has that name.
    func freeName(_ name: String) throws -> String {
        let taken = Set(try targets().map(\.name))
        guard taken.contains(name) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
    }

    /// The layers of the study, in the order they were added.
    package func layers() throws -> [TargetLayer] {
        let targets = try targets()
        return try store.layers().map { record in
            guard let target = targets.first(where: { $0.id == record.target }) else {
                throw WorkbenchError.damagedRecord(study: folder.path, place: "layer \(record.hookPoint)")
            }
            return try TargetLayer(
                study: self, target: target, place: JSONDecoder().decode(LayerPlace.self, from: record.json))
        }
    }

    /// The layer that a user names; the first where nothing is said.
    ///
    /// - Parameters:
    ///   - layer: a hook point's name, perhaps with a pooling: `blocks.3`, `blocks.3:mean`.
    ///   - model: a target model's name or place.
    /// - Throws: `unknownTarget`, `notThatLayer`.
    package func layer(_ layer: String? = nil, model: String? = nil) throws -> TargetLayer {
        var found = try layers()
        if let model {
            let known = try targets().map(\.name)
            let place = URL(filePath: model).standardizedFileURL.path
            found = found.filter {
                $0.modelName == model || $0.target.facts.location == model || $0.target.facts.location == place
            }
            guard !found.isEmpty else { throw WorkbenchError.unknownTarget(model, known: known) }
        }
        guard let layer else {
            guard let first = found.first else { throw WorkbenchError.notExtracted(study: folder.path) }
            return first
        }
        let parts = layer.split(separator: ":", maxSplits: 1).map(String.init)
        let match = found.first {
            $0.hookPoint.name == layer || $0.hookPoint.name == parts.first && $0.pooling.rawValue == parts.last
        }
        guard let match else {
            throw Self.lacking(layer, among: found)
        }
        return match
    }

    /// The layer of a reference.
    package func layer(_ reference: LayerReference) throws -> TargetLayer {
        let all = try layers()
        guard let layer = all.first(where: { $0.reference == reference.place }) else {
            throw Self.lacking(reference.layer, among: all)
        }
        return try reference.reader.map(layer.reading(by:)) ?? layer
    }

    private static func lacking(_ layer: String, among layers: [TargetLayer]) -> WorkbenchError {
        .layerNotInStudy(layer, known: Array(layers.map(\.hookPoint.name).uniqued()))
    }
}

extension Study {
    /// Whether a target model of the study lies at a place.
    package func hasTarget(_ location: String) throws -> Bool {
        try targets().contains { $0.facts.location == location }
    }

    /// What the study was made from.
    package var plan: (conceptSpace: String, probeImages: String, heldOutImages: String, shard: String?) {
        get throws {
            let made = try configuration()
            return (made.conceptSpace, made.probeImages, made.heldOutImages, made.share)
        }
    }
}

extension TargetLayer {
    /// What is taken for granted of its target model and of the concept space, as no file beside the weights says it.
    package var assumptions: [(model: String, assumed: [ModelAssumption])] {
        get throws {
            let space = try study.spaceFacts
            return [(modelName, target.facts.assumptions), (space.name, space.assumptions)].filter { !$0.1.isEmpty }
        }
    }

    /// What the layer was asked for with.
    package var plan: TargetPlan {
        var plan = TargetPlan(
            model: target.facts.location, layers: [hookPoint.name], pooling: pooling.rawValue,
            precision: target.facts.precision)
        plan.keepsTokens = place.keptTokens != nil
        return plan
    }
}

extension LayerRecord {
    init(_ place: LayerPlace, of target: Int64) throws {
        self.init(
            target: target, hookPoint: place.hookPoint.name, pooling: place.pooling.rawValue,
            json: try JSONEncoder().encode(place))
    }
}
