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
    /// Of the activations' numbers.
    let digest: Digest
    let head: (weight: Tensor, bias: [Float])?
    let classes: [String]?
    let labels: [Int]?
    /// Rows on which head and logits agree.
    private(set) var compared: Int?

    var model: String { plan.model ?? probe.metadata["model"] ?? "imported" }
    var hasLogits: Bool { probe.first(.logits) != nil }

    /// Nothing is recorded while it reads.
    init(_ plan: ImportPlan, _ work: Work) throws {
        self.plan = plan
        probe = try ImportedArrays(plan.files)
        heldOut = plan.heldOut.isEmpty ? nil : try ImportedArrays(plan.heldOut)
        guard let activations = probe.first(.activations) else { preconditionFailure("checked as it was read") }
        units = activations.shape.last ?? 0
        tokens = activations.shape.count == 3 ? activations.shape[1] : 1
        if let other = heldOut?.first(.activations), other.shape.dropFirst() != activations.shape.dropFirst() {
            throw other.fault(
                "items of \(Array(activations.shape.dropFirst())) as in \(activations.path)", "\(other.shape)")
        }
        let point = HookPoint(name: plan.layer, tokens: tokens, width: units, isSigned: true, hasClassToken: true)
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
        (digest, isSigned) = try Self.digest(sets, plan, work)
        compared = try Self.compare(sets, head, pooling, tokens)
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
        return try probe.integers(.labels).map { labels in (0...max(0, labels.max() ?? 0)).map { "class \($0)" } }
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
            guard set.first(.logits) != nil else {
                throw array.fault("logits beside predictions", "none; give logits, a head, or labels for a probe head")
            }
        }
    }

    /// Reads all activations and embeddings once.
    private static func digest(
        _ sets: [ImportedArrays], _ plan: ImportPlan, _ work: Work
    ) throws -> (Digest, isSigned: Bool) {
        var (parts, isSigned) = ([plan.layer], false)
        let total = sets.reduce(0) { $0 + $1.count }
        let meter = RateMeter(.reading, from: 0, to: total)
        var before = 0
        for set in sets {
            try set.forEachBlock(.activations) { range, values in
                isSigned = isSigned || values.withUnsafe { $0.contains { $0 < 0 } }
                parts.append(values.withUnsafe { Digest(of: UnsafeRawBufferPointer($0)) }.description)
                try work.advance(meter.progress(before + range.upperBound))
            }
            before += set.count
        }
        let said = sets[0].metadata["signed"].map { ["1", "true", "yes"].contains($0.lowercased()) }
        return (Digest(combining: parts), plan.isSigned ?? said ?? isSigned)
    }

    /// The class that a head finds is the one of the greatest logit, on rows at random.
    private static func compare(
        _ sets: [ImportedArrays], _ head: (weight: Tensor, bias: [Float])?, _ pooling: Pooling, _ tokens: Int
    ) throws -> Int? {
        guard let head, sets.contains(where: { $0.first(.logits) != nil }) else { return nil }
        let linear = LinearRemainder(weights: head.weight, bias: head.bias)
        var compared = 0
        for set in sets {
            guard let array = set.first(.logits) else { continue }
            var random = SeededGenerator(seed: 0)
            let isSmall = set.count <= 256
            let rows = Set(
                isSmall
                    ? Array(0..<set.count) : (0..<256).map { _ in Int.random(in: 0..<set.count, using: &random) })
            var expected: [Int: [Float]] = [:]
            try set.forEachBlock(.logits) { range, values in
                for row in range where rows.contains(row) { expected[row] = values.row(row - range.lowerBound) }
            }
            try set.forEachBlock(.activations) { range, values in
                let own = range.filter(rows.contains)
                let vectors = pooling(values)
                let logits = linear.logits(vectors.rows(at: own.map { $0 - range.lowerBound }))
                for (place, row) in own.enumerated() {
                    guard let given = expected[row] else { continue }
                    let (found, theirs) = (logits.row(place), given)
                    let (best, wanted) = (TopK.indices(of: found, count: 1)[0], TopK.indices(of: theirs, count: 1)[0])
                    // Where two are as good as equal, rounding decides.
                    let isTied = abs(theirs[best] - theirs[wanted]) <= 1e-3 * max(1, abs(theirs[wanted]))
                    guard best == wanted || isTied else {
                        throw array.fault(
                            "class \(best) at [\(row)], as the head has it of the activations", "class \(wanted)")
                    }
                    compared += 1
                }
            }
        }
        return compared
    }
}
