/// What can go wrong with a study on disk, as data; the executable puts it into words.
///
/// `file` is always the path of the study's database (`:memory:` for one in memory), or of the folder at fault.
package enum CacheError: Error, Sendable, Hashable {
    /// There is no study here.
    case missing(file: String)
    /// A study stands where a new one was to be created.
    case alreadyExists(file: String)
    /// The file is not a database of ours; nothing in it was touched.
    case notAStudy(file: String)
    /// The file is a study, but part of it is not what it was when written.
    /// - Parameter place: where, as in `finding 3` or `database`.
    case damaged(file: String, place: String, expected: String, found: String)
    /// A newer version of the program made or upgraded the study; nothing in it was touched.
    /// - Parameters:
    ///   - found: the study's version.
    ///   - known: the newest version that this program knows.
    case newerSchema(file: String, found: Int, known: Int)
    /// The study is from before the first release, in a form that is not read any more; nothing in it was touched.
    case olderSchema(file: String)
    /// Writing was asked for where only reading is allowed.
    case readOnly(file: String)
    /// The study cannot even be read before it is written to (an interrupted journal to recover, or an older schema to
    /// upgrade), and only reading is allowed.
    case needsWriting(file: String)
    /// The disk is full; the transaction left no trace.
    case diskFull(file: String)
    /// The disk takes no more for another reason; the transaction left no trace.
    case diskFails(file: String)
    /// Another process kept writing for longer than we wait.
    case busy(file: String, waitedSeconds: Double)
    /// The record that others were to be attached to is not in the study.
    /// - Parameters:
    ///   - kind: as in `alignment run`.
    ///   - key: its digest or number.
    case missingRecord(file: String, kind: String, key: String)
    /// Anything else that SQLite or the file system reports, with SQLite's extended result code where there is one.
    case failed(file: String, code: Int?, message: String)
}
