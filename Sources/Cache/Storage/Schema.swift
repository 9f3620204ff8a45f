import GRDB

/// A step from one version of a study to the next, in one transaction: a study is at one version or the other, whatever
/// happens to the process or the disk.
package struct Migration: Sendable {
    /// With its number: `1 tallied results`.
    package let name: String
    /// What it changes. Rows that get other columns are sealed and tallied anew (see `Seal`, `Tally`).
    package let change: @Sendable (Database) throws -> Void

    package init(_ name: String, change: @escaping @Sendable (Database) throws -> Void) {
        (self.name, self.change) = (name, change)
    }
}

/// The tables of a study, as migrations. Append; never edit one that was released.
package enum Schema {
    /// `MCLP` in ASCII: marks a SQLite file as a study (`PRAGMA application_id`).
    static let applicationID = 0x4D43_4C50

    /// How a database is created. A page of 16 KB holds seven embeddings of 512 numbers where SQLite's 4 KB holds one:
    /// measured, a file 40 % smaller that is written twice as fast. Without a journal on the disk: what is not whole is thrown
    /// away.
    static var creation: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.addOwnFunctions()
            try database.execute(sql: "PRAGMA page_size = 16384; PRAGMA journal_mode = MEMORY")
        }
        return configuration
    }

    /// From nothing to the newest version, whose number is how many there are.
    package static let migrations = [
        Migration("1 tallied results", change: createStudy),
        // Studies say their version themselves (`file study.sqlite` shows it); those before did not.
        Migration("2 version number") { _ in },
    ]

    /// Applies migrations, each with the version it leads to (`PRAGMA user_version`) in its transaction.
    static func migrator(_ migrations: [Migration]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (place, migration) in migrations.enumerated() {
            migrator.registerMigration(migration.name) { database in
                try migration.change(database)
                try database.execute(sql: "PRAGMA user_version = \(place + 1)")
            }
        }
        return migrator
    }

    /// Brings a study to the newest version.
    static func upgrade(_ writer: any DatabaseWriter, _ migrations: [Migration] = migrations) throws {
        let migrator = migrator(migrations)
        do {
            try migrator.migrate(writer)
        } catch {
            // Another process may have been first, and then ours finds its work done.
            guard try writer.read(migrator.hasCompletedMigrations) else { throw error }
        }
    }

    /// The first migrations of studies from before the first release.
    private static let unreleased: Set = ["1 study", "1 layers", "1 sealed rows", "1 results", "1 tallied rows"]

    /// - Throws: `CacheError.newerSchema` where a migration was applied that this version does not know, `olderSchema`
    ///   where the study is from before the first release.
    static func refuseOthers(
        _ database: Database, file: String, _ migrations: [Migration] = migrations
    ) throws {
        let applied = try migrator(migrations).appliedIdentifiers(database)
        guard applied.isDisjoint(with: unreleased) else { throw CacheError.olderSchema(file: file) }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard applied.isSubset(of: migrations.map(\.name)), version <= migrations.count else {
            throw CacheError.newerSchema(file: file, found: max(version, applied.count), known: migrations.count)
        }
    }

    /// Digests are kept once, in the table of what they name; other tables refer to its small row numbers. JSON is
    /// TEXT, vectors are BLOBs (see `Float32Blob`), and so are the texts that serve as keys: TEXT would end at a NUL. Every
    /// row has a seal (see `Seal`), and every small table a tally (see `Tally`).
    @Sendable private static func createStudy(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        for statements in [images, layers, results, people] { try database.execute(sql: statements) }
    }

    /// Images, what the concept space makes of them and of texts.
    private static let images = """
        CREATE TABLE configuration (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            json TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE image (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE imageSet (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            json TEXT NOT NULL,
            examined INTEGER NOT NULL,
            isComplete INTEGER NOT NULL,
            images INTEGER NOT NULL,
            labels BLOB,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE role (
            name TEXT PRIMARY KEY,
            imageSetID INTEGER NOT NULL REFERENCES imageSet,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE imageSetMember (
            imageSetID INTEGER NOT NULL REFERENCES imageSet,
            position INTEGER NOT NULL,
            imageID INTEGER NOT NULL REFERENCES image,
            name TEXT NOT NULL,
            label INTEGER,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (imageSetID, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE skippedImage (
            imageSetID INTEGER NOT NULL REFERENCES imageSet,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            reason TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (imageSetID, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE fileDigest (
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            digest BLOB NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (device, inode)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE encoder (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            width INTEGER NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE imageEmbedding (
            encoderID INTEGER NOT NULL REFERENCES encoder,
            imageID INTEGER NOT NULL REFERENCES image,
            vector BLOB NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (encoderID, imageID)
        ) STRICT;

        CREATE TABLE conceptEmbedding (
            encoderID INTEGER NOT NULL REFERENCES encoder,
            text BLOB NOT NULL,
            vector BLOB NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (encoderID, text)
        ) STRICT;

        CREATE TABLE conceptSet (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            concepts TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """

    /// Target models, their layers, and the files of values.
    private static let layers = """
        CREATE TABLE targetModel (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            json TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE layer (
            id INTEGER PRIMARY KEY,
            targetModelID INTEGER NOT NULL REFERENCES targetModel,
            hookPoint TEXT NOT NULL,
            pooling TEXT NOT NULL,
            json TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            UNIQUE (targetModelID, hookPoint, pooling)
        ) STRICT;

        CREATE TABLE valueFile (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            fileName TEXT NOT NULL,
            rowCount INTEGER NOT NULL,
            completedRows INTEGER NOT NULL,
            isFinished INTEGER NOT NULL,
            size INTEGER NOT NULL,
            pieces BLOB NOT NULL,
            verified TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        """

    /// What was computed on layers.
    private static let results = """
        CREATE TABLE alignmentRun (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            units INTEGER NOT NULL,
            width INTEGER NOT NULL,
            weights BLOB NOT NULL,
            report TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE autoencoderRun (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            parameters TEXT NOT NULL,
            features INTEGER NOT NULL,
            width INTEGER NOT NULL,
            fileName TEXT NOT NULL,
            report TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE unitLayout (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            points BLOB NOT NULL,
            divergence REAL NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE silhouette (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            json TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE editedRun (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE editedPrediction (
            editedRunID INTEGER NOT NULL REFERENCES editedRun,
            imageID INTEGER NOT NULL REFERENCES image,
            class INTEGER NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (editedRunID, imageID)
        ) STRICT, WITHOUT ROWID;
        """

    /// What users marked and chose.
    private static let people = """
        CREATE TABLE finding (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            finding TEXT NOT NULL,
            note TEXT NOT NULL,
            created REAL NOT NULL,
            deleted REAL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE document (
            name TEXT PRIMARY KEY,
            json TEXT NOT NULL,
            seal INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tally (
            name TEXT PRIMARY KEY,
            "rows" INTEGER NOT NULL,
            seals INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
