import Analysis
import LinearAlgebra

/// What an intervention does to accuracy on its class and on all others, in points.
struct ClassChange: Sendable, Codable {
    var ofClass: Double
    var ofOthers: Double
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

    /// Changes, one for each of `classes`.
    ///
    /// - Parameter interventions: one for each counted class.
    func changes(
        _ interventions: [Intervention], in layer: StudiedLayer, _ work: Work
    ) throws -> [ClassChange] {
        guard otherImages != nil else {
            return try classes.map { target in
                try work.checkCancelled()
                let outcome = try layer.outcome(
                    of: Steering(interventions[target]), target: target, halfWidth: halfWidth, work)
                return Self.change(outcome)
            }
        }
        let heldOut = try layer.heldOut
        return try heldOut.holding { try partly(interventions, in: layer, heldOut, work) }
    }

    /// Those of a class's own images, and of the part that stands for the others.
    private func partly(
        _ interventions: [Intervention], in layer: StudiedLayer, _ heldOut: CountedImages, _ work: Work
    ) throws -> [ClassChange] {
        var found: [ClassChange] = []
        for block in blocks(of: classes.count, size: 8 * cores) {
            try work.checkCancelled()
            found += try parallelMap(block.count) { at -> Result<ClassChange, any Error> in
                let target = classes[block.lowerBound + at]
                return Result {
                    let own = own[target] ?? []
                    let counted = own + part.filter { heldOut.labels[$0] != target }
                    let outcome = try layer.edited(counted, Steering(interventions[target]))
                        .outcome(target: target, unedited: heldOut.unedited, labels: heldOut.labels)
                    return Self.change(outcome)
                }
            }.map { try $0.get() }
        }
        return found
    }

    private static func change(_ outcome: InterventionOutcome) -> ClassChange {
        ClassChange(
            ofClass: 100 * (outcome.after.ofClass - outcome.before.ofClass),
            ofOthers: 100 * (outcome.after.ofOthers - outcome.before.ofOthers))
    }
}
