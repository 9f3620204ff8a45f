import Digests
import Dispatch
import Files
import Foundation
import LinearAlgebra
import Synchronization

/// A safetensors file, or the several files that an index joins, or a PyTorch file, mapped into memory.
package struct Checkpoint: Sendable {
    /// Where a tensor lies.
    private struct Place {
        var shard: Int
        var entry: SafetensorsHeader.Entry
    }

    /// What errors name: the file, or the index of several.
    package let file: String
    /// The texts a writer left in the header; of a file that is one of several, none.
    package let metadata: [String: String]
    private let shards: [MappedFile]
    private let hash: ByteDigest
    private let places: [String: Place]
    /// What stood before every name, and is left out here: `module.`
    let wrapper: String
    /// What a PyTorch file says beside its tensors.
    let settings: PickledSettings?
    /// Which of several sets of weights in a file these are; nil where it has one.
    let choice: String?

    /// Maps a file and checks its header against its size; no tensor is read yet. A file that is named
    /// `….safetensors.index.json` stands for those it lists.
    package init(_ url: URL) throws(VisionModelsError) {
        guard !url.lastPathComponent.hasSuffix(ShardIndex.suffix) else {
            try self.init(ShardIndex(url))
            return
        }
        let (mapped, header, pickled) = try Self.open(url)
        self.init(
            file: mapped.path, metadata: header.metadata, shards: [mapped],
            places: header.entries.mapValues { Place(shard: 0, entry: $0) }, wrapper: pickled?.wrapper ?? "",
            settings: pickled?.settings, choice: pickled?.choice)
    }

    private init(
        file: String, metadata: [String: String], shards: [MappedFile], places: [String: Place], wrapper: String = "",
        settings: PickledSettings? = nil, choice: String? = nil, hash: ByteDigest? = nil
    ) {
        (self.file, self.metadata, self.shards, self.places) = (file, metadata, shards, places)
        self.hash = hash ?? ByteDigest(shards)
        (self.wrapper, self.settings, self.choice) = (wrapper, settings, choice)
    }

    /// The same under names without what trainers put before all of them.
    func unwrapped() -> Checkpoint {
        let wrapper = NameWrapper.common(to: places.keys)
        return Checkpoint(
            file: file, metadata: metadata, shards: shards, places: places.droppingFirst(wrapper.count),
            wrapper: self.wrapper + wrapper, settings: settings, choice: choice, hash: hash)
    }

    /// Maps the files of an index, and holds it to its word: every tensor is in the file it names, and in no other.
    private init(_ index: ShardIndex) throws(VisionModelsError) {
        var shards: [MappedFile] = []
        var places: [String: Place] = [:]
        for name in index.shards {
            let (mapped, header, _) = try Self.open(index.folder.appending(path: name))
            for (tensor, entry) in header.entries {
                guard let expected = index.shard[tensor] else {
                    throw .malformedIndex(file: index.file, .unlisted(tensor: tensor, shard: name))
                }
                guard expected == name else {
                    throw .malformedIndex(file: index.file, .misplaced(tensor: tensor, shards: [expected, name]))
                }
                places[tensor] = Place(shard: shards.count, entry: entry)
            }
            shards.append(mapped)
        }
        if let tensor = index.shard.keys.filter({ places[$0] == nil }).min() {
            throw .malformedIndex(file: index.file, .missing(tensor: tensor, shard: index.shard[tensor]!))
        }
        self.init(file: index.file, metadata: [:], shards: shards, places: places)
    }

    private static func open(
        _ url: URL
    ) throws(VisionModelsError) -> (file: MappedFile, header: SafetensorsHeader, pickled: PickledTensors?) {
        let mapped = try readingFiles { () throws(FileError) in try MappedFile(url) }
        do { return (mapped, try SafetensorsHeader(parsing: mapped.bytes), nil) } catch {
            // PyTorch's own format begins otherwise.
            if url.pathExtension != "safetensors", let found = try? PickledTensors(mapped.bytes) {
                return (mapped, SafetensorsHeader(entries: found.entries), found)
            }
            throw .file(.malformedSafetensors(file: mapped.path, error))
        }
    }

    /// In alphabetical order.
    package var tensorNames: [String] { places.keys.sorted() }

    /// One, or as many as an index lists.
    var shardCount: Int { shards.count }

    /// Nil where there is no such tensor.
    package func shape(of name: String) -> [Int]? { places[name]?.entry.shape }

    /// Nil where there is no such tensor.
    package func elementType(of name: String) -> ElementType? { places[name]?.entry.type }

    /// Of all bytes of the file or files. The first time reads them all: half a second for a gigabyte.
    package func digest() -> Digest { hash.value }

    /// Begins to work out the digest beside what else is done with the tensors.
    func beginDigest() { DispatchQueue.global().async { [hash] in _ = hash.value } }

    /// The tensor `name` as float32: in place for F32, converted for F64, F16 and BF16.
    ///
    /// - Parameters:
    ///   - shape: what the whole tensor must be; nil accepts any.
    ///   - rows: only these of its first dimension.
    /// - Precondition: `rows` lie in `shape`.
    package func tensor(
        _ name: String, shape: [Int]? = nil, rows: Range<Int>? = nil
    ) throws(VisionModelsError) -> Tensor {
        let place = try place(of: name, shape: shape)
        let (owner, entry) = (shards[place.shard], place.entry)
        var (range, shape) = (entry.range, entry.shape)
        if let rows {
            precondition(rows.lowerBound >= 0 && rows.upperBound <= shape[0], "rows \(rows) of a tensor \(shape)")
            let stride = shape.dropFirst().reduce(entry.type.size, *)
            range = range.lowerBound + rows.lowerBound * stride..<range.lowerBound + rows.upperBound * stride
            shape[0] = rows.count
        }
        if let packed = entry.packed(owner.bytes) {
            let start = range.lowerBound - entry.range.lowerBound
            return try packed.withUnsafeBytes { bytes in
                let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + shape.reduce(entry.type.size, *)])
                return Result { () throws(VisionModelsError) in
                    try converted(part, entry.type, shape, name, owner: owner, isMapped: false)
                }
            }.get()
        }
        let bytes = UnsafeRawBufferPointer(rebasing: owner.bytes[range])
        return try converted(bytes, entry.type, shape, name, owner: owner, isMapped: true)
    }

    private func converted(
        _ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ shape: [Int], _ name: String, owner: MappedFile,
        isMapped: Bool
    ) throws(VisionModelsError) -> Tensor {
        switch type {
        case .float32:
            // Whoever wrote the file need not have aligned it.
            guard isMapped, let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
            else {
                return Tensor(shape, from: bytes) { (bits: UInt32) in Float(bitPattern: bits) }
            }
            return Tensor(shape, borrowing: base.assumingMemoryBound(to: Float.self), owner: owner)
        case .float64: return Tensor(shape, from: bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float16: return Tensor(shape, from: bytes) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
        case .bfloat16:
            return Tensor(shape, from: bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        default:
            throw .wrongElementType(
                file: owner.path, tensor: name, expected: [.float32, .float16, .bfloat16, .float64],
                found: type)
        }
    }

    /// The tensor `name` as whole numbers: I64, I32 or U8.
    package func integers(_ name: String, shape: [Int]? = nil) throws(VisionModelsError) -> [Int] {
        let place = try place(of: name, shape: shape)
        let file = shards[place.shard].bytes
        guard let packed = place.entry.packed(file) else {
            return try integers(UnsafeRawBufferPointer(rebasing: file[place.entry.range]), name, place)
        }
        return try packed.withUnsafeBytes { bytes in
            Result { () throws(VisionModelsError) in try integers(bytes, name, place) }
        }.get()
    }

    private func integers(
        _ bytes: UnsafeRawBufferPointer, _ name: String, _ place: Place
    ) throws(VisionModelsError) -> [Int] {
        switch place.entry.type {
        case .int64: return bytes.elements { (bits: UInt64) in Int(Int64(bitPattern: bits)) }
        case .int32: return bytes.elements { (bits: UInt32) in Int(Int32(bitPattern: bits)) }
        case .uint8: return bytes.elements { (bits: UInt8) in Int(bits) }
        default:
            throw .wrongElementType(
                file: shards[place.shard].path, tensor: name, expected: [.int64, .int32, .uint8],
                found: place.entry.type)
        }
    }

    private func place(of name: String, shape: [Int]?) throws(VisionModelsError) -> Place {
        guard let place = places[name] else {
            throw .missingTensor(file: file, tensor: name, expected: shape ?? [])
        }
        if let shape, shape != place.entry.shape {
            throw .misshapenTensor(
                file: shards[place.shard].path, tensor: name, expected: shape, found: place.entry.shape)
        }
        return place
    }
}

extension Tensor {
    /// Little-endian elements of any alignment, each turned into a float.
    fileprivate init<Bits: FixedWidthInteger>(
        _ shape: [Int], from bytes: UnsafeRawBufferPointer, _ convert: (Bits) -> Float
    ) {
        self.init(shape) { target in
            for index in target.indices {
                let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
                target[index] = convert(Bits(littleEndian: bits))
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func elements<Bits: FixedWidthInteger>(_ convert: (Bits) -> Int) -> [Int] {
        stride(from: 0, to: count, by: MemoryLayout<Bits>.size).map {
            convert(Bits(littleEndian: loadUnaligned(fromByteOffset: $0, as: Bits.self)))
        }
    }
}

/// The digest of all bytes of some files, worked out once.
private final class ByteDigest: Sendable {
    private let files: [MappedFile]
    private let made = Mutex<Digest?>(nil)

    init(_ files: [MappedFile]) { self.files = files }

    var value: Digest {
        made.withLock { made in
            if let made { return made }
            let digest =
                files.count == 1
                ? Digest(of: files[0].bytes) : Digest(combining: files.map { Digest(of: $0.bytes).description })
            made = digest
            return digest
        }
    }
}
