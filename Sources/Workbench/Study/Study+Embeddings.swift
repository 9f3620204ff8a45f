import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import Synchronization
import VisionModels

extension Study {
    /// Embeddings of concepts in the study's prompt templates: unit rows [names.count, d], mapped from a file where they are
    /// many.
    @discardableResult
    func embedConcepts(_ names: [String]) throws -> Tensor {
        guard names.count >= Self.manyConcepts, !store.isReadOnly else { return try embedEach(names) }
        let (facts, templates) = (try spaceFacts, try templates.templates)
        let key = Digest("concepts", facts.digest, Digest(combining: templates), Digest(combining: names))
        if let kept = try keptTensors(key)?["embeddings"], kept.shape == [names.count, facts.dimension] { return kept }
        let embeddings = try embedEach(names)
        keep(["embeddings": embeddings], key)
        return embeddings
    }

    /// Fewer than so many are read from the database at once.
    private static let manyConcepts = 1024

    /// The same, each prompt from the database where it is there. The concept space is loaded only where one is not.
    @discardableResult
    func embedEach(_ names: [String]) throws -> Tensor {
        let facts = try spaceFacts
        return try templates.embed(names) { texts in
            try embed(texts, digest: facts.digest) { try conceptSpace }
        }
    }

    /// What embeds concepts as they are typed, in the templates of now.
    func typedConcepts() throws -> TypedConcepts {
        TypedConcepts(
            store: store, templates: try templates, encoder: try spaceFacts.digest,
            space: Once { try self.conceptSpace })
    }

    /// Embeddings of texts in a space that is loaded.
    func embed(_ texts: [String], in space: any ConceptSpace) throws -> Tensor {
        try embed(texts, digest: space.digest) { space }
    }

    /// Unit rows [texts.count, d].
    private func embed(_ texts: [String], digest: Digest, in space: () throws -> any ConceptSpace) throws -> Tensor {
        let known = try store.conceptEmbeddings(encoder: digest, of: texts)
        guard !known.isComplete else { return Tensor([texts.count, known.width], known.values) }
        let absent = known.absent.map { texts[$0] }
        let fresh = try space().embed(concepts: absent)
        // What cannot be kept is computed again another time.
        if !store.isReadOnly { try? store.store(conceptEmbeddings: fresh.values, of: absent, encoder: digest) }
        var values =
            known.width == 0 ? Tensor([texts.count, fresh.columns]) : Tensor([texts.count, known.width], known.values)
        for (row, position) in known.absent.enumerated() {
            for column in 0..<fresh.columns { values[position, column] = fresh[row, column] }
        }
        return values
    }
}

/// Embeds concepts as they are typed: what that takes is read from the study once, not at every letter.
struct TypedConcepts: Sendable {
    let store: StudyStore
    let templates: PromptTemplates
    let encoder: Digest
    let space: Once<any ConceptSpace>
    private let recent = RecentEmbeddings()

    init(store: StudyStore, templates: PromptTemplates, encoder: Digest, space: Once<any ConceptSpace>) {
        (self.store, self.templates, self.encoder, self.space) = (store, templates, encoder, space)
    }

    /// From the cache where it is there, and not kept, as most of what is typed is on its way to another word. A unit row.
    ///
    /// - Parameter isPart: of a sum, whose other parts do not change with every letter: those are kept in memory.
    func embed(_ text: String, asPart isPart: Bool = false) throws -> [Float] {
        if isPart, let known = recent[text] { return known }
        let embedding = try templates.embed([text]) { prompts in
            let known = try store.conceptEmbeddings(encoder: encoder, of: prompts)
            guard !known.isComplete else { return Tensor([prompts.count, known.width], known.values) }
            return try space.value.embed(concepts: prompts)
        }.row(0)
        if isPart { recent[text] = embedding }
        return embedding
    }
}

/// The last few parts of sums.
private final class RecentEmbeddings: Sendable {
    private let kept = Mutex<[(text: String, embedding: [Float])]>([])

    subscript(_ text: String) -> [Float]? {
        get { kept.withLock { $0.first { $0.text == text }?.embedding } }
        set {
            guard let newValue else { return }
            kept.withLock { kept in
                kept.append((text, newValue))
                if kept.count > 32 { kept.removeFirst() }
            }
        }
    }
}
