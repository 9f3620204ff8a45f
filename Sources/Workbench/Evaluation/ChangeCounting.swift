import Analysis
import LinearAlgebra

/// What an intervention does to accuracy on its class and on all others, in points.
struct ClassChange: Sendable, Codable {
    var ofClass: Double
    var ofOthers: Double

    init(from before: Accuracy, to after: Accuracy) {
        ofClass = 100 * (after.ofClass - before.ofClass)
        ofOthers = 100 * (after.ofOthers - before.ofOthers)
    }
}

/// Counts what an intervention for each class does to the class and to the others.
///
/// A class needs its own images alone. The others are counted whole where that is quick, else on a part of them that is
/// drawn once: of 50,000 images of a thousand classes two thousand give each mean within a tenth of a point.
struct ChangeCounting: Sendable {
    /// Held-out images.
    let images: Int
    /// The classes that have images.
    let classes: [Int]
    /// Images of other classes that are counted; nil for all.
    let otherImages: Int?
    private let own: [Int: [Int]]
    private let part: [Int]
    private let halfWidth: Double?

    /// Answers (images × classes) up to which all images are counted.
    private static let quick = 1 << 22
    private static let part = 2000

    init(_ layer: StudiedLayer, _ request: InterventionTableRequest) throws {
        let heldOut = try layer.heldOut
        let labels = heldOut.labels
        images = labels.count
        classes = Set(labels).sorted()
        halfWidth = request.halfWidth
        let isQuick = labels.count * layer.countedClasses.names.count <= Self.quick
        let wanted = request.otherImages ?? (isQuick || heldOut.remainder.kind == .resumed ? nil : Self.part)
        otherImages = wanted.flatMap { $0 < labels.count ? $0 : nil }
        part = otherImages.map { Array(heldOut.countingOrder.prefix($0)).sorted() } ?? []
        // What cannot win is told once of all images, for thousands of parts of them.
        if otherImages != nil { try heldOut.rankClasses() }
        own = otherImages == nil ? [:] : Dictionary(grouping: labels.indices, by: { labels[$0] })
    }

    /// Of what the figures depend on beside the interventions.
    var key: String { "\(otherImages.map(String.init) ?? "all") \(halfWidth.map { "\($0)" } ?? "")" }

    /// Changes at each β, one for each of `classes`: [betas][classes]
    ///
    /// - Parameter sets: the units of each counted class.
    func changes(
        of sets: [[InternalUnit]], _ op: Operator, at betas: [Double], in layer: StudiedLayer, _ work: Work
    ) throws -> [[ClassChange]] {
        @Sendable func steering(_ target: Int, _ beta: Double) -> Steering {
            Steering(Intervention(units: sets[target], operator: op, beta: beta))
        }
        guard otherImages != nil else {
            return try betas.map { beta in
                try classes.map { target in
                    try work.checkCancelled()
                    let outcome = try layer.outcome(
                        of: steering(target, beta), target: target, halfWidth: halfWidth, work)
                    return ClassChange(from: outcome.before, to: outcome.after)
                }
            }
        }
        let heldOut = try layer.heldOut
        var found: [[ClassChange]] = []
        try heldOut.holding {
            for block in blocks(of: classes.count, size: 8 * cores) {
                try work.checkCancelled()
                found += try parallelMap(block.count) { at in
                    let target = classes[block.lowerBound + at]
                    return Result {
                        try layer.edited(images(of: target, heldOut.labels), steering(target, op.identity), at: betas)
                            .map { edited in
                                let (before, after) = edited.accuracy(
                                    target: target, unedited: heldOut.unedited, labels: heldOut.labels)
                                return ClassChange(from: before, to: after)
                            }
                    }
                }.map { try $0.get() }
            }
        }
        return betas.indices.map { place in found.map { $0[place] } }
    }

    /// Those that a class is counted on: its own, and the part that stands for the others.
    private func images(of target: Int, _ labels: [Int]) -> [Int] {
        (own[target] ?? []) + part.filter { labels[$0] != target }
    }
}
