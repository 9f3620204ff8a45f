import CImageCodecs
import Digests
import Files
import Foundation
import Synchronization

extension RawImage {
    /// The most pixels a picture may have: 2^27, as 11,585 x 11,585 has; a photograph of 108 million is below it. Decoding
    /// takes up to nine bytes for each (1.2 GB; a plain JPEG of 12,000 x 9,000 pixels three, 324 MB, and as many again to turn
    /// it), and no more than a few kilobytes for each byte of the file, but for pictures that may truly be that small: one
    /// colour in WebP, PNG or TIFF.
    package static let mostPixels = 1 << 27

    /// Pictures of more pixels are decoded one at a time, whatever the number of cores.
    private static let manyPixels = 1 << 24
    private static let large = Mutex<Void>(())

    /// Decodes a picture, turned upright as its EXIF says.
    package init(contentsOf url: URL) throws(VisionModelsError) {
        try self.init(contentsOf: readingFiles { () throws(FileError) in try MappedFile(url) })
    }

    /// Nil where the file's bytes have another digest.
    package init?(_ url: URL, ofDigest digest: Digest) throws(VisionModelsError) {
        let file = try readingFiles { () throws(FileError) in try MappedFile(url) }
        guard file.withBytes({ Digest(of: $0) }) == digest else { return nil }
        try self.init(contentsOf: file)
    }

    init(contentsOf file: MappedFile) throws(VisionModelsError) {
        do throws(ImageFault) {
            self = try file.withBytes { bytes throws(ImageFault) in try RawImage(decoding: bytes) }
        } catch {
            throw .malformedImage(file: file.path, error)
        }
    }

    /// Decodes a file of any of the formats that are read, turned upright as its EXIF says: one channel where the file is
    /// grey, else RGB. Of an animation, the first frame; of several pages, the first.
    ///
    /// Pixels are those of Pillow's `convert("RGB")`: alpha is dropped, not blended; sixteen-bit colours keep their upper
    /// half, while sixteen-bit greys above 255 are white.
    /// What the header claims is checked before memory is taken.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(ImageFault) {
        guard let format = ImageFormat(bytes) else { throw .format(ForeignFile(bytes)) }
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var header = ImageHeader()
        try Self.checked(format) { format.readHeader(start, bytes.count, &header, $0) }
        let (height, width) = (Int(header.height), Int(header.width))
        guard height > 0, width > 0, height <= Self.mostPixels / width else {
            throw .size(height: height, width: width, mostPixels: Self.mostPixels)
        }
        func decoded() throws(ImageFault) -> RawImage {
            let shape = ImageShape(channels: Int(header.channels), height: height, width: width)
            // Swift ends the program where memory is refused, so large pieces are asked for first.
            guard Self.canAllocate(shape.count) else { throw .memory(height: height, width: width) }
            var pixels = [UInt8](repeating: 0, count: shape.count)
            try pixels.withUnsafeMutableBufferPointer { target throws(ImageFault) in
                let pixels = target.baseAddress
                try Self.checked(format) { format.decode(start, bytes.count, header, pixels, $0) }
            }
            return RawImage(shape: shape, bytes: pixels).upright(from: Int(header.orientation))
        }
        if height * width > Self.manyPixels {
            self = try Self.large.withLock { _ throws(ImageFault) in try decoded() }
        } else {
            self = try decoded()
        }
    }

    /// Whether the system would give so many bytes now.
    private static func canAllocate(_ count: Int) -> Bool {
        guard count > 1 << 24 else { return true }
        // Not malloc: an allocation that nobody uses is optimised away.
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
            return false
        }
        return munmap(memory, count) == 0
    }

    private static func checked(
        _ format: ImageFormat, _ decode: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws(ImageFault) {
        var words: String?
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IMAGE_MESSAGE_SIZE)) { message in
            message.initialize(repeating: 0)
            if decode(message.baseAddress!) != 0 { words = String(cString: message.baseAddress!) }
        }
        if let words { throw .damaged(format: format.rawValue, words) }
    }

    /// The picture as it was seen: EXIF's orientations 1 to 8 name the sides where the stored rows and columns begin.
    func upright(from orientation: Int) -> RawImage {
        guard (2...8).contains(orientation) else { return self }
        let (height, width, channels) = (shape.height, shape.width, shape.channels)
        let isTransposed = orientation >= 5
        let mirrorsColumns = [2, 3, 7, 8].contains(orientation)
        let mirrorsRows = [3, 4, 6, 7].contains(orientation)
        let target = ImageShape(
            channels: channels, height: isTransposed ? width : height, width: isTransposed ? height : width)
        var turned = [UInt8](repeating: 0, count: bytes.count)
        var place = 0
        for y in 0..<target.height {
            for x in 0..<target.width {
                var (row, column) = isTransposed ? (x, y) : (y, x)
                if mirrorsRows { row = height - 1 - row }
                if mirrorsColumns { column = width - 1 - column }
                for channel in 0..<channels {
                    turned[place + channel] = bytes[(row * width + column) * channels + channel]
                }
                place += channels
            }
        }
        return RawImage(shape: target, bytes: turned)
    }
}
