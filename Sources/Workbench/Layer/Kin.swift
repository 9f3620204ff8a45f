import Analysis
import LinearAlgebra

extension StudiedLayer {
    /// Probe images that correlations are over at most: 4,096 give them to ± 0.03.
    private static let kinImages = 4096

    /// The units nearest to one in meaning, and those most correlated with it.
    package func kin(of unit: InternalUnit, count: Int = 10, _ work: Work = Work()) throws -> UnitKin {
        let space = try space(unit.kind)
        let others = space.units.filter { $0.index != unit.index }
        let own = space.embeddings(of: [unit]).row(0)
        var nearest: [RankedUnit] = []
        for block in blocks(of: others.count, size: 4096) {
            try work.checkCancelled()
            let units = Array(others[block])
            let rows = space.embeddings(of: units)
            nearest += units.enumerated().map { row, unit in
                RankedUnit(unit: unit, score: zip(rows.row(row), own).reduce(0) { $0 + $1.0 * $1.1 })
            }
            nearest = Array(nearest.sorted { (-$0.score, $0.unit) < (-$1.score, $1.unit) }.prefix(count))
        }
        let (vectors, inAll) = try sampledProbe()
        let mine = along(unit, space, vectors)
        // One pole a neuron: the other's correlation is the same with another sign. Of the two that which goes along.
        var correlated: [RankedUnit] = []
        for other in others where other.pole != .negative {
            try work.checkCancelled()
            let score = correlation(mine, along(other, space, vectors))
            let isAgainst = score < 0 && other.pole != nil
            var unit = other
            if isAgainst { unit.pole = .negative }
            correlated.append(RankedUnit(unit: unit, score: isAgainst ? -score : score))
        }
        correlated.sort { (-abs($0.score), $0.unit) < (-abs($1.score), $1.unit) }
        return UnitKin(
            unit: unit, nearest: nearest, correlated: Array(correlated.prefix(count)), images: vectors.rows,
            imagesInAll: inAll)
    }

    /// Two units with what they have in common.
    package func pair(_ first: InternalUnit, _ second: InternalUnit) throws -> UnitPair {
        let (vectors, _) = try sampledProbe()
        let spaces = try (space(first.kind), space(second.kind))
        let rows = (spaces.0.embeddings(of: [first]).row(0), spaces.1.embeddings(of: [second]).row(0))
        return UnitPair(
            first: try profile(first), second: try profile(second),
            cosine: zip(rows.0, rows.1).reduce(0) { $0 + $1.0 * $1.1 },
            correlation: correlation(along(first, spaces.0, vectors), along(second, spaces.1, vectors)),
            images: vectors.rows)
    }

    private func along(_ unit: InternalUnit, _ space: any UnitSpace, _ vectors: Tensor) -> [Float] {
        let values = space.activations(of: unit.index, on: vectors)
        return unit.pole == .negative ? values.map { -$0 } : values
    }

    /// Activations of probe images evenly spread over all, and how many there are in all.
    private func sampledProbe() throws -> (Tensor, Int) {
        let all = try neurons.probe.values
        guard all.rows > Self.kinImages else { return (all, all.rows) }
        return (all.rows(at: (0..<Self.kinImages).map { $0 * all.rows / Self.kinImages }), all.rows)
    }
}
