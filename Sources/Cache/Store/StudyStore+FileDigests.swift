import Digests
import GRDB

extension StudyStore {
    /// The digests of files that were read before, by what the file system told of them then. A row that is torn is none.
    package func fileDigests() throws(CacheError) -> [FileStamp: Digest] {
        try read { database in
            var digests: [FileStamp: Digest] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT device, inode, size, modified, changed, digest FROM fileDigest
                    WHERE \(SealedTable.fileDigest.isWhole)
                    """)
            while let row = try rows.next() {
                guard let digest = Digest(stored: try row.get("digest")) else { continue }
                digests[
                    FileStamp(
                        device: try row.get("device"), inode: try row.get("inode"), size: try row.get("size"),
                        modified: try row.get("modified"), changed: try row.get("changed"))] =
                    digest
            }
            return digests
        }
    }

    /// Keeps the digests of files, each in place of what was known of that file before.
    package func keep(fileDigests: [FileStamp: Digest]) throws(CacheError) {
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    INSERT INTO fileDigest (device, inode, size, modified, changed, digest) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (device, inode) DO UPDATE SET size = excluded.size, modified = excluded.modified,
                        changed = excluded.changed, digest = excluded.digest
                    """)
            for (stamp, digest) in fileDigests {
                try statement.execute(arguments: [
                    stamp.device, stamp.inode, stamp.size, stamp.modified, stamp.changed, digest.bytes,
                ])
                try database.seal(.fileDigest, where: "device = ? AND inode = ?", [stamp.device, stamp.inode])
            }
        }
    }
}
