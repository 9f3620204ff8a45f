import Analysis

extension StudiedLayer {
    /// What this program and each published method call a unit, each scored on held-out images as `explanationTable` scores
    /// all units. Scores are left out where the image encoder would run for long, methods that take hours are not asked.
    package func answers(of unit: InternalUnit, _ work: Work = Work()) throws -> UnitAnswers {
        let (space, concepts) = (try space(unit.kind), try concepts)
        var described = [UnitDescriptions(.description, [try space.describe(unit, count: 1).concepts.first?.concept])]
        if unit.kind == .feature, let features = try studiedFeatures(work) {
            let best = concepts.best(for: features.space.doing, unit.index..<unit.index + 1, checkCancellation: {})
            described.append(UnitDescriptions(.effectDescription, [best.first?.concept]))
        }
        let baselines = UnitSetBaselines(of: space, context)
        let labels = try target.probeClasses()
        for similarity in PublishedSimilarity.allCases {
            try work.checkCancelled()
            let takesLong = ExplanationTable.takesLong(
                similarity, units: 1, concepts: concepts.names.count, images: space.statistics.imageCount)
            guard !takesLong else { continue }
            described.append(try baselines.descriptions(of: [unit], by: similarity, among: concepts, labels: labels))
        }
        guard let scoring = try scoring(onlyQuickly: true, work) else {
            return UnitAnswers(
                unit: unit, answers: described.map { .init(method: $0.method, concept: $0.concepts.first ?? nil) },
                images: 0)
        }
        let named = described.indices.filter { described[$0].concepts[0] != nil }
        let scores = try scoring.scores(
            named.map { _ in unit }, concepts: named.compactMap { described[$0].concepts[0] }, in: concepts, space, work
        )
        let known = Dictionary(uniqueKeysWithValues: zip(named, scores))
        let answers = described.enumerated().map { place, own in
            UnitAnswers.Answer(
                method: own.method, concept: own.concepts[0], scores: known[place]?.scores,
                isNoBetterThanChance: known[place]?.isNoBetterThanChance ?? false)
        }
        return UnitAnswers(unit: unit, answers: answers, images: scoring.positions.count)
    }
}
