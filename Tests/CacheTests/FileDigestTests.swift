import Cache
import Digests
import Foundation
import Testing

@Suite struct FileDigestTests {
    @Test("Digests of files come back for the same state of a file, and one state of each is kept")
    func kept() throws {
        let study = try TemporaryStudy()
        let store = try StudyStore.create(at: study.folder, configuration: exampleConfiguration)
        #expect(try store.fileDigests().isEmpty)
        let old = FileStamp(device: 1, inode: 2, size: 3, modified: 4, changed: 5)
        let other = FileStamp(device: 1, inode: -1, size: 3, modified: 4, changed: 5)
        try store.keep(fileDigests: [old: Digest("a"), other: Digest("b")])
        #expect(try store.fileDigests() == [old: Digest("a"), other: Digest("b")])
        let new = FileStamp(device: 1, inode: 2, size: 3, modified: 4, changed: 6)
        try store.keep(fileDigests: [new: Digest("c")])
        #expect(try store.fileDigests() == [new: Digest("c"), other: Digest("b")])
    }
}
