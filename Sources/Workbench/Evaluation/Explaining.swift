import Analysis
import Digests
import Foundation
import LinearAlgebra

extension StudiedLayer {
    /// Every method's descriptions of every unit, scored on held-out images: the paper's, CLIP-Dissect with all its
    /// similarities, Network Dissection, V-Interp, those of a file, and concepts drawn at random.
    ///
    /// - Parameters:
    ///   - imported: descriptions of neurons by index, as a file has them.
    ///   - seeds: how many times what is trained or drawn is trained or drawn.
    ///   - rows: where finished rows are kept; nil for nowhere.
    ///   - finished: takes the table after every method.
    package func explanationTable(
        _ kind: UnitKind = .neuron, seeds: Int = 3, imported: [Int: String]? = nil,
        rows: FinishedRows? = nil, _ work: Work = Work(), finished: (ExplanationTable) -> Void = { _ in }
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
            "explanations", try editKey([kind]), "\(seeds)", "\(scoring.positions.count)",
            Digest(combining: units.map(\.description)).description,
        ]
        let meter = RateMeter(.evaluation, from: 0, to: PublishedSimilarity.allCases.count + 4)
        func table() throws -> ExplanationTable {
            var table = ExplanationTable(
                layer: encoder.layer, kind: kind,
                conceptSet: try target.study.conceptSets().first { $0.concepts == concepts.names }?.name ?? "concepts",
                concepts: concepts.names.count, images: scoring.positions.count, found)
            (table.unitsInAll, table.unitsScored, table.leftOut) = (living.count, units.count, leftOut)
            return table
        }
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
            finished(try table())
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
        if kind == .neuron, trainedParameters != nil {
            try score("trained") {
                try layers.compactMap { try $0.trained(work)?.ownDescriptions(of: units, kind, .trainedDescription) }
                    .distinctSeeds
            }
        }
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
        return try table()
    }

    private func ownDescriptions(
        of units: [InternalUnit], _ kind: UnitKind, _ method: UnitSetMethod = .description
    ) throws -> UnitDescriptions {
        let best = try space(kind).summaries().reduce(into: [InternalUnit: String]()) {
            $0[$1.unit] = $1.concept.concept
        }
        return UnitDescriptions(method, units.map { best[$0] }, isSeeded: true)
    }

    private func effectDescriptions(of units: [InternalUnit]) throws -> UnitDescriptions {
        guard let features = try studiedFeatures() else { throw target.noAutoencoder }
        let best = try concepts.best(
            for: features.space.doing, 0..<features.space.count, checkCancellation: {})
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
