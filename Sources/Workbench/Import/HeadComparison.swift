import Analysis
import Files
import LinearAlgebra
import VisionModels

/// Whether what was computed elsewhere is what a head makes of the activations, on rows at random.
struct HeadComparison {
    let head: LinearRemainder
    let pooling: Pooling

    /// Rows of a set that are looked at.
    private static let most = 256

    /// The class that the head finds is the one that was given; gradients are the head's.
    ///
    /// - Returns: rows that were compared; nil where no answers are there.
    func compare(_ sets: [ImportedArrays]) throws -> Int? {
        var compared: Int?
        for set in sets {
            guard let array = set.first(.logits) ?? set.first(.predictions) else { continue }
            let rows = Self.rows(set.count)
            let (logits, classes) = (try Self.rows(rows, of: .logits, in: set), try set.integers(.predictions))
            let vectors = pooling(try Self.rows(rows, of: .activations, in: set)!)
            let own = head.logits(vectors)
            var given: [Int] = []
            for (place, row) in rows.enumerated() {
                let values = logits?.row(place) ?? own.row(place)
                let wanted = logits.map { TopK.indices(of: $0.row(place), count: 1)[0] } ?? classes![row]
                let best = TopK.indices(of: own.row(place), count: 1)[0]
                // Where two are as good as equal, rounding decides.
                let isTied = abs(values[best] - values[wanted]) <= 1e-3 * max(1, abs(values[wanted]))
                guard best == wanted || isTied else {
                    throw array.fault(
                        "class \(best) at [\(row)], as the head has it of the activations", "class \(wanted)")
                }
                given.append(wanted)
            }
            compared = (compared ?? 0) + rows.count
            try compareGradients(set, rows, vectors, own, given)
        }
        return compared
    }

    private func compareGradients(
        _ set: ImportedArrays, _ rows: [Int], _ vectors: Tensor, _ logits: Tensor, _ classes: [Int]
    ) throws {
        guard let array = set.first(.gradients), let given = try Self.rows(rows, of: .gradients, in: set) else {
            return
        }
        let own = head.gradients(vectors, logits: logits, predictions: classes)
        let scale = own.withUnsafe { $0.reduce(0) { max($0, abs($1)) } }
        for (place, row) in rows.enumerated() {
            for unit in 0..<own.columns where abs(own[place, unit] - given[place, unit]) > 0.02 * scale {
                throw array.fault(
                    "\(own[place, unit]) at [\(row), \(unit)], as the head has it", "\(given[place, unit])")
            }
        }
    }

    /// All, or some at random, in order.
    private static func rows(_ count: Int) -> [Int] {
        guard count > most else { return Array(0..<count) }
        var random = SeededGenerator(seed: 0)
        return Set((0..<most).map { _ in Int.random(in: 0..<count, using: &random) }).sorted()
    }

    /// These rows of a kind, as they are: nil where there is none of it.
    private static func rows(_ rows: [Int], of kind: ImportedArrays.Kind, in set: ImportedArrays) throws -> Tensor? {
        guard set.first(kind) != nil else { return nil }
        var (values, shape, next) = ([Float](), [Int](), 0)
        try set.forEachBlock(kind) { range, block in
            let first = next
            while next < rows.count, rows[next] < range.upperBound { next += 1 }
            shape = block.shape
            guard first < next else { return }
            values += block.items(at: rows[first..<next].map { $0 - range.lowerBound }).values
        }
        return Tensor([rows.count] + shape.dropFirst(), values)
    }
}
