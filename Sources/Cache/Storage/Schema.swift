import GRDB

/// The tables of a study, as migrations. Append; never edit one that was released.
enum Schema {
    /// `MCLP` in ASCII: marks a SQLite file as a study (`PRAGMA application_id`).
    static let applicationID = 0x4D43_4C50

    /// How a database is created. A page of 16 KB holds seven embeddings of 512 numbers where SQLite's 4 KB holds one:
    /// measured, a file 40 % smaller that is written twice as fast.
    static var creation: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 16384") }
        return configuration
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 study", migrate: createStudy)
        migrator.registerMigration("2 autoencoders", migrate: createAutoencoders)
        migrator.registerMigration("3 unit maps", migrate: createUnitMaps)
        migrator.registerMigration("4 edited predictions", migrate: createEditedPredictions)
        migrator.registerMigration("5 skipped images", migrate: addSkippedImages)
        migrator.registerMigration("6 file digests", migrate: createFileDigests)
        // Answers of single images took its place.
        migrator.registerMigration("7 no outcomes") { try $0.execute(sql: "DROP TABLE interventionOutcome") }
        return migrator
    }

    /// - Throws: `CacheError.newerSchema` where a migration was applied that this version does not know.
    static func refuseNewer(_ database: Database, file: String) throws {
        let known = migrator.migrations
        let unknown = try migrator.appliedIdentifiers(database).subtracting(known)
        guard unknown.isEmpty else { throw CacheError.newerSchema(file: file, found: unknown.sorted(), known: known) }
    }

    /// Digests are kept once, in the table of what they name; other tables refer to its small row numbers. JSON is
    /// TEXT, vectors are BLOBs (see `Float32Blob`), and so are the texts that serve as keys: TEXT would end at a NUL.
    private static func createStudy(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA application_id = \(applicationID);

                CREATE TABLE configuration (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    json TEXT NOT NULL
                ) STRICT;

                CREATE TABLE image (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE
                ) STRICT;

                CREATE TABLE imageSet (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE
                ) STRICT;

                CREATE TABLE imageSetMember (
                    imageSetID INTEGER NOT NULL REFERENCES imageSet,
                    position INTEGER NOT NULL,
                    imageID INTEGER NOT NULL REFERENCES image,
                    name TEXT NOT NULL,
                    label INTEGER,
                    PRIMARY KEY (imageSetID, position)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE encoder (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    width INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE imageEmbedding (
                    encoderID INTEGER NOT NULL REFERENCES encoder,
                    imageID INTEGER NOT NULL REFERENCES image,
                    vector BLOB NOT NULL,
                    PRIMARY KEY (encoderID, imageID)
                ) STRICT;

                CREATE TABLE conceptEmbedding (
                    encoderID INTEGER NOT NULL REFERENCES encoder,
                    text BLOB NOT NULL,
                    vector BLOB NOT NULL,
                    PRIMARY KEY (encoderID, text)
                ) STRICT;

                CREATE TABLE activationSet (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    fileName TEXT NOT NULL,
                    rowCount INTEGER NOT NULL,
                    width INTEGER NOT NULL,
                    tokens INTEGER NOT NULL,
                    completedRows INTEGER NOT NULL,
                    isFinished INTEGER NOT NULL,
                    created REAL NOT NULL
                ) STRICT;

                CREATE TABLE alignmentRun (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    parameters TEXT NOT NULL,
                    units INTEGER NOT NULL,
                    width INTEGER NOT NULL,
                    weights BLOB NOT NULL,
                    report TEXT NOT NULL,
                    created REAL NOT NULL
                ) STRICT;

                CREATE TABLE unitEmbedding (
                    alignmentRunID INTEGER NOT NULL REFERENCES alignmentRun,
                    unit INTEGER NOT NULL,
                    vector BLOB NOT NULL,
                    PRIMARY KEY (alignmentRunID, unit)
                ) STRICT;

                CREATE TABLE interventionOutcome (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    intervention TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    images INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE finding (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    subject TEXT NOT NULL,
                    note TEXT NOT NULL,
                    created REAL NOT NULL
                ) STRICT;

                CREATE TABLE session (
                    name TEXT PRIMARY KEY,
                    json TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                """)
    }

    private static func createAutoencoders(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE autoencoderRun (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    parameters TEXT NOT NULL,
                    features INTEGER NOT NULL,
                    width INTEGER NOT NULL,
                    fileName TEXT NOT NULL,
                    report TEXT NOT NULL,
                    created REAL NOT NULL
                ) STRICT;
                """)
    }

    /// Layouts of units on a plane, and silhouettes: both small, both seconds to minutes of work on a large layer.
    private static func createUnitMaps(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE unitLayout (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    points BLOB NOT NULL,
                    divergence REAL NOT NULL,
                    created REAL NOT NULL
                ) STRICT;

                CREATE TABLE silhouette (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    json TEXT NOT NULL
                ) STRICT;
                """)
    }

    /// What the model predicts of single images under interventions, so that a count that was stopped goes on, and sets
    /// of images that share some share their answers.
    private static func createEditedPredictions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE editedRun (
                    id INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL UNIQUE,
                    steering TEXT NOT NULL
                ) STRICT;

                CREATE TABLE editedPrediction (
                    editedRunID INTEGER NOT NULL REFERENCES editedRun,
                    imageID INTEGER NOT NULL REFERENCES image,
                    class INTEGER NOT NULL,
                    PRIMARY KEY (editedRunID, imageID)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// Images that could not be read, and how far a set's reading has come. Earlier sets were recorded whole.
    private static func addSkippedImages(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE imageSet ADD COLUMN examined INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE imageSet ADD COLUMN isComplete INTEGER NOT NULL DEFAULT 1;

                CREATE TABLE skippedImage (
                    imageSetID INTEGER NOT NULL REFERENCES imageSet,
                    position INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    PRIMARY KEY (imageSetID, position)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// Digests of image files, so that opening a study does not read all of them again.
    private static func createFileDigests(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE fileDigest (
                    device INTEGER NOT NULL,
                    inode INTEGER NOT NULL,
                    size INTEGER NOT NULL,
                    modified INTEGER NOT NULL,
                    changed INTEGER NOT NULL,
                    digest BLOB NOT NULL,
                    PRIMARY KEY (device, inode)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}
