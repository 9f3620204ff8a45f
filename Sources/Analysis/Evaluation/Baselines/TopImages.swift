import LinearAlgebra

/// One side of a unit as baselines read it: its activations as they are, or negated.
package struct ProbePole: Sendable, Hashable {
    package var index: Int
    package var sign: Float

    package init(index: Int, sign: Float = 1) { (self.index, self.sign) = (index, sign) }

    /// All units along their positive side, and where `both` along the other too.
    package static func all(_ units: Int, both: Bool = false) -> [ProbePole] {
        (0..<units).flatMap { index in
            both ? [ProbePole(index: index), ProbePole(index: index, sign: -1)] : [ProbePole(index: index)]
        }
    }
}

/// The probe images on which each side of a unit is most active, the most active first.
package struct TopImages: Sendable {
    package let poles: [ProbePole]
    package let imageCount: Int
    /// Of each of `poles`.
    package internal(set) var images: [[Int]]
    /// The activations on them, along the side.
    package let activations: [[Float]]

    /// - Parameters:
    ///   - count: images a pole.
    ///   - keepsSilent: whether units that zero silences have images on which they are silent among theirs, as a published
    ///     method has it that counts votes: with fewer votes a unit would score higher.
    package init(
        _ probe: some UnitStatistics, poles: [ProbePole], count: Int, keepsSilent: Bool = false
    ) throws {
        self.poles = poles
        imageCount = probe.imageCount
        let leavesOut = probe.isSilentAtZero && !keepsSilent
        var images: [[Int]] = []
        var activations: [[Float]] = []
        for block in blocks(of: poles.count, size: 64) {
            let indices = poles[block].map(\.index).reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
            let place = Dictionary(indices.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let columns = try probe.columns(indices)
            for (found, values) in parallelMap(
                block.count,
                { at -> ([Int], [Float]) in
                    let pole = poles[block.lowerBound + at]
                    let column = columns[place[pole.index]!]
                    let signed = pole.sign > 0 ? column : column.map { -$0 }
                    var top = TopK.indices(of: signed, count: count)
                    if leavesOut { top.removeAll { signed[$0] == 0 } }
                    return (top, top.map { signed[$0] })
                })
            {
                images.append(found)
                activations.append(values)
            }
        }
        (self.images, self.activations) = (images, activations)
    }
}
