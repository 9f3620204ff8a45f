import Analysis
import LinearAlgebra

/// The held-out images of an audit: one half chooses, the other reports.
struct AuditGround: Sendable {
    let images: CountedImages
    let choose: [Int]
    let report: [Int]
    /// How far classes lean on neurons, on either half.
    let chosen: ClassLeanings
    let reported: ClassLeanings

    var labels: [Int] { images.labels }
    var unedited: [Int] { images.unedited }

    init(_ layer: StudiedLayer) throws {
        images = try layer.heldOut
        guard images.remainder.kind != .none else { throw WorkbenchError.notCounted(layer: layer.encoder.layer) }
        (choose, report) = StrengthFit.halves(images.count)
        guard let chosen = try images.leanings(of: choose), let reported = try images.leanings(of: report) else {
            throw WorkbenchError.notLinear(layer: layer.encoder.layer)
        }
        (self.chosen, self.reported) = (chosen, reported)
    }

    /// Of a class on each group that has enough images of it, by some predictions of all images.
    ///
    /// - Parameter some: the images that count.
    func cells(of c: Int, _ groups: ImageGroups, _ some: [Int], predictions: [Int]) -> [GroupCell] {
        groups.names.indices.compactMap { g in
            let own = some.filter { labels[$0] == c && groups.group[$0] == g }
            guard own.count >= Self.least else { return nil }
            return GroupCell(
                group: groups.names[g], images: own.count, right: own.count { predictions[$0] == c })
        }
    }

    /// Images of a class and a group that make its accuracy worth telling.
    static let least = 10

    /// Of each class the best candidates on the images that choose, those that have nearly the units of a better one under
    /// it; at last what its mistakes have, where that is of the class.
    func listed(_ candidates: AuditCandidates, _ request: AuditRequest) throws -> [[AuditCandidate]] {
        let leanings = candidates.all.map { chosen.sums($0.indices) }
        let counts = labels.reduce(into: [Int](repeating: 0, count: chosen.classes)) { $0[$1] += 1 }
        return (0..<chosen.classes).map { c in
            guard counts[c] > 0 else { return [] }
            let leaning = candidates.all.indices.filter {
                candidates.all[$0].isFar(from: c) && leanings[$0][c] > 0
            }.sorted { (leanings[$1][c], $0) < (leanings[$0][c], $1) }
            func isOfClass(_ place: Int) -> Bool {
                let candidate = candidates.all[place]
                return candidate.origin == .mistakes && candidate.likeness[c] >= candidates.limits[c]
            }
            let order = leaning.filter { !isOfClass($0) } + leaning.filter(isOfClass)
            var listed: [AuditCandidate] = []
            for place in order {
                var candidate = candidates.all[place]
                candidate.class = c
                if let like = listed.firstIndex(where: { $0.isAlike(candidate) }) {
                    listed[like].alike.append(candidate.name)
                } else if listed.count < request.listed || isOfClass(place) {
                    listed.append(candidate)
                }
            }
            return listed
        }
    }
}

/// What an intervention does, on the images that report.
struct AuditCounting: Sendable {
    private let layer: StudiedLayer
    private let ground: AuditGround
    /// Images of other classes that are counted; nil for all.
    let otherImages: Int?
    private let part: (choose: [Int], report: [Int])

    /// Answers (images × classes) up to which all images are counted; of more, a part that is drawn once.
    private static let quick = 1 << 22
    private static let part = 2000

    init(_ layer: StudiedLayer, _ ground: AuditGround) {
        (self.layer, self.ground) = (layer, ground)
        let isQuick = ground.images.count * ground.chosen.classes <= Self.quick
        otherImages = isQuick || ground.report.count <= Self.part ? nil : Self.part
        func some(_ half: [Int]) -> [Int] {
            guard !isQuick else { return half }
            let own = Set(half)
            return ground.images.countingOrder.lazy.filter(own.contains).prefix(Self.part).sorted()
        }
        part = (some(ground.choose), some(ground.report))
    }

    /// Images of a class on one half, and those that stand for the others.
    func images(of c: Int, choosing: Bool) -> (own: [Int], others: [Int]) {
        let (half, part) = choosing ? (ground.choose, part.choose) : (ground.report, part.report)
        return (half.filter { ground.labels[$0] == c }, part.filter { ground.labels[$0] != c })
    }

    /// With neurons removed and doubled.
    func outcomes(_ units: [InternalUnit], class c: Int) throws -> (InterventionOutcome, InterventionOutcome) {
        let images = images(of: c, choosing: false)
        let found = try layer.edited(
            images.own + images.others, Steering(Intervention(units: units, operator: .scaling, beta: 1)), at: [0, 2])
        return (outcome(found[0], class: c), outcome(found[1], class: c))
    }

    func outcome(_ edited: EditedPredictions, class c: Int) -> InterventionOutcome {
        let local = EditedPredictions(images: Array(edited.images.indices), classes: edited.classes)
        return local.outcome(
            target: c, unedited: edited.images.map { ground.unedited[$0] },
            labels: edited.images.map { ground.labels[$0] })
    }

}
