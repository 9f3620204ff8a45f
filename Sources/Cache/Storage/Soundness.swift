import GRDB

/// A look at a study's small tables as it is opened: what is not found there is taken for never stored, so a torn index or a
/// flipped key must not hide it.
enum Soundness {
    /// - Throws: `CacheError.damaged`.
    static func check(_ database: Database, file: String) throws {
        for table in SealedTable.checkedAtOpening {
            try checkPages(of: table, database, file: file)
            // A name that is gone makes a row no less torn.
            let torn = try String.fetchOne(
                database,
                sql: """
                    SELECT coalesce(CAST(\(name(of: table)) AS TEXT), 'without a name') FROM \(table.rawValue)
                    WHERE (\(table.isWhole)) IS NOT TRUE LIMIT 1
                    """)
            if let torn {
                throw CacheError.damaged(
                    file: file, place: "\(words(table)) \(torn)", expected: "what was stored", found: "another row")
            }
            try checkTally(of: table, database, file: file)
        }
    }

    private static func checkPages(of table: SealedTable, _ database: Database, file: String) throws {
        let found = try String.fetchOne(database, sql: "PRAGMA integrity_check(\(table.rawValue))")
        guard found == "ok" else {
            throw CacheError.damaged(
                file: file, place: words(table), expected: "a whole table", found: found ?? "nothing")
        }
    }

    private static func checkTally(of table: SealedTable, _ database: Database, file: String) throws {
        let (kept, found) = (try database.keptTally(of: table), try database.foundTally(of: table))
        guard kept != found else { return }
        let isCount = kept.rows != found.rows
        throw CacheError.damaged(
            file: file, place: "table \(table.rawValue)",
            expected: isCount ? "\(kept.rows) rows" : "the rows that were stored",
            found: isCount ? "\(found.rows)" : "others")
    }

    /// A column that tells people which row.
    private static func name(of table: SealedTable) -> String {
        switch table {
        case .role, .conceptSet, .targetModel, .document, .skippedImage: "name"
        case .layer: "hookPoint"
        case .valueFile, .autoencoderRun: "fileName"
        default: "CAST(id AS TEXT)"
        }
    }

    private static func words(_ table: SealedTable) -> String {
        switch table {
        case .imageSet: "image set"
        case .skippedImage: "skipped image"
        case .conceptSet: "concept set"
        case .targetModel: "target model"
        case .valueFile: "file of values"
        case .autoencoderRun: "autoencoder"
        default: table.rawValue
        }
    }
}
