import Digests
import GRDB

extension StudyStore {
    /// The digests of files that were read before, by what the file system told of them then.
    public func fileDigests() throws(CacheError) -> [FileStamp: Digest] {
        try read { database in
            var digests: [FileStamp: Digest] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT device, inode, size, modified, changed, digest FROM fileDigest")
            while let row = try rows.next() {
                guard let digest = Digest(stored: row[5]) else { continue }
                digests[FileStamp(device: row[0], inode: row[1], size: row[2], modified: row[3], changed: row[4])] =
                    digest
            }
            return digests
        }
    }

    /// Keeps the digests of files, each in place of what was known of that file before.
    public func keep(fileDigests: [FileStamp: Digest]) throws(CacheError) {
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
            }
        }
    }
}
