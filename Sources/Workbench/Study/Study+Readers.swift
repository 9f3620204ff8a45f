import Analysis
import Cache
import Files
import Foundation
import VisionModels

/// Who says which class an image is, of a target model that is added.
extension Study {
    /// Concepts that images stand for at most where nobody classifies them.
    private static let mostAnchors = 4096

    /// The classes, and who tells them apart: the model; else a head from a file; else a probe head, where the probe images are
    /// labelled; else nobody, and images stand for concepts.
    ///
    /// - Parameter list: a class list, where one was given.
    func answers(
        of model: any TargetModel, _ plan: TargetPlan, _ list: String?, heldOut: ImageSet
    ) throws -> (classes: [String], reader: LayerReader) {
        guard model.classes.isEmpty || plan.head != nil else { return (model.classes, .model) }
        return try answers(head: plan.head, list: list, own: model.classes, heldOut: heldOut)
    }

    /// - Parameter own: a model's own classes.
    func answers(
        head: String?, list: String?, own: [String] = [], heldOut: ImageSet
    ) throws -> (classes: [String], reader: LayerReader) {
        let probe = try images(ofKnown: .probe)
        let named = try list.map { try ConceptList.readClasses(Resources.resolve($0)) }
        let labelled = try named ?? (own.isEmpty ? probe.classesOfLabels ?? heldOut.classesOfLabels : own)
        if let head {
            let file = try Resources.resolve(head)
            guard let classes = labelled ?? HeadFile.count(of: file).map({ (0..<$0).map { "class \($0)" } }) else {
                throw WorkbenchError.needsClasses(model: head)
            }
            return (classes, .head)
        }
        if let labelled, labelled.count > 1, try probe.labels != nil { return (labelled, .probe) }
        let all = try concepts
        let count = min(all.count, Self.mostAnchors)
        return ((0..<count).map { all[$0 * all.count / count] }, .none)
    }

    private func images(ofKnown role: ImageRole) throws -> ImageSet {
        try store.imageSet(of: role)?.isComplete == true ? images(role) : imagesOnDisk(role)
    }

    /// Reads the head for a layer, and keeps it in the study.
    func keptHead(
        _ plan: TargetPlan, _ layer: String, of model: any TargetModel, classes: Int
    ) throws -> LayerPlace.HeadPlace? {
        guard let given = plan.head, let point = model.hookPoint(named: layer) else { return nil }
        let url = try Resources.resolve(given)
        let file = try HeadFile(url, units: point.width, classes: classes)
        keep(file)
        return LayerPlace.HeadPlace(file: url.path, digest: file.digest)
    }
}

extension ImageSet {
    /// Names for the classes of their labels: the folders', or numbers; nil without labels.
    var classesOfLabels: [String]? {
        get throws {
            guard let labels = try labels else { return nil }
            if let folders = facts.folders { return folders.filter { !facts.emptyFolders.contains($0) } }
            return (0...(labels.max() ?? 0)).map { "class \($0)" }
        }
    }
}

extension HeadFile {
    /// How many classes a head tells apart; nil where that cannot be told.
    static func count(of url: URL) -> Int? {
        guard let file = try? ArrayFile(url) else { return nil }
        let weights = file.arrays.values.filter { $0.shape.count == 2 && $0.name.hasSuffix("weight") }
        return weights.count == 1 ? weights[0].shape[0] : nil
    }
}
