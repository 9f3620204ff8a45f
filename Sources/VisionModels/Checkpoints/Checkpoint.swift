import Digests
import Foundation
import LinearAlgebra

/// A safetensors file, mapped into memory.
public struct Checkpoint: Sendable {
    private let mapped: MappedFile
    private let header: SafetensorsHeader

    /// Maps a file and checks its header against its size; no tensor is read yet.
    public init(_ url: URL) throws(VisionModelsError) {
        mapped = try MappedFile(url)
        do { header = try SafetensorsHeader(parsing: mapped.bytes) } catch {
            throw .malformedCheckpoint(file: mapped.path, error)
        }
    }

    public var file: String { mapped.path }

    /// In alphabetical order.
    public var tensorNames: [String] { header.entries.keys.sorted() }

    /// The texts a writer left in the header.
    public var metadata: [String: String] { header.metadata }

    /// Nil where there is no such tensor.
    public func shape(of name: String) -> [Int]? { header.entries[name]?.shape }

    /// Of all bytes of the file. Reads them all: half a second for a gigabyte.
    public func digest() -> Digest { Digest(of: mapped.bytes) }

    /// The tensor `name` as float32: in place for F32, converted for F64, F16 and BF16.
    ///
    /// - Parameter shape: what it must be; nil accepts any.
    public func tensor(_ name: String, shape: [Int]? = nil) throws(VisionModelsError) -> Tensor {
        let entry = try entry(name, shape: shape)
        let bytes = UnsafeRawBufferPointer(rebasing: mapped.bytes[entry.range])
        switch entry.type {
        case .float32:
            // Whoever wrote the file need not have aligned it.
            guard let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 else {
                return Tensor(entry.shape, from: bytes) { (bits: UInt32) in Float(bitPattern: bits) }
            }
            return Tensor(entry.shape, borrowing: base.assumingMemoryBound(to: Float.self), owner: mapped)
        case .float64: return Tensor(entry.shape, from: bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .float16: return Tensor(entry.shape, from: bytes) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
        case .bfloat16:
            return Tensor(entry.shape, from: bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        default:
            throw .wrongElementType(
                file: file, tensor: name, expected: [.float32, .float16, .bfloat16, .float64], found: entry.type)
        }
    }

    /// The tensor `name` as whole numbers: I64, I32 or U8.
    public func integers(_ name: String, shape: [Int]? = nil) throws(VisionModelsError) -> [Int] {
        let entry = try entry(name, shape: shape)
        let bytes = UnsafeRawBufferPointer(rebasing: mapped.bytes[entry.range])
        switch entry.type {
        case .int64: return bytes.elements { (bits: UInt64) in Int(Int64(bitPattern: bits)) }
        case .int32: return bytes.elements { (bits: UInt32) in Int(Int32(bitPattern: bits)) }
        case .uint8: return bytes.elements { (bits: UInt8) in Int(bits) }
        default:
            throw .wrongElementType(
                file: file, tensor: name, expected: [.int64, .int32, .uint8], found: entry.type)
        }
    }

    private func entry(_ name: String, shape: [Int]?) throws(VisionModelsError) -> SafetensorsHeader.Entry {
        guard let entry = header.entries[name] else {
            throw .missingTensor(file: file, tensor: name, expected: shape ?? [])
        }
        if let shape, shape != entry.shape {
            throw .misshapenTensor(file: file, tensor: name, expected: shape, found: entry.shape)
        }
        return entry
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
