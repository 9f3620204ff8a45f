import Analysis
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// Files of a layer, looked through: every number was read once, and they go together.
struct ImportedLayer {
    let plan: ImportPlan
    let probe: ImportedArrays
    /// Nil where a part of `probe` is held out.
    let heldOut: ImportedArrays?
    let pooling: Pooling
    let tokens: Int
    let units: Int
    let isSigned: Bool
    /// Of the activations' numbers, of the logits or predictions, and of the gradients.
    let digest: Digest
    let answersDigest, gradientsDigest: Digest?
    let head: (weight: Tensor, bias: [Float])?
    let classes: [String]?
    let labels: [Int]?
    /// Rows on which head and logits agree.
    private(set) var compared: Int?

    let name: String
    var model: String { plan.model ?? probe.metadata["model"] ?? "imported" }
    var hasGradients: Bool { gradientsDigest != nil }

    /// Who says which class an image is, where no head does: logits, or predictions alone.
    var answers: LayerReader? {
        probe.first(.logits) != nil ? .given : probe.first(.predictions) != nil ? .predicted : nil
    }

    /// Nothing is recorded while it reads.
    init(_ plan: ImportPlan, _ work: Work) throws {
        self.plan = plan
        probe = try ImportedArrays(plan.files)
        heldOut = plan.heldOut.isEmpty ? nil : try ImportedArrays(plan.heldOut)
        guard let activations = probe.first(.activations) else { preconditionFailure("checked as it was read") }
        guard let name = plan.layer ?? probe.metadata["layer"] else {
            throw activations.fault("--name, or a text called layer, with the layer's name", "neither")
        }
        self.name = name
        units = activations.shape.last ?? 0
        tokens = activations.shape.count == 3 ? activations.shape[1] : 1
        if let other = heldOut?.first(.activations), other.shape.dropFirst() != activations.shape.dropFirst() {
            throw other.fault(
                "items of \(Array(activations.shape.dropFirst())) as in \(activations.path)", "\(other.shape)")
        }
        let point = HookPoint(name: name, tokens: tokens, width: units, isSigned: true, hasClassToken: true)
        if let name = plan.pooling {
            pooling = try point.pooling(named: name, among: point.poolings.filter { $0 != .none })
        } else {
            guard tokens == 1 else {
                throw activations.fault("--pooling cls, mean or max, as an image has \(tokens) vectors", "none")
            }
            pooling = .cls
        }
        head = try Self.head(plan, probe, units)
        let sets = [probe, heldOut].compactMap { $0 }
        labels = try probe.integers(.labels)
        classes = try Self.classes(plan, probe, sets, head?.bias.count)
        try Self.checkRanges(sets, classes: classes?.count)
        try Self.checkGradients(sets, units)
        let reading = ImportReading(sets, work)
        (digest, isSigned) = try reading.activations(name, plan)
        answersDigest = try reading.digest(of: .logits) ?? reading.digest(of: .predictions)
        gradientsDigest = try reading.digest(of: .gradients)
        _ = try reading.digest(of: .imageEmbeddings)
        guard let head else { return }
        let linear = LinearRemainder(weights: head.weight, bias: head.bias)
        compared = try HeadComparison(head: linear, pooling: pooling).compare(sets)
    }

    private static func head(
        _ plan: ImportPlan, _ probe: ImportedArrays, _ units: Int
    ) throws -> (Tensor, [Float])? {
        if let url = plan.head {
            let file = try HeadFile(url, units: units)
            return (file.weight, file.bias)
        }
        guard let array = probe.first(.headWeight), let weight = try probe.floats(.headWeight) else { return nil }
        guard weight.columns == units else { throw array.fault("[classes, \(units)]", "\(weight.shape)") }
        guard let bias = probe.first(.headBias) else { return (weight, [Float](repeating: 0, count: weight.rows)) }
        guard bias.shape == [weight.rows] else { throw bias.fault("[\(weight.rows)]", "\(bias.shape)") }
        return (weight, try probe.floats(.headBias)?.values ?? [])
    }

    /// Names of the classes: given, or in the files, or numbers; as many as logits and head tell apart.
    private static func classes(
        _ plan: ImportPlan, _ probe: ImportedArrays, _ sets: [ImportedArrays], _ ofHead: Int?
    ) throws -> [String]? {
        let named =
            try plan.classes.map { try ConceptList.readClasses(Resources.resolve($0)) }
            ?? probe.texts(.classes)
            ?? probe.metadata["classes"].flatMap { text in
                try? JSONDecoder().decode([String].self, from: Data(text.utf8))
            }
        var count = named?.count ?? ofHead
        for set in sets {
            guard let logits = set.first(.logits) else { continue }
            if let count, logits.itemSize != count {
                throw logits.fault("[images, \(count)], a logit a class", "\(logits.shape)")
            }
            count = logits.itemSize
        }
        if let count, let ofHead, count != ofHead, let array = probe.first(.headWeight) {
            throw array.fault("[\(count), …], a row a class", "\(array.shape)")
        }
        if let count, let ofHead, count != ofHead {
            throw WorkbenchError.classNameCount(file: plan.classes ?? "", expected: ofHead, found: count)
        }
        if let named { return named }
        if let count { return (0..<count).map { "class \($0)" } }
        let told = try sets.flatMap { try ($0.integers(.labels) ?? []) + ($0.integers(.predictions) ?? []) }
        return told.max().map { last in (0...max(0, last)).map { "class \($0)" } }
    }

    private static func checkRanges(_ sets: [ImportedArrays], classes: Int?) throws {
        for set in sets {
            for kind in [ImportedArrays.Kind.labels, .predictions] {
                guard let array = set.first(kind), let classes, let values = try set.integers(kind) else { continue }
                if let bad = values.firstIndex(where: { !(0..<classes).contains($0) }) {
                    throw array.fault("0 to \(classes - 1)", "\(values[bad]) at [\(bad)]")
                }
            }
            guard let array = set.first(.predictions), let predictions = try set.integers(.predictions) else {
                continue
            }
            try set.forEachBlock(.logits) { range, logits in
                let found = logits.argmax()
                if let bad = found.indices.first(where: { found[$0] != predictions[range.lowerBound + $0] }) {
                    let row = range.lowerBound + bad
                    throw array.fault("\(found[bad]), where logits are greatest", "\(predictions[row]) at [\(row)]")
                }
            }
        }
    }

    /// Gradients of answers that are there, of pooled vectors.
    private static func checkGradients(_ sets: [ImportedArrays], _ units: Int) throws {
        for set in sets {
            guard let array = set.first(.gradients) else { continue }
            guard array.itemSize == units else { throw array.fault("[images, \(units)]", "\(array.shape)") }
            guard set.first(.logits) != nil || set.first(.predictions) != nil else {
                throw array.fault("logits or predictions, whose gradients they are", "neither")
            }
        }
    }
}
