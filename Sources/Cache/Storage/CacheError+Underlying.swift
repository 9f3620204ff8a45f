import Foundation
import GRDB
import GRDBSQLite

extension CacheError {
    /// Translates what GRDB, SQLite and the file system throw.
    ///
    /// - Parameters:
    ///   - error: a `CacheError` passes unchanged.
    ///   - file: the database at fault.
    ///   - busyTimeout: how long a locked database was waited for, in seconds.
    init(_ error: any Error, file: String, busyTimeout: Double) {
        switch error {
        case let error as CacheError: self = error
        case let error as DatabaseError: self.init(error, file: file, busyTimeout: busyTimeout)
        case let error as TornRow:
            self = .damaged(file: file, place: error.place, expected: "what was stored", found: "another row")
        case let error as RowDecodingError:
            self = .damaged(file: file, place: "a row", expected: "values of their kinds", found: "\(error)")
        case let error as CocoaError: self.init(error, file: file)
        case let error as POSIXError where error.code == .ENOSPC: self = .diskFull(file: file)
        case let error as POSIXError:
            self = .failed(file: file, code: nil, message: String(cString: strerror(error.code.rawValue)))
        default: self = .failed(file: file, code: nil, message: String(describing: error))
        }
    }

    private init(_ error: DatabaseError, file: String, busyTimeout: Double) {
        // The connection's own words are of another error where the one at hand was never its own.
        let own = error.message.flatMap { $0 == "not an error" ? nil : $0 }
        let message = own ?? String(cString: sqlite3_errstr(error.extendedResultCode.rawValue))
        switch error.resultCode {
        case .SQLITE_NOTADB: self = .notAStudy(file: file)
        case .SQLITE_CORRUPT:
            self = .damaged(file: file, place: "database", expected: "a whole SQLite file", found: message)
        case .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT:
            // Our statements are right, so the tables are not.
            self = .damaged(file: file, place: "database", expected: "the tables of a study", found: message)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(file: file)
        case _ where error.extendedResultCode == .SQLITE_IOERR_WRITE: self = .diskFails(file: file)
        case _ where error.meansFullDisk: self = .diskFull(file: file)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(file: file, waitedSeconds: busyTimeout)
        default: self = .failed(file: file, code: Int(error.extendedResultCode.rawValue), message: message)
        }
    }

    private init(_ error: CocoaError, file: String) {
        switch error.code {
        case .fileWriteFileExists: self = .alreadyExists(file: file)
        case .fileWriteNoPermission, .fileWriteVolumeReadOnly: self = .readOnly(file: file)
        case .fileWriteOutOfSpace: self = .diskFull(file: file)
        case .fileReadNoPermission: self = .failed(file: file, code: nil, message: String(cString: strerror(EACCES)))
        default:
            // The system's own words say more than Foundation's number.
            guard let underlying = error.underlying as? POSIXError else {
                self = .failed(file: file, code: nil, message: error.localizedDescription)
                return
            }
            self.init(underlying, file: file, busyTimeout: 0)
        }
    }
}

extension POSIXError {
    /// Of the system's last call, which failed.
    static var last: Self { Self(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
