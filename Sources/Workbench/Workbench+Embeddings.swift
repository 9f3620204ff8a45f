import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

extension Workbench {
    /// E_i of the probe images: unit rows [N, d], mapped where the study has a file of them.
    func probeEmbeddings() throws -> Tensor {
        if let mapped = try store.values(of: embeddingFile(of: probe)) { return mapped }
        let rows = try store.imageEmbeddings(encoder: conceptSpace.digest, set: probe.digest)
        guard rows.isComplete else { throw WorkbenchError.notExtracted(study: folder.path) }
        return Tensor([rows.count, rows.width], rows.values)
    }

    /// Embeddings of concepts in the study's prompt templates, each prompt from the cache where it is there: unit rows.
    func embedConcepts(_ names: [String]) throws -> Tensor {
        try plan.templates.embed(names) { try store.embed($0, in: conceptSpace) }
    }
}

extension StudyStore {
    /// Embeddings of texts, each from the cache where it is there: unit rows [texts.count, d].
    func embed(_ texts: [String], in space: any ConceptSpace) throws -> Tensor {
        let known = try conceptEmbeddings(encoder: space.digest, of: texts)
        guard !known.isComplete else { return Tensor([texts.count, known.width], known.values) }
        let absent = known.absent.map { texts[$0] }
        let fresh = space.embed(concepts: absent)
        if !isReadOnly { try store(conceptEmbeddings: fresh.values, of: absent, encoder: space.digest) }
        var values =
            known.width == 0 ? Tensor([texts.count, fresh.columns]) : Tensor([texts.count, known.width], known.values)
        for (row, position) in known.absent.enumerated() {
            for column in 0..<fresh.columns { values[position, column] = fresh[row, column] }
        }
        return values
    }
}

extension StudyStore {
    /// Rows read from the database at once.
    private static let pageSize = 4096

    /// Writes the embeddings of a set into one file that can be mapped, page by page, unless it is there.
    func fileEmbeddings(_ file: ValueFile, encoder: Digest, set: Digest) throws {
        let rows = 0..<file.shape[0]
        guard let writer = try ValueWriter(file, rows: rows, share: nil, in: self) else { return }
        for first in stride(from: writer.completedRows, to: rows.count, by: Self.pageSize) {
            let page = first..<min(rows.count, first + Self.pageSize)
            let found = try imageEmbeddings(encoder: encoder, set: set, positions: page)
            precondition(found.isComplete, "embeddings are filed when all are there")
            try writer.append(Tensor([page.count, found.width], found.values), at: page)
        }
        try writer.finish()
    }
}
