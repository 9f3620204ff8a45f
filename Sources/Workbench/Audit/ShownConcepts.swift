import Analysis
import LinearAlgebra

/// Concepts that images show: what a group has beside others of its classes, and what images that are taken for a class have
/// beside those of their own classes that are not.
struct ShownConcepts: Sendable {
    private(set) var groups: [ImageConcept] = []
    /// By class; none where the image encoder would run for long.
    private(set) var mistakes: [(class: Int, concept: ImageConcept)] = []
    /// Of each class, how much what is taken for it by mistake looks like it, on either half.
    private(set) var resemblances: (choose: [Int: ClassResemblance], report: [Int: ClassResemblance]) = ([:], [:])
    let hasMistakes: Bool

    /// Images that are embedded for groups where all would take long.
    private static let part = 4000

    /// On the images that choose.
    init(_ layer: StudiedLayer, _ ground: AuditGround, _ known: ImageGroups?, _ work: Work) throws {
        hasMistakes = try layer.target.embedsQuickly(Array(ground.labels.indices))
        var images = ground.choose
        if !hasMistakes {
            guard known != nil else { return }
            let half = Set(ground.choose)
            images = ground.images.countingOrder.lazy.filter(half.contains).prefix(Self.part).sorted()
        }
        let embeddings = try layer.target.heldOutEmbeddings(images, work)
        let (labels, unedited) = (ground.labels, ground.unedited)
        let classes = ground.classes
        // Of each image that has what is asked for, true; of one to compare it with, false.
        func concept(_ name: String, _ has: (Int) -> Bool?) -> ImageConcept? {
            var group = [Int](repeating: -1, count: labels.count)
            for image in images { if let has = has(image) { group[image] = 2 * labels[image] + (has ? 0 : 1) } }
            let own = images.filter { group[$0] >= 0 }
            let means = ground.values.means(ofRows: own, groups: group, count: 2 * classes)
            let shown = embeddings.means(
                ofRows: Array(images.indices), groups: images.map { group[$0] }, count: 2 * classes)
            return ImageConcept(name, means: means.means, embeddings: shown.means, counts: means.counts)
        }
        if let known {
            // Of two groups each is what the other is not: one concept.
            let asked = known.names.count == 2 ? 0..<1 : known.names.indices
            groups = asked.compactMap { g in
                let name = known.names.count == 2 ? known.names.joined(separator: " / ") : known.names[g]
                return concept("group " + name) { known.group[$0] == g }
            }
        }
        guard hasMistakes else { return }
        for c in 0..<classes {
            try work.checkCancelled()
            let found = concept("taken for \(layer.countedClasses.names[c])") { image in
                guard labels[image] != c else { return nil }
                return unedited[image] == c ? true : unedited[image] == labels[image] ? false : nil
            }
            if let found { mistakes.append((c, found)) }
        }
        let names = layer.countedClasses.embeddings
        func resemblances(_ half: [Int], _ embeddings: Tensor) -> [Int: ClassResemblance] {
            let cosines = multiply(embeddings, .plain, names, .transposed)
            return mistakes.reduce(into: [:]) { found, own in
                found[own.class] = ClassResemblance(
                    to: own.class, images: half, cosines: cosines, labels: labels, answers: unedited)
            }
        }
        self.resemblances = (
            resemblances(images, embeddings),
            resemblances(ground.report, try layer.target.heldOutEmbeddings(ground.report, work))
        )
    }
}
