import Files

extension VisionModelsError {
    /// A file that cannot be opened; `code` is errno.
    package static func unreadable(file: String, code: Int32) -> VisionModelsError {
        .file(.unreadable(file: file, code: code))
    }
}

/// What `body` gives; what is wrong with a file becomes an error of this layer.
func readingFiles<Result>(_ body: () throws(FileError) -> Result) throws(VisionModelsError) -> Result {
    do { return try body() } catch { throw .file(error) }
}
