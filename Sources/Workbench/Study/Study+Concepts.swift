import Analysis
import Cache
import Digests
import Foundation

extension Study {
    static let chosenSet = "concept set"

    /// The concept sets, in the order they were added.
    func conceptSets() throws -> [ConceptSetRecord] { try store.conceptSets() }

    /// The concept set that units are described with unless another is asked for.
    func conceptSet() throws -> ConceptSetRecord {
        let sets = try conceptSets()
        let chosen = try store.document(named: Self.chosenSet).map { try JSONDecoder().decode(Digest.self, from: $0) }
        guard let set = sets.first(where: { $0.digest == chosen }) ?? sets.first else {
            throw WorkbenchError.damagedRecord(study: folder.path, place: "concept set")
        }
        return set
    }

    /// The concept sets as a list shows them.
    func conceptSetFacts() throws -> [ConceptSetFacts] {
        let chosen = try conceptSet().digest
        return try conceptSets().map {
            ConceptSetFacts(
                name: $0.name, count: $0.concepts.count, digest: $0.digest.description, isChosen: $0.digest == chosen)
        }
    }

    /// The chosen concept set's names.
    package var concepts: [String] { get throws { try conceptSet().concepts } }

    /// Reads a file of concepts, keeps them in the study and chooses them.
    @discardableResult
    package func addConcepts(at path: String) throws -> [String] {
        let file = try Resources.resolve(path)
        let set = ConceptSetRecord(
            name: file.deletingPathExtension().lastPathComponent, concepts: try ConceptList.readConcepts(file))
        try store.store(set)
        try choose(set)
        return set.concepts
    }

    /// Describes units with a concept set of the study from now on.
    ///
    /// - Parameter name: its name, or the start of its digest.
    /// - Throws: `unknownConceptSet`.
    @discardableResult
    package func chooseConcepts(_ name: String) throws -> [String] {
        let sets = try conceptSets()
        guard let set = sets.first(where: { $0.name == name || $0.digest.description.hasPrefix(name) }) else {
            throw WorkbenchError.unknownConceptSet(name, known: sets.map(\.name))
        }
        try choose(set)
        return set.concepts
    }

    private func choose(_ set: ConceptSetRecord) throws {
        try store.keep(JSONEncoder().encode(set.digest), as: Self.chosenSet)
    }

    /// The concepts of a set of the study by its name, or of a file; nothing is chosen.
    package func concepts(named name: String) throws -> [String] {
        if let set = try conceptSets().first(where: { $0.name == name }) { return set.concepts }
        return try ConceptList.readConcepts(Resources.resolve(name))
    }
}
