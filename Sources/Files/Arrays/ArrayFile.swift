import Foundation
import LinearAlgebra

/// A file of arrays: safetensors, NumPy's .npy (one array, by the file's name) or .npz (stored or deflated). Arrays are mapped,
/// or unpacked as they are read; nothing is held of what is not asked for.
package struct ArrayFile: Sendable {
    package let path: String
    package private(set) var arrays: [String: StoredArray] = [:]
    /// Of safetensors.
    package private(set) var metadata: [String: String] = [:]

    package init(_ url: URL) throws(FileError) {
        let file = try MappedFile(url)
        path = file.path
        let bytes = file.bytes
        func fault(_ array: String, _ expected: String, _ found: String) -> FileError {
            .malformedArray(file: file.path, array: array, expected: expected, found: found)
        }
        if NPYHeader.begins(Array(bytes.prefix(6))) {
            let name = url.deletingPathExtension().lastPathComponent
            arrays[name] = try StoredArray(npy: name, in: file, .init(range: 0..<bytes.count))
        } else if ZipArchive.begins(bytes) {
            try read(npz: file)
        } else {
            let header: SafetensorsHeader
            do { header = try SafetensorsHeader(parsing: bytes) } catch {
                guard url.pathExtension.lowercased() == "safetensors" else {
                    throw fault("", "safetensors, .npy or .npz", "a file of another kind")
                }
                throw .malformedSafetensors(file: file.path, error)
            }
            metadata = header.metadata
            for (name, entry) in header.entries {
                arrays[name] = StoredArray(
                    name: name, shape: entry.shape, element: .number(entry.type), file: file,
                    place: .init(range: entry.range), offset: 0)
            }
        }
    }
}

extension ArrayFile {
    private mutating func read(npz file: MappedFile) throws(FileError) {
        func fault(_ array: String, _ expected: String, _ found: String) -> FileError {
            .malformedArray(file: file.path, array: array, expected: expected, found: found)
        }
        func worded<Result>(_ body: () throws(ZipArchive.Fault) -> Result) throws(FileError) -> Result {
            do { return try body() } catch {
                let (place, expected, found) = error.words
                throw fault(place, expected, found)
            }
        }
        let entries = try worded { () throws(ZipArchive.Fault) in try ZipArchive(file.bytes).entries }
        var places: [StoredArray.Place] = []
        for entry in entries {
            guard entry.method == 0 || entry.method == 8 else {
                throw fault(entry.name, "stored or deflated", "compression method \(entry.method)")
            }
            let range = try worded { () throws(ZipArchive.Fault) in try ZipArchive.range(of: entry, in: file.bytes) }
            places.append(StoredArray.Place(entry, range))
        }
        for (entry, place) in zip(entries, places) {
            guard entry.name.hasSuffix(".npy") else {
                throw fault(entry.name, "arrays alone (name.npy), as numpy.savez writes them", "another file")
            }
            let name = String(entry.name.dropLast(4))
            arrays[name] = try StoredArray(npy: name, in: file, place)
        }
    }
}

extension ZipArchive.Fault {
    fileprivate var words: (place: String, expected: String, found: String) {
        switch self {
        case .list, .number, .file: ("archive", "the list of its files at its end", "none that holds")
        case .cut(let name, let expected, let found): (name, "\(expected) bytes", "\(found)")
        }
    }
}

/// An array in a file.
package struct StoredArray: Sendable {
    package let name: String
    package let shape: [Int]
    let element: NPYHeader.Element
    let file: MappedFile
    let place: Place
    /// Bytes of its own head.
    let offset: Int

    /// Where its bytes lie.
    struct Place: Sendable {
        var range: Range<Int>
        var isDeflated = false
        var checksum: UInt32?
        /// Bytes once unpacked.
        var size: Int

        init(range: Range<Int>) { (self.range, size) = (range, range.count) }

        init(_ entry: ZipArchive.Entry, _ range: Range<Int>) {
            (self.range, size, isDeflated, checksum) = (range, entry.size, entry.method == 8, entry.checksum)
        }
    }

    package var path: String { file.path }
    /// Items of the first dimension.
    package var count: Int { shape.first ?? 1 }
    /// Elements of one item.
    package var itemSize: Int { shape.dropFirst().reduce(1, *) }

    init(name: String, shape: [Int], element: NPYHeader.Element, file: MappedFile, place: Place, offset: Int) {
        (self.name, self.shape, self.element) = (name, shape, element)
        (self.file, self.place, self.offset) = (file, place, offset)
    }

    init(npy name: String, in file: MappedFile, _ place: Place) throws(FileError) {
        func fault(_ expected: String, _ found: String) -> FileError {
            .malformedArray(file: file.path, array: name, expected: expected, found: found)
        }
        let header: NPYHeader
        let reader = try ByteReader(file, place, array: name)
        do {
            var head = try reader.next(NPYHeader.prefix)
            let length = try NPYHeader.length(head)
            if length > head.count { head += try reader.next(length - head.count) }
            header = try NPYHeader(head)
        } catch let error as NPYHeader.Fault {
            throw fault(error.expected, error.found)
        } catch let error as FileError {
            throw error
        } catch { throw fault(".npy", "other bytes") }
        let expected = header.length + header.shape.reduce(header.element.size, *)
        guard expected == place.size else {
            throw fault("\(expected) bytes for shape \(header.shape)", "\(place.size)")
        }
        self.init(
            name: name, shape: header.shape, element: header.element, file: file, place: place, offset: header.length)
    }

    /// What is wrong with it.
    package func fault(_ expected: String, _ found: String) -> FileError {
        .malformedArray(file: path, array: name, expected: expected, found: found)
    }
}
