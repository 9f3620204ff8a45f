import Files
import Foundation

/// An IDX file of bytes, as MNIST and its kin use them: two zero bytes, the element type (8: unsigned bytes), the number
/// of dimensions, each dimension as four big-endian bytes, then the values. Compressed with gzip or plain.
struct IDXFile: Sendable {
    let shape: [Int]
    let bytes: [UInt8]

    /// Reads a file of exactly `dimensions` dimensions. What it claims to hold is checked against its size before memory
    /// is taken, and inflation stops at the claim.
    init(_ url: URL, dimensions: Int) throws(VisionModelsError) {
        let mapped = try readingFiles { () throws(FileError) in try MappedFile(url) }
        do throws(IDXFault) {
            self = try mapped.withBytes { bytes throws(IDXFault) in try IDXFile(bytes, dimensions: dimensions) }
        } catch {
            throw .malformedIDX(file: mapped.path, error)
        }
    }

    private init(_ file: UnsafeRawBufferPointer, dimensions: Int) throws(IDXFault) {
        let headerSize = 4 + 4 * dimensions
        guard Gzip.begins(file) else {
            shape = try Self.shape(file.prefix(headerSize), dimensions: dimensions)
            let size = Self.product(shape)
            guard file.count - headerSize == size else {
                throw .size(claimed: shape, available: file.count - headerSize)
            }
            bytes = Array(file[headerSize...])
            return
        }
        let stream = try Self.inflating { () throws(GzipStream.Fault) in try GzipStream(file) }
        shape = try Self.shape(
            try Self.inflating { () throws(GzipStream.Fault) in try stream.next(headerSize) }, dimensions: dimensions)
        let size = Self.product(shape)
        // Deflate makes at most 1,032 bytes of one.
        guard let size, size / 1032 <= file.count else { throw .size(claimed: shape, available: file.count * 1032) }
        let (content, isWhole) = try Self.inflating { () throws(GzipStream.Fault) in
            (try stream.next(size), try stream.isAtEnd())
        }
        bytes = content
        guard bytes.count == size else { throw .size(claimed: shape, available: bytes.count) }
        guard isWhole else { throw .size(claimed: shape, available: size + 1) }
    }

    private static func inflating<Result>(_ body: () throws(GzipStream.Fault) -> Result) throws(IDXFault) -> Result {
        do { return try body() } catch { throw .compression(code: error.code) }
    }

    private static func shape(
        _ header: some Collection<UInt8>, dimensions: Int
    ) throws(IDXFault) -> [Int] {
        let header = Array(header)
        guard header.count >= 4, header[0] == 0, header[1] == 0, header[2] == 8 else {
            throw .magic(found: Array(header.prefix(4)))
        }
        guard header[3] == dimensions else { throw .dimensions(expected: dimensions, found: Int(header[3])) }
        guard header.count == 4 + 4 * dimensions else { throw .size(claimed: [], available: header.count) }
        return (0..<dimensions).map { dimension in
            header[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// Nil on overflow.
    private static func product(_ sizes: [Int]) -> Int? {
        var product = 1
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            product = next
        }
        return product
    }
}
