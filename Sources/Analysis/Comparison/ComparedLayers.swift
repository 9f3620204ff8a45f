/// Two layers of a study compared, as the explorer shows it: tables, and what of them leads to units.
package struct ComparedLayers: Sendable {
    package var units: UnitKind
    /// Of units, of concepts, and of accuracy where it can be counted.
    package var sections: [ReportSection]
    /// Units that go together more than any do by chance.
    package var pairs: [UnitMatch]
    package var moves: [Move]

    /// What became of a concept, with the greatest cosine of any unit with it in either layer.
    package struct Move: Sendable, Hashable {
        package var move: ConceptMove
        package var first: Float
        package var second: Float

        package init(_ move: ConceptMove, first: Float, second: Float) {
            (self.move, self.first, self.second) = (move, first, second)
        }

        /// By how much it is stronger in the second.
        package var gain: Float { second - first }
    }

    package init(units: UnitKind, sections: [ReportSection], pairs: [UnitMatch], moves: [Move]) {
        (self.units, self.sections, self.pairs, self.moves) = (units, sections, pairs, moves)
    }
}
