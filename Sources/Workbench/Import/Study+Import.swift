import Analysis
import Cache
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

extension Study {
    /// Takes a layer that was computed elsewhere into the study of a folder, or makes a study of it there. All is read and
    /// checked before anything is recorded.
    package static func importLayer(_ plan: ImportPlan, into folder: URL, _ work: Work = Work()) throws -> ImportReport
    {
        let layer = try ImportedLayer(plan, work)
        let rows = ImportedRows(layer)
        let exists = FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path)
        let study = try exists ? Study(opening: folder) : Study(creating: folder, around: layer, rows)
        // One that stands on these arrays was made by this import, which perhaps was interrupted and goes on.
        let isOwn = try !exists || study.stands(on: layer, rows)
        if !isOwn { try study.check(layer) }
        return try study.add(layer, rows, isOwn: isOwn, work)
    }

    /// Rows are the study's images, in their order.
    private func check(_ layer: ImportedLayer) throws {
        for (role, arrays) in [(ImageRole.probe, Optional(layer.probe)), (.heldOut, layer.heldOut)] {
            let own = try images(role)
            guard let arrays else {
                throw FileError.malformedArray(
                    file: layer.probe.files[0], array: "activations",
                    expected: "--held-out FILE with the study's \(own.count) held-out images", found: "none")
            }
            guard let array = arrays.first(.activations) else { continue }
            guard arrays.count == own.count else {
                throw array.fault(
                    "\(own.count) rows, one for each of the study's \(role.rawValue) images", "\(arrays.count)")
            }
            guard let paths = try arrays.texts(.paths), let first = arrays.first(.paths) else { continue }
            for (row, record) in try (store.images(inSet: own.digest) ?? []).enumerated() {
                let (path, name) = (paths[row], record.name)
                guard path == name || path.hasSuffix("/" + name) || name.hasSuffix("/" + path) else {
                    throw first.fault("\(name) at [\(row)], as in the study", path)
                }
            }
        }
    }

    private func add(_ layer: ImportedLayer, _ rows: ImportedRows, isOwn: Bool, _ work: Work) throws -> ImportReport {
        let isNew = try targets().isEmpty
        let (probe, heldOut) = (try images(.probe), try images(.heldOut))
        var (classes, reader) = try answers(head: nil, list: nil, own: layer.classes ?? [], heldOut: heldOut)
        if layer.head != nil || layer.answers != nil {
            guard try heldOut.labels != nil, let own = layer.classes else {
                throw WorkbenchError.missingLabels(
                    images: heldOut.facts.place, expected: "an array `labels` of whole numbers")
            }
            (classes, reader) = (own, layer.head != nil ? .head : layer.answers ?? .given)
        }
        var facts = TargetFacts(importing: layer, classes: classes, reader: reader)
        if reader != .none { _ = try ClassPairing(heldOut, to: facts.lines, alsoCalled: facts.otherNames) }
        let known = try targets().first { $0.name == layer.model && $0.facts.isImported == true }
        // What other layers of the model are read by stays.
        if let known, !reader.isImported {
            (facts.hasClassifier, facts.outputDigest) = (known.facts.hasClassifier, known.facts.outputDigest)
        }
        let record = TargetRecord(
            id: known?.id, name: try known?.name ?? freeName(layer.model), json: try JSONEncoder().encode(facts))
        if let known, known.facts.classes != classes || known.facts.digest != facts.digest {
            throw WorkbenchError.otherImport(model: layer.model, study: folder.path)
        }
        var place = LayerPlace(importing: layer, reader: reader)
        if let head = layer.head, reader == .head {
            let file = HeadFile(weight: head.weight, bias: head.bias)
            keep(file)
            place.head = .init(file: layer.plan.head?.path ?? layer.probe.files[0], digest: file.digest)
        }
        let target = Target(id: record.id ?? 0, name: record.name, facts: facts)
        let made = try TargetLayer(study: self, target: target, place: place)
        for (role, set) in [(ImageRole.probe, probe), (.heldOut, heldOut)] {
            for file in made.activationFiles(of: set) {
                let isWhole = layer.tokens > 1 && file.key == made.tokenKey(of: set)
                try write(.activations, rows, role, file) { values, _ in isWhole ? values : layer.pooling(values) }
            }
            guard reader.isImported, let file = made.outputFile(of: set) else { continue }
            if reader == .given {
                try write(.logits, rows, role, file) { values, _ in values }
            } else {
                try write(.predictions, rows, role, file) { values, _ in Self.logits(of: values, classes: classes.count)
                }
            }
        }
        if reader.isImported, layer.hasGradients, let a = try store.values(of: made.activationFile(of: probe)) {
            try write(.gradients, rows, .probe, made.answerGradientFile(of: probe)) { gradients, range in
                defer { a.release(rows: range) }
                return gradients.beside(gradients.times(a.rows(range)))
            }
        }
        if isOwn {
            try write(.imageEmbeddings, rows, .probe, embeddingFile(of: probe)) { values, _ in values.normalized() }
        }
        try store.store(record) { [try LayerRecord(place, of: $0)] }
        try self.layer(LayerReference(model: record.name, layer: layer.name, pooling: layer.pooling.rawValue))
            .summarize()
        return ImportReport(
            model: record.name, layer: layer.name, units: layer.units, isSigned: layer.isSigned,
            probeImages: probe.count, heldOutImages: heldOut.count, reader: reader.rawValue, isNewStudy: isNew,
            hasGradients: reader.isImported && layer.hasGradients, compared: layer.compared)
    }

    /// Of classes alone: logits by which each is 99 % sure and all others are equal. [N] -> [N, classes]
    private static func logits(of predictions: Tensor, classes: Int) -> Tensor {
        var logits = Tensor([predictions.count, classes])
        let lead = log(99 * Float(max(1, classes - 1)))
        for row in 0..<predictions.count { logits[row, Int(predictions.values[row])] = lead }
        return logits
    }

    /// The rows of a role, block by block, into a file of the study.
    private func write(
        _ kind: ImportedArrays.Kind, _ rows: ImportedRows, _ role: ImageRole, _ file: ValueFile,
        _ convert: (_ items: Tensor, _ rows: Range<Int>) -> Tensor
    ) throws {
        let (arrays, chosen) = (rows.arrays(role), rows.rows(role))
        guard let writer = try ValueWriter(file, rows: 0..<chosen.count, share: nil, in: store) else { return }
        var next = 0
        try arrays.forEachBlock(kind) { range, values in
            let first = next
            while next < chosen.count, chosen[next] < range.upperBound { next += 1 }
            guard first < next, next > writer.completedRows else { return }
            let items = values.items(at: chosen[first..<next].map { $0 - range.lowerBound })
            try writer.append(convert(items, first..<next), at: first..<next)
        }
        try writer.finish()
    }
}

