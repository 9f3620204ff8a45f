import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Stores a batch of concept embeddings; one that is already stored is replaced.
    ///
    /// - Parameters:
    ///   - values: [texts.count, width] row by row.
    ///   - texts: as they were embedded, the prompt template filled in. Compared code point by code point.
    ///   - encoder: digest of E_c: weights and tokenizer.
    /// - Precondition: every row of one encoder has the same width.
    package func store(
        conceptEmbeddings values: [Float], of texts: some Collection<String>, encoder: Digest
    ) throws(CacheError) {
        guard !texts.isEmpty else { return }
        let width = Float32Blob.width(of: values, rows: texts.count)
        try write { database in
            let encoderID = try database.rowID(recordingEncoder: encoder, width: width)
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO conceptEmbedding (encoderID, text, vector) VALUES (?, ?, ?)
                    ON CONFLICT (encoderID, text) DO UPDATE SET vector = excluded.vector
                    """)
            for (row, text) in texts.enumerated() {
                let vector = Float32Blob.encode(values, row: row, width: width)
                try insert.execute(arguments: [encoderID, Data(text.utf8), vector])
                try database.seal(.conceptEmbedding, where: "encoderID = ? AND text = ?", [encoderID, Data(text.utf8)])
            }
        }
    }

    /// The embeddings of some texts, in their order.
    ///
    /// - Throws: `damaged` where one has another width than its encoder's.
    package func conceptEmbeddings(
        encoder: Digest, of texts: some Collection<String>
    ) throws(CacheError) -> EmbeddingRows {
        try read { database in
            guard let encoder = try database.encoder(encoder) else { return EmbeddingRows(count: texts.count) }
            let select = try database.makeStatement(
                sql: """
                    SELECT vector, \(SealedTable.conceptEmbedding.isWhole) AS isWhole
                    FROM conceptEmbedding WHERE encoderID = ? AND text = ?
                    """)
            var rows = EmbeddingRows(count: texts.count, width: encoder.width)
            for (index, text) in texts.enumerated() {
                guard let row = try Row.fetchOne(select, arguments: [encoder.id, Data(text.utf8)]) else { continue }
                try row.requireWhole("embedding of \"\(text)\"")
                try row.withUnsafeData(atIndex: 0) {
                    try rows.fill(index, from: $0, file: file, place: "embedding of \"\(text)\"")
                }
            }
            return rows
        }
    }
}
