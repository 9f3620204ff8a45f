import Analysis

/// The concepts that describe units, each once: many units share one.
struct ConceptIndex: Sendable {
    /// Of each unit, its concept.
    private(set) var ids: [Int32] = []
    /// Each concept once, in the order of the units.
    private(set) var names: [String] = []
    /// Of each concept its place in the alphabet.
    private var places: [UInt32] = []
    /// The concepts in small letters, one after the other.
    private var text: [UInt8] = []
    private var ends: [Int] = []

    /// - Parameter isRanked: whether they are put in order for `ranks`.
    init(_ concepts: some Sequence<String>, isRanked: Bool = true) {
        var known: [String: Int32] = [:]
        for concept in concepts {
            if let id = known[concept] {
                ids.append(id)
                continue
            }
            known[concept] = Int32(names.count)
            ids.append(Int32(names.count))
            names.append(concept)
            text += concept.lowercased().utf8
            ends.append(text.count)
        }
        guard isRanked else { return }
        places = Array(repeating: 0, count: names.count)
        for (place, id) in names.indices.sorted(by: { names[$0] < names[$1] }).enumerated() {
            places[id] = UInt32(place)
        }
    }

    /// Of each unit, the place of its concept in the alphabet.
    var ranks: [UInt32] { ids.map { places[Int($0)] } }

    /// The concepts of these units, each with how many have it: the most first, equal ones by the alphabet.
    func counts(_ units: [Int32]) -> [(name: String, count: Int)] {
        var counts = Array(repeating: 0, count: names.count)
        for unit in units { counts[Int(ids[Int(unit)])] += 1 }
        return names.indices.filter { counts[$0] > 0 }
            .sorted { (-counts[$0], places[$0]) < (-counts[$1], places[$1]) }.map { (names[$0], counts[$0]) }
    }

    /// Of each concept, whether a word (in small letters) is part of it.
    func holding(_ word: some StringProtocol) -> [Bool] {
        let wanted = Array(word.utf8)
        guard let first = wanted.first else { return Array(repeating: true, count: ends.count) }
        return text.withUnsafeBufferPointer { text in
            var start = 0
            return ends.map { end in
                defer { start = end }
                var at = start
                while at + wanted.count <= end {
                    if text[at] == first, wanted.indices.allSatisfy({ text[at + $0] == wanted[$0] }) { return true }
                    at += 1
                }
                return false
            }
        }
    }
}

/// The beginning of a unit's short name, as it is typed: `17`, `17-`, `f4`.
struct UnitNamePrefix {
    private let kind: UnitKind
    /// Nil right after the `f`.
    private let number: Int?
    private let pole: Pole?

    /// Nil where no unit's name begins so.
    init?(_ word: some StringProtocol) {
        var rest = word[...]
        kind = rest.first == "f" ? .feature : .neuron
        if kind == .feature { rest = rest.dropFirst() }
        pole = rest.last.flatMap { Pole(rawValue: String($0)) }
        if pole != nil { rest = rest.dropLast() }
        number = Int(rest)
        let isNumber = rest.allSatisfy { $0.isASCII && $0.isNumber } && (rest.first != "0" || rest.count == 1)
        guard isNumber, number != nil || kind == .feature && rest.isEmpty && pole == nil else { return nil }
    }

    func matches(_ unit: InternalUnit) -> Bool {
        guard unit.kind == kind, pole == nil || pole == unit.pole else { return false }
        guard let number else { return true }
        if pole != nil || number == 0 { return unit.index == number }
        var leading = unit.index
        while leading > number { leading /= 10 }
        return leading == number
    }
}
