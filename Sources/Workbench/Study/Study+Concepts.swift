import Analysis
import Cache
import Digests
import Foundation

extension Study {
    static let chosenSet = "concept set"

    /// The concept sets with their words, in the order they were added.
    func conceptSets() throws -> [ConceptSetRecord] { try store.conceptSets() }

    /// The concept sets as a list shows them; no words are read.
    func conceptSetFacts() throws -> [ConceptSetFacts] {
        let sets = try store.conceptSetEntries()
        let chosen = try chosenConceptSet(of: sets).digest
        return sets.map {
            ConceptSetFacts(
                name: $0.name, count: $0.count, digest: $0.digest.description, isChosen: $0.digest == chosen)
        }
    }

    /// The concept set that units are described with unless another is asked for.
    private func chosenConceptSet(of sets: [ConceptSetEntry]) throws -> ConceptSetEntry {
        let chosen = try store.document(named: Self.chosenSet).map { try JSONDecoder().decode(Digest.self, from: $0) }
        guard let set = sets.first(where: { $0.digest == chosen }) ?? sets.first else {
            throw WorkbenchError.damagedRecord(study: folder.path, place: "concept set")
        }
        return set
    }

    /// The chosen concept set's names.
    package var concepts: [String] {
        get throws {
            let chosen = try chosenConceptSet(of: store.conceptSetEntries()).digest
            return try store.conceptSet(chosen)?.concepts ?? []
        }
    }

    /// Reads a file of concepts, keeps them in the study and chooses them.
    @discardableResult
    package func addConcepts(at path: String) throws -> [String] {
        let file = try Resources.resolve(path)
        let set = ConceptSetRecord(
            name: file.deletingPathExtension().lastPathComponent, concepts: try ConceptList.readConcepts(file))
        try store.store(set)
        try choose(set.digest)
        return set.concepts
    }

    /// Describes units with a concept set of the study from now on.
    ///
    /// - Parameter name: its name, or the start of its digest.
    /// - Throws: `unknownConceptSet`.
    @discardableResult
    package func chooseConcepts(_ name: String) throws -> [String] {
        let sets = try store.conceptSetEntries()
        guard let set = sets.first(where: { $0.name == name || $0.digest.description.hasPrefix(name) }) else {
            throw WorkbenchError.unknownConceptSet(name, known: sets.map(\.name))
        }
        try choose(set.digest)
        return try store.conceptSet(set.digest)?.concepts ?? []
    }

    func choose(_ digest: Digest) throws {
        try store.keep(JSONEncoder().encode(digest), as: Self.chosenSet)
    }

    /// The concepts of a set of the study by its name, or of a file; nothing is chosen.
    package func concepts(named name: String) throws -> [String] {
        if let set = try store.conceptSetEntries().first(where: { $0.name == name }) {
            return try store.conceptSet(set.digest)?.concepts ?? []
        }
        return try ConceptList.readConcepts(Resources.resolve(name))
    }
}
