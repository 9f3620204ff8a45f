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
    /// Images that leanings are measured on by running the model, where these are no sums; nil for all.
    package var measuredImages: Int?
    /// Images of each group, where groups are known.
    package var groups: [GroupCell]
    /// Whether kinds and kinds of kinds of a class were left out by WordNet.
    package var hasWordNet: Bool
    /// Whether images that are taken for a class by mistake were looked at.
    package var hasMistakes: Bool

    /// What classes lean on that is not of them, with the class, the furthest beyond random units first.
    package var findings: [(class: String, concept: AuditedConcept)] {
        classes.flatMap { own in own.concepts.filter(\.isFinding).map { (own.name, $0) } }
            .sorted { $0.1.excess > $1.1.excess }
    }
}

extension StudiedLayer {
    /// For every class the concepts that it leans on and that are not of it, chosen on one half of the held-out images and
    /// measured on the other, beside random unit sets and random concepts; where groups are known, what mends each class's
    /// worst group.
    ///
    /// Where the rest of the network is not linear in the units, what removing them does is measured by running it again, on
    /// some images of each class, and nothing is mended: that needs curves that are exact over β.
    ///
    /// - Throws: `notCounted` where nothing that gives classes follows the layer.
    package func audit(_ request: AuditRequest = AuditRequest(), _ work: Work = Work()) throws -> AuditResult {
        let groups = try request.groups.map(target.groups)
        var request = request
        let ground = try AuditGround(self, request, work)
        // Of more than half no set drawn by chance is another.
        request.units = min(request.units, max(1, ground.live.count / 2))
        try work.checkCancelled()
        let concepts = try AuditCandidates(self, ground, request, groups, work)
        var listed = try ground.listed(concepts, request, work)
        let told = listed.reduce(0) { $0 + $1.count }
        let leanings = try listed.map { try $0.map { try ground.reported.sums($0.units)[$0.class] } }
        let tests = try randomUnits(ground, request, leanings, told: told, work)
        let drawn = try randomConceptLeanings(ground, request, work)
        let counts = AuditCounting(self, ground)
        var classes: [AuditedClass] = []
        let meter = RateMeter(.evaluation, from: 0, to: listed.count)
        for (c, chosen) in listed.enumerated() where ground.audited.contains(c) {
            try work.advance(meter.progress(c))
            var told = AuditedClass(name: countedClasses.names[c], concepts: [])
            for (place, candidate) in chosen.enumerated() {
                let leaning = leanings[c][place]
                let (removed, doubled) = try counts.outcomes(candidate.units, class: c)
                let resemblance = candidate.origin == .mistakes ? concepts.resemblances[c] : nil
                told.concepts.append(
                    AuditedConcept(
                        concept: candidate.name, origin: candidate.origin, likeness: Double(candidate.likeness[c]),
                        limit: Double(concepts.limits[c]), units: candidate.units, alike: candidate.alike,
                        chosen: Double(candidate.chosen), leaning: Double(leaning),
                        randomMean: tests.means[c], randomDeviation: tests.deviations[c],
                        p: tests.p(class: c, place),
                        randomConcepts: Double(drawn.count { $0[c] >= leaning }) / Double(max(1, drawn.count)),
                        removed: removed, doubled: doubled, resemblance: resemblance,
                        examples: try examples(resemblance, ground)))
            }
            if let groups {
                told.groups = ground.cells(of: c, groups, ground.report, predictions: ground.unedited)
                let fallback = concepts.ofGroups + chosen
                if ground.isExact { told.mend = try mend(c, among: fallback, groups, ground, request, counts, work) }
            }
            classes.append(told)
            listed[c] = []
        }
        classes.correct()
        return AuditResult(
            request: request, facts: try facts, digests: try provenance.merging(groupDigest(groups)) { $1 },
            classes: classes, choosing: ground.choose.count, reporting: ground.report.count, words: concepts.words,
            wordsInAll: try self.concepts.names.count, randomSets: tests.draws, randomConcepts: drawn.count,
            otherImages: counts.otherImages, measuredImages: ground.reported.measuredImages,
            groups: groups.map { groups in
                groups.names.indices.map { g in
                    let own = ground.report.filter { groups.group[$0] == g }
                    return GroupCell(
                        group: groups.names[g], images: own.count,
                        right: own.count { ground.unedited[$0] == ground.labels[$0] })
                }
            } ?? [], hasWordNet: concepts.hasWordNet, hasMistakes: concepts.hasMistakes)
    }

    /// Pictures of mistakes that look least like what they are taken for.
    private func examples(_ resemblance: ClassResemblance?, _ ground: AuditGround) throws -> [ActivatingImage] {
        let images = try target.heldOut
        return try (resemblance?.images.prefix(Self.examples) ?? []).map { image in
            ActivatingImage(
                image: image, name: try images.source.name(of: image),
                predictedClass: countedClasses.names[ground.unedited[image]],
                label: countedClasses.names[ground.labels[image]], activation: 0, thumbnail: images.thumbnail(image)
            )
        }
    }

    private static let examples = 8

    /// Random sets of as many units: so many that Holm's correction of `told` tests can find the least p significant.
    private func randomUnits(
        _ ground: AuditGround, _ request: AuditRequest, _ leanings: [[Float]], told: Int, _ work: Work
    ) throws -> RandomUnitControl {
        let wanted = max(999, 40 * told - 1)
        switch ground.reported {
        case .added(let own):
            return try RandomUnitControl(
                own, leanings: leanings, size: request.units, among: ground.live, draws: min(Self.mostDraws, wanted),
                seed: 0, checkCancellation: work.checkCancelled)
        case .measured(let own):
            let draws = min(Self.mostMeasured, wanted)
            let meter = RateMeter(.evaluation, from: 0, to: draws)
            var drawn = 0
            return try RandomUnitControl(
                leanings: leanings, size: request.units, among: ground.live, draws: draws, seed: 0
            ) { set in
                try work.advance(meter.progress(drawn))
                drawn += 1
                return try own.sums(set.compactMap { ground.space.unit($0, pole: nil) })
            }
        }
    }

    /// Where each set is a forward pass of some images.
    private static let mostMeasured = 2999

    /// Random sets are cheap, and of a thousand classes so many take some seconds.
    private static let mostDraws = 199_999

    private func groupDigest(_ groups: ImageGroups?) -> [String: String] {
        groups.map { ["groups": $0.digest.description] } ?? [:]
    }

    /// How far each class leans on concepts that are drawn at random from the unit sphere, their units ranked likewise.
    private func randomConceptLeanings(
        _ ground: AuditGround, _ request: AuditRequest, _ work: Work
    ) throws -> [[Float]] {
        let drawn = Tensor.randomUnitRows(Self.randomConcepts, classes.embeddings.columns, seed: 0x5EED)
        return try (0..<drawn.rows).map { row in
            try work.checkCancelled()
            let query = ConceptQuery("\0random \(row)", embedding: drawn.row(row), ranking: request.ranking)
            let units = try ground.space.locate(query).map(\.unit).distinctNeurons.prefix(request.units)
            return try ground.reported.sums(Array(units))
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
        let seen = places.filter { c, k in self[c].concepts[k].resemblance != nil }
        for ((c, k), p) in zip(seen, holm(seen.map { self[$0].concepts[$1].resemblance?.p ?? 1 })) {
            self[c].concepts[k].resemblance?.correctedP = p
        }
        let mended = indices.filter { self[$0].mend != nil }
        for (c, p) in zip(mended, holm(mended.map { self[$0].mend?.p ?? 1 })) { self[c].mend?.correctedP = p }
    }
}
