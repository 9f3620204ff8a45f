import Analysis
import LinearAlgebra
import WordNet

/// What an audit found.
package struct AuditResult: Sendable {
    package var request: AuditRequest
    package var facts: StudyFacts
    package var digests: [String: String]
    package var classes: [AuditedClass]
    /// Held-out images that chose, and those that everything is reported on.
    package var choosing: Int
    package var reporting: Int
    /// Words of the concept set that were asked, of how many; random unit sets and random concepts beside them.
    package var words: Int
    package var wordsInAll: Int
    package var randomSets: Int
    package var randomConcepts: Int
    /// Images of other classes that accuracy is counted on; nil for all that are reported.
    package var otherImages: Int?
    /// Images of each group, where groups are known.
    package var groups: [GroupCell]
    /// Whether kinds and kinds of kinds of a class were left out by WordNet.
    package var hasWordNet: Bool
    /// Whether images that are taken for a class by mistake were looked at.
    package var hasMistakes: Bool
}

extension StudiedLayer {
    /// For every class the concepts that it leans on and that are not of it, chosen on one half of the held-out images and
    /// measured on the other, beside random unit sets and random concepts; where groups are known, what mends each class's
    /// worst group.
    ///
    /// - Throws: `notLinear` where the rest of the network is not linear in the neurons.
    package func audit(_ request: AuditRequest = AuditRequest(), _ work: Work = Work()) throws -> AuditResult {
        let groups = try request.groups.map(target.groups)
        var request = request
        request.units = min(request.units, encoder.count)
        let ground = try AuditGround(self)
        try work.checkCancelled()
        let concepts = try AuditCandidates(self, ground, request, groups, work)
        var listed = try ground.listed(concepts, request)
        let told = listed.reduce(0) { $0 + $1.count }
        // So many that Holm's correction can find the least p significant.
        let draws = min(Self.mostDraws, max(999, 40 * told - 1))
        let tests = try RandomUnitControl(
            ground.reported, leanings: listed.map { $0.map { ground.reported.sums($0.indices)[$0.class] } },
            size: request.units, draws: draws, seed: 0, checkCancellation: work.checkCancelled)
        let drawn = try randomConceptLeanings(ground, request, work)
        let counts = AuditCounting(self, ground)
        var classes: [AuditedClass] = []
        let meter = RateMeter(.evaluation, from: 0, to: listed.count)
        for (c, chosen) in listed.enumerated() {
            try work.advance(meter.progress(c))
            var told = AuditedClass(name: countedClasses.names[c], concepts: [])
            for (place, candidate) in chosen.enumerated() {
                let leaning = ground.reported.sums(candidate.indices)[c]
                let (removed, doubled) = try counts.outcomes(candidate.units, class: c)
                told.concepts.append(
                    AuditedConcept(
                        concept: candidate.name, origin: candidate.origin, likeness: Double(candidate.likeness[c]),
                        limit: Double(concepts.limits[c]), units: candidate.units, alike: candidate.alike,
                        chosen: Double(ground.chosen.sums(candidate.indices)[c]), leaning: Double(leaning),
                        randomMean: tests.means[c], randomDeviation: tests.deviations[c],
                        p: tests.p(class: c, place),
                        randomConcepts: Double(drawn.count { $0[c] >= leaning }) / Double(max(1, drawn.count)),
                        removed: removed, doubled: doubled))
            }
            if let groups {
                told.groups = ground.cells(of: c, groups, ground.report, predictions: ground.unedited)
                let fallback = concepts.ofGroups + chosen
                told.mend = try mend(c, among: fallback, groups, ground, request, counts, work)
            }
            classes.append(told)
            listed[c] = []
        }
        classes.correct()
        return AuditResult(
            request: request, facts: try facts, digests: try provenance.merging(groupDigest(groups)) { $1 },
            classes: classes, choosing: ground.choose.count, reporting: ground.report.count, words: concepts.words,
            wordsInAll: try self.concepts.names.count, randomSets: draws, randomConcepts: drawn.count,
            otherImages: counts.otherImages,
            groups: groups.map { groups in
                groups.names.indices.map { g in
                    let own = ground.report.filter { groups.group[$0] == g }
                    return GroupCell(
                        group: groups.names[g], images: own.count,
                        right: own.count { ground.unedited[$0] == ground.labels[$0] })
                }
            } ?? [], hasWordNet: concepts.hasWordNet, hasMistakes: concepts.hasMistakes)
    }

    /// Random sets are cheap, and of a thousand classes so many take some seconds.
    private static let mostDraws = 199_999

    private func groupDigest(_ groups: ImageGroups?) -> [String: String] {
        groups.map { ["groups": $0.digest.description] } ?? [:]
    }

    /// How far each class leans on concepts that are drawn at random from the unit sphere, their neurons ranked likewise.
    private func randomConceptLeanings(
        _ ground: AuditGround, _ request: AuditRequest, _ work: Work
    ) throws -> [[Float]] {
        let drawn = Tensor.randomUnitRows(Self.randomConcepts, classes.embeddings.columns, seed: 0x5EED)
        return try (0..<drawn.rows).map { row in
            try work.checkCancelled()
            let query = ConceptQuery("\0random \(row)", embedding: drawn.row(row), ranking: request.ranking)
            let units = try neurons.locate(query).map(\.unit).distinctNeurons.prefix(request.units)
            return ground.reported.sums(units.map(\.index))
        }
    }

    private static let randomConcepts = 199
}

extension [AuditedClass] {
    /// Corrects all tests of the list for their number, and likewise those of what mends.
    fileprivate mutating func correct() {
        let places = indices.flatMap { c in self[c].concepts.indices.map { (c, $0) } }
        for ((c, k), p) in zip(places, holm(places.map { self[$0].concepts[$1].p })) {
            self[c].concepts[k].correctedP = p
        }
        let mended = indices.filter { self[$0].mend != nil }
        for (c, p) in zip(mended, holm(mended.map { self[$0].mend?.p ?? 1 })) { self[c].mend?.correctedP = p }
    }
}
