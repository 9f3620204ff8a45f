import Cache
import Digests
import Foundation
import Testing

/// What a batch leaves behind when it does not come to its end, and what others see meanwhile.
@Suite struct InterruptionTests {
    let study: TemporaryStudy
    let encoder = Digest("encoder")

    init() throws {
        study = try TemporaryStudy()
        try study.fill()
    }

    @Test("A process killed in the middle of a batch leaves the batches before it")
    func killed() async throws {
        let path = study.folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try StudyStore.open(at: URL(filePath: path))
            let values = [Float](repeating: 9, count: 2000)
            try store.store(imageEmbeddings: values, of: digests(1000, of: "first"), encoder: Digest("encoder"))
            let killing = Array(digests(1000, of: "second").enumerated()).lazy.map { index, digest in
                if index == 900 { kill(getpid(), SIGKILL) }
                return digest
            }
            try store.store(imageEmbeddings: values, of: killing, encoder: Digest("encoder"))
        }
        #expect(try study.files().contains("study.sqlite-wal"), "it did not close")

        let store = try StudyStore.open(at: study.folder)
        #expect(try store.imageEmbeddings(encoder: encoder, of: digests(1000, of: "first")).count == 1000)
        #expect(try store.imageEmbeddings(encoder: encoder, of: digests(1000, of: "second")).isEmpty)
        #expect(try store.findings().map(\.note) == ["kept"])
    }

    @Test("A full disk undoes the batch, keeps the rest and lets smaller things through")
    func fullDisk() throws {
        let store = try StudyStore.open(at: study.folder, options: ConnectionOptions(pageLimit: 60))
        let images = digests(2000)
        #expect(throws: CacheError.diskFull(file: study.database.path)) {
            let values = [Float](repeating: 8, count: 512 * images.count)
            try store.store(imageEmbeddings: values, of: images, encoder: Digest("wide encoder"))
        }
        #expect(try store.imageEmbeddings(encoder: Digest("wide encoder"), of: images).isEmpty)
        #expect(
            try store.imageEmbeddings(encoder: encoder, of: images)
                == [images[0]: [1, 2], images[1]: [3, 4], images[2]: [5, 6]])
        try store.setNote("still writable", ofFinding: 1)
        #expect(try store.findings().map(\.note) == ["still writable"])
    }

    @Test("While one writes, another reads what was there before and does not wait")
    func readingDuringWriting() throws {
        let writing = try StudyStore.open(at: study.folder)
        let reading = try StudyStore.open(at: study.folder, options: ConnectionOptions(busyTimeout: 0))
        let images = digests(10, of: "new")
        var seen: [Int] = []
        func count() throws -> Int { try reading.imageEmbeddings(encoder: encoder, of: images).count }
        try withoutActuallyEscaping({ seen.append((try? count()) ?? -1) }) { look in
            let looking = images.lazy.map { image in
                look()
                return image
            }
            try writing.store(
                imageEmbeddings: [Float](repeating: 7, count: 20), of: looking, encoder: encoder)
        }
        #expect(seen == Array(repeating: 0, count: 10))
        #expect(try count() == 10)
    }

    @Test("A second writer waits its time and then says so")
    func twoWriters() throws {
        let writing = try StudyStore.open(at: study.folder)
        let other = try StudyStore.open(at: study.folder, options: ConnectionOptions(busyTimeout: 0.05))
        let error = CacheError.busy(file: study.database.path, waitedSeconds: 0.05)
        let trying = digests(1, of: "new").lazy.map { image in
            #expect(throws: error) { try other.insert(exampleFinding(note: "refused")) }
            return image
        }
        try writing.store(imageEmbeddings: [7, 7], of: trying, encoder: encoder)
        try other.insert(exampleFinding(note: "afterwards"))
        #expect(try writing.findings().map(\.note) == ["kept", "afterwards"])
    }
}
