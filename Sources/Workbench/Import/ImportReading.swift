import Analysis
import Digests
import Files
import LinearAlgebra

/// Reads arrays once before anything is recorded: their digests, and whether every number is finite.
struct ImportReading {
    private let sets: [ImportedArrays]
    private let work: Work

    init(_ sets: [ImportedArrays], _ work: Work) { (self.sets, self.work) = (sets, work) }

    /// Of all activations, and whether units have two poles.
    func activations(_ name: String, _ plan: ImportPlan) throws -> (Digest, isSigned: Bool) {
        var isSigned = false
        let digest = try digest(of: .activations, [name]) { values in
            isSigned = isSigned || values.withUnsafe { $0.contains { $0 < 0 } }
        }
        let said = sets[0].metadata["signed"].map { ["1", "true", "yes"].contains($0.lowercased()) }
        return (digest ?? Digest(combining: []), plan.isSigned ?? said ?? isSigned)
    }

    /// Of all numbers of a kind; nil where there are none.
    func digest(
        of kind: ImportedArrays.Kind, _ before: [String] = [], _ look: (Tensor) -> Void = { _ in }
    ) throws -> Digest? {
        guard sets.contains(where: { $0.first(kind) != nil }) else { return nil }
        var parts = before
        let meter = RateMeter(.reading, from: 0, to: sets.reduce(0) { $0 + $1.count })
        var done = 0
        for set in sets {
            try set.forEachBlock(kind) { range, values in
                look(values)
                parts.append(values.withUnsafe { Digest(of: UnsafeRawBufferPointer($0)) }.description)
                try work.advance(meter.progress(done + range.upperBound))
            }
            done += set.count
        }
        return Digest(combining: parts)
    }
}
