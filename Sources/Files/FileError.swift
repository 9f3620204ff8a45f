/// What can be wrong with a file whoever reads or writes it, as data: the file, the place in it, what was expected and
/// what was found. The executable turns it into words.
package enum FileError: Error, Sendable, Hashable {
    /// A file cannot be opened, mapped or read; `code` is errno.
    case unreadable(file: String, code: Int32)
    /// A file cannot be created, filled or renamed; `code` is errno (ENOSPC: the disk is full; EROFS, EACCES: read-only).
    case unwritable(file: String, code: Int32)
    /// Another process is writing this file.
    case beingWritten(file: String)
    /// Not JSON, or not the JSON that is read here: what was expected and where.
    case malformedJSON(file: String, line: Int, byte: Int, path: String, expected: String)
    /// A safetensors file whose header does not describe its bytes.
    case malformedSafetensors(file: String, SafetensorsFault)
    /// A gzip file whose data is damaged; `code` is zlib's.
    case damagedCompression(file: String, code: Int32)
    /// A list that people write (concepts, classes, images, …) that cannot be followed; lines are counted from 1, and 0
    /// is the file as a whole.
    case malformedList(file: String, line: Int, ListFault)
    /// An array of a file, or the file itself, that is not what is read here, in words.
    case malformedArray(file: String, array: String, expected: String, found: String)
    /// A tar archive that is damaged or holds what is not read; bytes are counted from 0, and the member is empty where it is
    /// the archive itself.
    case malformedTar(file: String, byte: Int, member: String, expected: String, found: String)
    /// A tar archive that is compressed, so that nothing can be read in place.
    case compressedTar(file: String, CompressedTar)
    /// A file of WordNet's that does not hold there what its index says; bytes are counted from 0.
    case damagedDatabase(file: String, byte: Int, expected: String)
}

/// How a safetensors file contradicts itself. Positions and sizes are bytes.
package enum SafetensorsFault: Error, Sendable, Hashable {
    /// Shorter than the eight bytes of the header's length.
    case noHeader(fileSize: Int)
    /// The header claims to be longer than the file (or than any header may be).
    case headerLength(claimed: UInt64, available: Int)
    case headerSyntax(line: Int, byte: Int, path: String, expected: String)
    /// An entry that is not `{"dtype", "shape", "data_offsets"}`.
    case entry(tensor: String, expected: String)
    case unknownElementType(tensor: String, found: String)
    /// A tensor's offsets do not start where the one before ends, run backwards, or leave the file.
    case offsets(tensor: String, expectedStart: Int, found: [Int], dataSize: Int)
    /// Offsets and shape disagree.
    case byteCount(tensor: String, expected: Int, found: Int)
    /// The file goes on after the last tensor, or ends before it.
    case dataSize(expected: Int, found: Int)
}

/// Why a list that people write cannot be followed.
package enum ListFault: Error, Sendable, Hashable {
    /// UTF-16 or UTF-32 without a byte-order mark, or any other encoding than UTF-8.
    case encoding
    /// UTF-32, which is not read.
    case utf32
    /// Neither text nor a list: a file of another kind.
    case binary
    /// Nothing but blank lines and comments.
    case empty
    /// JSON that is no list of texts.
    case json(expected: String)
    /// A line that is not what this list holds.
    case line(expected: String, found: String)
}
