import Analysis
import Foundation
import LinearAlgebra

/// How well methods' descriptions explain the units of a layer, on held-out images.
package struct ExplanationTable: Sendable {
    package var layer: String
    package var kind: UnitKind
    package var conceptSet: String
    package var concepts: Int
    package var images: Int
    /// Units that are alive; where they are many, rows are of a part of them that is drawn once.
    package var unitsInAll = 0
    package var unitsScored = 0
    /// Methods that would take hours.
    package var leftOut: [UnitSetMethod] = []
    package var rows: [Row]
    /// The first method against every other, over units, by Pearson.
    package var tests: [Test]

    package struct Row: Sendable {
        package var method: UnitSetMethod
        package var isControl: Bool
        /// Units that the method describes and that are alive.
        package var units: Int
        /// Of these, how many are scored by labels; the others are self-consistency.
        package var byLabels: Int
        package var pearson: Sample
        package var auprc: Sample
        package var f1: Double
        package var iou: Double
        package var auc: Double
        package var mad: Double
        /// Share of the units whose description is no better than a concept drawn from the set.
        package var noBetterThanChance: Double
        /// Seeds the method was run with, each unit then the mean over them; 1 where none matters.
        package var seeds: Int
        /// Mean Pearson of each seed.
        package var bySeed: [Double]
    }

    package struct Test: Sendable {
        package var method: UnitSetMethod
        package var other: UnitSetMethod
        package var test: PairedTest
        package var correctedP: Double
    }

    /// Scores of each method's seeds: one for each unit, nil where it says nothing.
    typealias Scores = [ScoredDescriptions]

    struct ScoredDescriptions: Codable {
        var descriptions: [UnitDescriptions]
        var scores: [[ScoredExplanation?]]
    }

    /// Up to so many units times concepts all units are scored, else `part` of them.
    private static let all = 1 << 22
    private static let part = 512
    /// Images that rank reorder may put in order.
    private static let reordered = 1 << 28

    /// The units to score, in order.
    static func scored(_ units: [InternalUnit], concepts: Int) -> [InternalUnit] {
        guard units.count * concepts > all else { return units }
        var random = SeededGenerator(seed: 0)
        return units.indices.shuffled(using: &random).prefix(part).sorted().map { units[$0] }
    }

    /// Whether a method takes hours.
    static func takesLong(_ similarity: PublishedSimilarity, units: Int, concepts: Int, images: Int) -> Bool {
        similarity == .rankReorder && units * concepts * max(1, images / 20) > reordered
    }

    init(layer: String, kind: UnitKind, conceptSet: String, concepts: Int, images: Int, _ found: Scores) {
        (self.layer, self.kind, self.conceptSet) = (layer, kind, conceptSet)
        (self.concepts, self.images) = (concepts, images)
        rows = found.compactMap { Row($0.descriptions, $0.scores) }
        tests = found.first.map { Self.tests(of: $0, against: found.dropFirst()) } ?? []
    }

    private static func tests(of first: Scores.Element, against others: Scores.SubSequence) -> [Test] {
        let own = pearsons(first.scores)
        var tests = others.compactMap { other -> Test? in
            let others = pearsons(other.scores)
            let pairs = zip(own, others).compactMap { a, b in a.flatMap { a in b.map { (a, $0) } } }
            return PairedTest(pairs.map(\.0), isGreaterThan: pairs.map(\.1)).map {
                Test(
                    method: first.descriptions[0].method, other: other.descriptions[0].method, test: $0,
                    correctedP: $0.p)
            }
        }
        for (place, p) in holm(tests.map(\.test.p)).enumerated() { tests[place].correctedP = p }
        return tests
    }

    /// Of each unit its mean Pearson over the seeds; nil where the method says nothing of it.
    static func pearsons(_ scores: [[ScoredExplanation?]]) -> [Double?] {
        guard let first = scores.first else { return [] }
        return first.indices.map { unit in
            let values = scores.compactMap { $0[unit]?.scores.map { Double($0.pearson) } }
            return values.isEmpty ? nil : Sample(values).mean
        }
    }
}

extension ExplanationTable.Row {
    /// Nil for a method that says nothing of any unit.
    init?(_ descriptions: [UnitDescriptions], _ scores: [[ScoredExplanation?]]) {
        guard let first = descriptions.first else { return nil }
        func mean(_ figure: (ScoredExplanation) -> Float?) -> [Double] {
            guard let one = scores.first else { return [] }
            return one.indices.compactMap { unit in
                let values = scores.compactMap { $0[unit].flatMap(figure).map(Double.init) }
                return values.isEmpty ? nil : Sample(values).mean
            }
        }
        pearson = Sample(mean { $0.scores?.pearson })
        guard pearson.count > 0 else { return nil }
        (method, isControl, seeds) = (first.method, first.isControl, descriptions.count)
        units = pearson.count
        byLabels = scores[0].count { $0?.scores?.basis == .labels }
        auprc = Sample(mean { $0.scores?.auprc })
        f1 = Sample(mean { $0.scores?.f1 }).mean
        iou = Sample(mean { $0.scores?.iou }).mean
        auc = Sample(mean { $0.scores?.auc }).mean
        mad = Sample(mean { $0.scores?.mad }).mean
        noBetterThanChance = Sample(mean { $0.scores == nil ? nil : $0.isNoBetterThanChance ? 1 : 0 }).mean
        bySeed = scores.map { seed in Sample(seed.compactMap { $0?.scores.map { Double($0.pearson) } }).mean }
    }
}
