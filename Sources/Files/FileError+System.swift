import Foundation

extension FileError {
    /// A file or folder that cannot be read because of what Foundation or the system threw.
    package init(unreadable file: String, because error: any Error) {
        self = .unreadable(file: file, code: Self.code(of: error))
    }

    /// A file or folder that cannot be written because of what Foundation or the system threw.
    package init(unwritable file: String, because error: any Error) {
        self = .unwritable(file: file, code: Self.code(of: error))
    }

    /// What Foundation could not read or write.
    package init(_ error: CocoaError) {
        let file = error.filePath ?? error.url?.path ?? "a file"
        // Its codes of reading end where those of writing begin.
        let isWriting = error.code.rawValue >= CocoaError.fileWriteUnknown.rawValue
        self = isWriting ? Self(unwritable: file, because: error) : Self(unreadable: file, because: error)
    }

    /// The errno behind an error; EIO where there is none.
    private static func code(of error: any Error) -> Int32 {
        switch error {
        case FileError.unreadable(_, let code), FileError.unwritable(_, let code): return code
        case let error as POSIXError: return error.code.rawValue
        case let error as CocoaError:
            if let underlying = error.underlying as? POSIXError { return underlying.code.rawValue }
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
            case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
            case .fileWriteOutOfSpace: return ENOSPC
            case .fileWriteVolumeReadOnly: return EROFS
            case .fileWriteFileExists: return EEXIST
            default: return EIO
            }
        default: return EIO
        }
    }
}
