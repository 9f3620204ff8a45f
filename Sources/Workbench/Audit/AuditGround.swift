import Analysis
import LinearAlgebra

/// The held-out images and the units of an audit: one half of the images chooses, the other reports.
struct AuditGround: Sendable {
    let images: CountedImages
    let space: any UnitSpace
    /// What every unit is on every image: [images, units]
    let values: ActivationRows
    /// Units that random sets are drawn from: those that are ever active.
    let live: [Int]
    let choose: [Int]
    let report: [Int]
    /// How far classes lean on units, on either half.
    let chosen: Leanings
    let reported: Leanings
    /// The classes that are audited.
    let audited: [Int]

    var labels: [Int] { images.labels }
    var unedited: [Int] { images.unedited }
    var classes: Int { chosen.classes }

    /// Whether every leaning is exact and at hand, so that curves over β are too.
    var isExact: Bool { if case .added = chosen { true } else { false } }

    init(_ layer: StudiedLayer, _ request: AuditRequest, _ work: Work) throws {
        images = try layer.heldOut
        guard images.remainder.kind != .none else { throw WorkbenchError.notCounted(layer: layer.encoder.layer) }
        let space = try layer.space(request.kind)
        self.space = space
        let statistics = space.statistics
        live = (0..<space.count).filter { !statistics.isSilent($0) }
        (choose, report) = StrengthFit.halves(images.count)
        let names = layer.countedClasses.names
        audited = try request.classes.map { try $0.map { try layer.classIndex($0) } } ?? Array(names.indices)
        let (values, scales) = try layer.auditedValues(request.kind, work)
        self.values = values
        let (images, audited) = (images, audited)
        func leanings(_ half: [Int]) throws -> Leanings {
            // Codes of tokens are no codes of the vector that the rest of the network reads.
            let added =
                try layer.hasTokenFeatures(request.kind)
                ? nil : images.leanings(of: half, units: values, along: space.directions, scales: scales)
            return try added.map(Leanings.added)
                ?? .measured(MeasuredLeanings(layer, half, of: audited, images, classes: names.count))
        }
        (chosen, reported) = (try leanings(choose), try leanings(report))
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
    /// it; at last what its mistakes have, where these look like the class.
    func listed(_ candidates: AuditCandidates, _ request: AuditRequest, _ work: Work) throws -> [[AuditCandidate]] {
        let meter = RateMeter(.evaluation, from: 0, to: candidates.all.count)
        let leanings = try candidates.all.enumerated().map { place, candidate in
            try work.advance(meter.progress(place))
            return try chosen.sums(candidate.units)
        }
        let counts = labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[$1] += 1 }
        return (0..<classes).map { c in
            guard counts[c] > 0, audited.contains(c) else { return [] }
            let leaning = candidates.all.indices.filter {
                candidates.all[$0].isFar(from: c) && leanings[$0][c] > 0
            }.sorted { (leanings[$1][c], $0) < (leanings[$0][c], $1) }
            let alike = leaning.filter { candidates.all[$0].looksLikeClass }
            let order = leaning.filter { !alike.contains($0) } + alike
            var listed: [AuditCandidate] = []
            for place in order {
                var candidate = candidates.all[place]
                (candidate.class, candidate.chosen) = (c, leanings[place][c])
                if let like = listed.firstIndex(where: { $0.isAlike(candidate) }) {
                    listed[like].alike.append(candidate.name)
                } else if listed.count < request.listed || candidate.looksLikeClass {
                    listed.append(candidate)
                }
            }
            return listed
        }
    }
}

/// How far classes lean on units: added up of single units where the rest of the network is linear in them, else measured
/// by running that rest again.
enum Leanings: Sendable {
    case added(ClassLeanings)
    case measured(MeasuredLeanings)

    var classes: Int {
        switch self {
        case .added(let own): own.classes
        case .measured(let own): own.classes
        }
    }

    /// What a set of units comes to: one value a class.
    func sums(_ units: [InternalUnit]) throws -> [Float] {
        switch self {
        case .added(let own): own.sums(units.map(\.index))
        case .measured(let own): try own.sums(units)
        }
    }

    /// Images it is measured on; nil for all.
    var measuredImages: Int? { if case .measured(let own) = self { own.images.count } else { nil } }
}

/// What removing units takes off each class's logit, centred over classes, on some images of each class.
struct MeasuredLeanings: Sendable {
    private let layer: StudiedLayer
    let classes: Int
    let images: [Int]
    private let labels: [Int]
    private let counts: [Int]
    private let before: [Float]

    /// Images of a class that are run: a forward pass each for every set of units.
    private static let mostOfClass = 20

    init(_ layer: StudiedLayer, _ half: [Int], of audited: [Int], _ counted: CountedImages, classes: Int) throws {
        let (own, wanted) = (Set(half), Set(audited))
        var counts = [Int](repeating: 0, count: classes)
        images = counted.countingOrder.filter { image in
            let c = counted.labels[image]
            guard own.contains(image), wanted.contains(c), counts[c] < Self.mostOfClass else { return false }
            counts[c] += 1
            return true
        }.sorted()
        (self.layer, self.classes, self.counts) = (layer, classes, counts)
        labels = images.map { counted.labels[$0] }
        before = try Self.centred(layer.editedLogits(images, .nothing), labels)
    }

    func sums(_ units: [InternalUnit]) throws -> [Float] {
        let steering = Steering(Intervention(units: units, operator: .scaling, beta: 0))
        let after = try Self.centred(layer.editedLogits(images, steering), labels)
        var sums = [Float](repeating: 0, count: classes)
        for (at, c) in labels.enumerated() { sums[c] += (before[at] - after[at]) / Float(counts[c]) }
        return sums
    }

    private static func centred(_ logits: Tensor, _ labels: [Int]) -> [Float] {
        labels.indices.map { row in
            let values = logits.row(row)
            return values[labels[row]] - values.reduce(0, +) / Float(max(1, values.count))
        }
    }
}

extension StudiedLayer {
    /// What every unit is on every held-out image, and what its activation is multiplied by on each where it acts; nil for
    /// nothing.
    fileprivate func auditedValues(
        _ kind: UnitKind, _ work: Work
    ) throws -> (values: ActivationRows, scales: [Float]?) {
        guard let extraction = try target.extraction(of: target.heldOut) else { throw target.notExtracted }
        let pooled = try target.pooled(extraction, of: target.heldOut)
        guard kind == .feature, let features = try studiedFeatures(work) else { return (.dense(pooled), nil) }
        let autoencoder = features.space.autoencoder
        guard autoencoder.pooling == nil else {
            return (.sparse(try target.tokenCodes(features.own, of: target.heldOut, work)), nil)
        }
        return (.sparse(autoencoder.encode(pooled)), autoencoder.outputScales(of: pooled))
    }

    fileprivate func hasTokenFeatures(_ kind: UnitKind) throws -> Bool {
        try kind == .feature && studiedFeatures()?.space.autoencoder.pooling != nil
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
    /// The same where each answer is a forward pass.
    private static let runPart = 500

    init(_ layer: StudiedLayer, _ ground: AuditGround) {
        (self.layer, self.ground) = (layer, ground)
        let isRun = ground.images.remainder.kind == .resumed
        let isQuick = !isRun && ground.images.count * ground.classes <= Self.quick
        let most = isRun ? Self.runPart : Self.part
        otherImages = isQuick || ground.report.count <= most ? nil : most
        func some(_ half: [Int]) -> [Int] {
            guard !isQuick else { return half }
            let own = Set(half)
            return ground.images.countingOrder.lazy.filter(own.contains).prefix(most).sorted()
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
