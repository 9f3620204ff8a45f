import Analysis
import LinearAlgebra
import WordNet

/// A concept that classes may lean on.
struct AuditCandidate: Sendable {
    var name: String
    var origin: AuditedOrigin
    /// With each class; and the classes that it is of, or that it says nothing about.
    var likeness: [Float]
    var near: Set<Int>
    var units: [InternalUnit]
    /// Of what mistakes have in common, how much these look like the class, on the images that choose.
    var resemblance: ClassResemblance?
    /// The class it is listed under, and how far that leans on it.
    var `class` = 0
    var chosen: Float = 0
    var alike: [String] = []

    var indices: [Int] { units.map(\.index) }

    func isFar(from c: Int) -> Bool { !near.contains(c) }

    /// Whether it is what mistakes have in common, and these may well look like the class: beyond the middle of the way.
    var looksLikeClass: Bool { origin == .mistakes && !((resemblance?.share ?? 1) < 0.5) }

    /// Whether three of four units are the same.
    func isAlike(_ other: AuditCandidate) -> Bool {
        let own = Set(indices)
        return 4 * other.indices.count(where: own.contains) >= 3 * max(1, other.units.count)
    }
}

/// Words of the concept set, what groups have in common, and what mistakes have.
struct AuditCandidates: Sendable {
    private(set) var all: [AuditCandidate] = []
    private(set) var ofGroups: [AuditCandidate] = []
    /// Of each class, what is under it is far.
    let limits: [Float]
    private(set) var words = 0
    private(set) var hasWordNet = false
    private(set) var hasMistakes = false
    /// Of each class, how much its mistakes look like it, on the images that report.
    private(set) var resemblances: [Int: ClassResemblance] = [:]

    init(
        _ layer: StudiedLayer, _ ground: AuditGround, _ request: AuditRequest, _ groups: ImageGroups?, _ work: Work
    ) throws {
        let set = try layer.concepts
        let likeness = ClassLikeness(layer.countedClasses, mean: set.mean)
        let limits = likeness.limits
        self.limits = limits
        let kin = try WordNet.installed().map { ClassKin(layer.countedClasses.names, in: $0) }
        hasWordNet = kin != nil
        let space = ground.space
        let asked = try layer.mostDescribing(set, request.kind, count: request.concepts)
        words = asked.count
        let meter = RateMeter(.evaluation, from: 0, to: asked.count)
        for (done, place) in asked.enumerated() {
            if done % 64 == 0 { try work.advance(meter.progress(done)) }
            let name = set.names[place]
            let query = ConceptQuery(name, embedding: set.embeddings.row(place), ranking: request.ranking)
            let units = try space.locate(query).map(\.unit).distinctNeurons.prefix(request.units)
            let like = likeness.ofWord(query.embedding)
            let near = limits.indices.filter { like[$0] >= limits[$0] || kin?.isKin(name, ofClass: $0) == true }
            all.append(
                AuditCandidate(name: name, origin: .word, likeness: like, near: Set(near), units: Array(units)))
        }
        let shown = try ShownConcepts(layer, ground, groups, work)
        hasMistakes = shown.hasMistakes
        func candidate(_ concept: ImageConcept, _ origin: AuditedOrigin, near: Set<Int> = []) -> AuditCandidate {
            let isDeparture = origin == .departure
            let count = request.units
            return AuditCandidate(
                name: concept.name + (isDeparture ? ", by departure" : ""), origin: origin,
                likeness: likeness.ofDirection(concept.embedding), near: near,
                units: isDeparture
                    ? concept.unitsByDeparture(of: space, count: count) : concept.units(of: space, count: count))
        }
        // That a group is of no class is what who names it says.
        ofGroups = shown.groups.flatMap { [candidate($0, .group), candidate($0, .departure)] }
        all += ofGroups
        for (c, concept) in shown.mistakes {
            var own = candidate(concept, .mistakes, near: Set(limits.indices).subtracting([c]))
            own.resemblance = shown.resemblances.choose[c]
            all.append(own)
        }
        resemblances = shown.resemblances.report
    }
}

extension StudiedLayer {
    /// Places of the concepts that describe most units; all where they are few.
    fileprivate func mostDescribing(_ set: ConceptSet, _ kind: UnitKind, count: Int) throws -> [Int] {
        guard set.names.count > count else { return Array(set.names.indices) }
        var units = [String: Int]()
        for summary in try summaries(kind) { units[summary.concept.concept, default: 0] += 1 }
        let described = set.names.indices.filter { units[set.names[$0]] != nil }
        return described.sorted { (units[set.names[$1]] ?? 0, $0) < (units[set.names[$0]] ?? 0, $1) }.prefix(count)
            .sorted()
    }
}

/// Whether a word is a kind of a class or the other way round, by WordNet: in any sense of either.
private struct ClassKin {
    private let wordNet: WordNet
    private let senses: [Set<WordNet.Synset>]
    private let above: [Set<WordNet.Synset>]

    init(_ classes: [String], in wordNet: WordNet) {
        self.wordNet = wordNet
        senses = classes.map { Set(wordNet.senses(of: $0)) }
        above = senses.map { Self.above($0, wordNet) }
    }

    func isKin(_ word: String, ofClass c: Int) -> Bool {
        let own = Set(wordNet.senses(of: word))
        return !own.isDisjoint(with: above[c]) || !Self.above(own, wordNet).isDisjoint(with: senses[c])
    }

    /// Synsets with all that they are kinds of.
    private static func above(_ synsets: Set<WordNet.Synset>, _ wordNet: WordNet) -> Set<WordNet.Synset> {
        var (found, waiting) = (synsets, Array(synsets))
        while let synset = waiting.popLast() {
            for next in (try? wordNet.hypernyms(of: synset)) ?? [] where found.insert(next).inserted {
                waiting.append(next)
            }
        }
        return found
    }
}
