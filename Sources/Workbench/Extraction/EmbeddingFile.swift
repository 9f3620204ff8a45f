import Cache
import Digests
import LinearAlgebra

extension StudyStore {
    /// Rows read from the database at once.
    private static let pageSize = 4096

    /// Writes the embeddings of a set into one file that can be mapped, page by page, unless it is there.
    func fileEmbeddings(_ file: ValueFile, encoder: Digest, set: Digest) throws {
        let rows = 0..<file.shape[0]
        guard let writer = try ValueWriter(file, rows: rows, share: nil, in: self) else { return }
        for page in blocks(of: writer.completedRows..<rows.count, size: Self.pageSize) {
            let found = try imageEmbeddings(encoder: encoder, set: set, positions: page)
            precondition(found.isComplete, "embeddings are filed when all are there")
            try writer.append(Tensor([page.count, found.width], found.values), at: page)
        }
        try writer.finish()
    }
}
