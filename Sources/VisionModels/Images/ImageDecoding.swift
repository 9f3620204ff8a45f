import CImageCodecs
import Files
import Foundation

/// The picture formats that are read, told apart by their first bytes.
enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"

    /// Endings of file names, in lower case, by which a folder's images are found.
    static let fileExtensions: Set<String> = ["jpg", "jpeg", "jpe", "png", "webp"]

    init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }
}

extension RawImage {
    /// The most pixels a picture may have: 2^26, as 8192 x 8192 has. Decoding takes up to nine bytes for each, and no more
    /// than a few kilobytes for each byte of the file, but for pictures that may truly be that small: one colour in WebP.
    public static let mostPixels = 1 << 26

    /// Decodes a JPEG, PNG or WebP file, turned upright as its EXIF says.
    public init(contentsOf url: URL) throws(VisionModelsError) {
        let file = try readingFiles { () throws(FileError) in try MappedFile(url) }
        do throws(ImageFault) {
            self = try file.withBytes { bytes throws(ImageFault) in try RawImage(decoding: bytes) }
        } catch {
            throw .malformedImage(file: file.path, error)
        }
    }

    /// Decodes a JPEG, PNG or WebP file, turned upright as its EXIF says: one channel where the file is grey, else RGB.
    ///
    /// Pixels are those of Pillow's `convert("RGB")`: alpha is dropped, not blended; sixteen-bit colours keep their upper
    /// half, while sixteen-bit greys above 255 are white.
    /// What the header claims is checked before memory is taken.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(ImageFault) {
        guard let format = ImageFormat(bytes) else { throw .format(found: Array(bytes.prefix(4))) }
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var header = ImageHeader()
        try Self.checked(format) { message in
            switch format {
            case .jpeg: image_header_jpeg(start, bytes.count, &header, message)
            case .png: image_header_png(start, bytes.count, &header, message)
            case .webp: image_header_webp(start, bytes.count, &header, message)
            }
        }
        let (height, width) = (Int(header.height), Int(header.width))
        guard height > 0, width > 0, height <= Self.mostPixels / width else {
            throw .size(height: height, width: width, mostPixels: Self.mostPixels)
        }
        let shape = ImageShape(channels: Int(header.channels), height: height, width: width)
        // Swift ends the program where memory is refused, so large pieces are asked for first.
        guard Self.canAllocate(shape.count) else { throw .memory(height: height, width: width) }
        var pixels = [UInt8](repeating: 0, count: shape.count)
        try pixels.withUnsafeMutableBufferPointer { target throws(ImageFault) in
            let pixels = target.baseAddress
            try Self.checked(format) { message in
                switch format {
                case .jpeg: image_decode_jpeg(start, bytes.count, header, pixels, message)
                case .png: image_decode_png(start, bytes.count, header, pixels, message)
                case .webp: image_decode_webp(start, bytes.count, header, pixels, message)
                }
            }
        }
        self = RawImage(shape: shape, bytes: pixels).upright(from: Int(header.orientation))
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
