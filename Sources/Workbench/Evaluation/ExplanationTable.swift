import Analysis
import Digests
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

extension StudiedLayer {
    /// Every method's descriptions of every unit, scored on held-out images: the paper's, CLIP-Dissect with all its
    /// similarities, Network Dissection, V-Interp, those of a file, and concepts drawn at random.
    ///
    /// - Parameters:
    ///   - imported: descriptions of neurons by index, as a file has them.
    ///   - seeds: how many times what is trained or drawn is trained or drawn.
    ///   - rows: where finished rows are kept; nil for nowhere.
    package func explanationTable(
        _ kind: UnitKind = .neuron, seeds: Int = 3, imported: [Int: String]? = nil,
        rows: FinishedRows? = nil, _ work: Work = Work()
    ) throws -> ExplanationTable {
        guard let scoring = try scoring(work) else { throw target.notExtracted }
        let (space, concepts) = (try space(kind), try concepts)
        let statistics = space.statistics
        let living = space.units.filter { statistics.deviations[$0.index] > 0 }
        let units = ExplanationTable.scored(living, concepts: concepts.names.count)
        let baselines = UnitSetBaselines(of: space, context)
        let labels = try target.probeClasses()
        var found: ExplanationTable.Scores = []
        var leftOut: [UnitSetMethod] = []
        let key = [
            "explanations", try editKey(kind), "\(seeds)", "\(scoring.positions.count)",
            Digest(combining: units.map(\.description)).description,
        ]
        let meter = RateMeter(.evaluation, from: 0, to: PublishedSimilarity.allCases.count + 3)
        func score(
            _ name: String, in set: ConceptSet? = nil, _ describe: () throws -> [UnitDescriptions]
        ) throws {
            let row = try rows.row(key + [name]) {
                let descriptions = try describe()
                let scores = try descriptions.map { described in
                    try scoring.optionalScores(units, described.concepts, in: set ?? concepts, space, work)
                }
                return ExplanationTable.ScoredDescriptions(descriptions: descriptions, scores: scores)
            }
            found.append(row)
            try work.advance(meter.progress(found.count))
        }
        let layers = try (0..<UInt64(seeds)).map { seed -> StudiedLayer in
            guard seed > 0 else { return self }
            var seeded = parameters
            seeded.seed += seed
            try target.train(seeded, work)
            return try StudiedLayer(target, concepts: concepts.names, parameters: seeded)
        }
        try score("own") { try layers.map { try $0.ownDescriptions(of: units, kind) }.distinctSeeds }
        if kind == .feature {
            try score("effect") { try layers.map { try $0.effectDescriptions(of: units) }.distinctSeeds }
        }
        for similarity in PublishedSimilarity.allCases {
            try work.checkCancelled()
            let takesLong = ExplanationTable.takesLong(
                similarity, units: units.count, concepts: concepts.names.count, images: statistics.imageCount)
            guard !takesLong else {
                leftOut.append(similarity.method)
                continue
            }
            try score(similarity.method.rawValue) {
                [try baselines.descriptions(of: units, by: similarity, among: concepts, labels: labels)]
            }
        }
        if let imported {
            let names = Set(imported.values).sorted()
            let lines = imported.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            try score(
                "imported \(Digest(combining: lines))",
                in: ConceptSet(names: names, embeddings: target.embedConcepts(names))
            ) { [UnitDescriptions(.imported, units.map { $0.pole == .negative ? nil : imported[$0.index] })] }
        }
        try score("random") {
            (0..<UInt64(max(1, seeds))).map { seed in
                var random = SeededGenerator(seed: seed)
                return UnitDescriptions(
                    .randomConcept, units.map { _ in concepts.names.randomElement(using: &random) }, isControl: true,
                    isSeeded: true)
            }
        }
        var table = ExplanationTable(
            layer: encoder.layer, kind: kind,
            conceptSet: try target.study.conceptSets().first { $0.concepts == concepts.names }?.name ?? "concepts",
            concepts: concepts.names.count, images: scoring.positions.count, found)
        (table.unitsInAll, table.unitsScored, table.leftOut) = (living.count, units.count, leftOut)
        return table
    }

    private func ownDescriptions(of units: [InternalUnit], _ kind: UnitKind) throws -> UnitDescriptions {
        let best = try space(kind).summaries().reduce(into: [InternalUnit: String]()) {
            $0[$1.unit] = $1.concept.concept
        }
        return UnitDescriptions(.description, units.map { best[$0] }, isSeeded: true)
    }

    private func effectDescriptions(of units: [InternalUnit]) throws -> UnitDescriptions {
        guard let features = try studiedFeatures() else { throw target.noAutoencoder }
        let best = try concepts.best(for: features.space.doing, 0..<features.space.count)
        return UnitDescriptions(.effectDescription, units.map { best[$0.index].concept }, isSeeded: true)
    }
}

extension [UnitDescriptions] {
    /// The seeds' descriptions, or one of them where no seed changes anything.
    fileprivate var distinctSeeds: [UnitDescriptions] {
        allSatisfy { $0.concepts == first?.concepts } ? Array(prefix(1)) : self
    }
}

extension ExplanationScoring {
    /// Scores where a concept is given and known; nil elsewhere.
    fileprivate func optionalScores(
        _ units: [InternalUnit], _ concepts: [String?], in set: ConceptSet, _ space: any UnitSpace, _ work: Work
    ) throws -> [ScoredExplanation?] {
        let places = units.indices.filter { concepts[$0] != nil }
        let scores = try scores(places.map { units[$0] }, concepts: places.map { concepts[$0]! }, in: set, space, work)
        var found = [ScoredExplanation?](repeating: nil, count: units.count)
        for (place, score) in zip(places, scores) { found[place] = score }
        return found
    }
}