extension TargetFacts {
    /// A model of which only what it gave is here.
    init(importing layer: ImportedLayer, classes: [String], reader: LayerReader) {
        location = ""
        (precision, architecture, assumptions) = (.float32, "imported activations", [])
        digest = Digest("imported", layer.model, layer.probe.metadata["digest"] ?? "")
        (self.classes, classNames) = (classes, classes)
        hookPoints = [HookPoint(name: layer.name, tokens: 1, width: layer.units, isSigned: layer.isSigned)]
        batchSize = 256
        outputDigest = Digest("imported logits", layer.answersDigest ?? layer.digest)
        hasClassifier = reader.isImported
        isImported = true
    }
}

extension LayerPlace {
    init(importing layer: ImportedLayer, reader: LayerReader) {
        hookPoint = HookPoint(name: layer.name, tokens: 1, width: layer.units, isSigned: layer.isSigned)
        pooling = layer.pooling
        // Gradients are kept under the layer's own key.
        digest =
            layer.gradientsDigest.map { Digest("imported layer", layer.digest, $0) }
            ?? Digest("imported layer", layer.digest)
        keptTokens = layer.plan.keepsTokens && layer.tokens > 1 ? layer.tokens : nil
        (self.reader, remainder) = (reader, reader.remainder)
        isDifferentiable = reader.remainder == .linear || reader.isImported && layer.hasGradients
    }
}

extension Tensor {
    /// Element by element.
    fileprivate func times(_ other: Tensor) -> Tensor {
        Tensor(shape, withUnsafe { a in other.withUnsafe { b in a.indices.map { a[$0] * b[$0] } } })
    }
}
