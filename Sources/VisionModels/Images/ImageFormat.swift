import CImageCodecs

/// The picture formats that are read, told apart by their first bytes.
enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case gif = "GIF"
    case bmp = "BMP"
    case tiff = "TIFF"

    /// Endings of file names, in lower case, by which a folder's images are found.
    static let fileExtensions: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "dib", "tif", "tiff",
    ]

    /// Endings of pictures and films that are not read, and none at all: in a folder they are counted.
    static let otherExtensions: Set<String> = [
        "", "heic", "heif", "avif", "jxl", "jp2", "j2k", "jpx", "svg", "psd", "xcf", "ico", "icns", "cur", "tga", "ppm",
        "pgm",
        "pbm", "pnm", "pcx", "sgi", "exr", "hdr", "dds", "eps", "ai", "pdf", "raw", "cr2", "cr3", "crw", "nef", "arw",
        "dng",
        "orf", "rw2", "raf", "pef", "srw", "dcm", "dicom", "fits", "qoi", "mp4", "mov", "avi", "mkv", "webm", "m4v",
        "mpg",
        "mpeg", "wmv",
    ]

    init?(_ bytes: UnsafeRawBufferPointer) {
        let starts: [(ImageFormat, [UInt8])] = [
            (.jpeg, [0xFF, 0xD8, 0xFF]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            (.gif, Array("GIF87a".utf8)), (.gif, Array("GIF89a".utf8)), (.tiff, [0x49, 0x49, 0x2A, 0]),
            (.tiff, [0x4D, 0x4D, 0, 0x2A]), (.tiff, [0x49, 0x49, 0x2B, 0]), (.tiff, [0x4D, 0x4D, 0, 0x2B]),
        ]
        if let found = starts.first(where: { bytes.starts(with: $0.1) }) {
            self = found.0
        } else if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8) {
            self = .webp
        } else if bytes.count >= 18, bytes.starts(with: "BM".utf8), bytes[15..<18].allSatisfy({ $0 == 0 }) {
            // Two letters are little; the size of the header that follows is below 256.
            self = .bmp
        } else {
            return nil
        }
    }

    typealias HeaderReader = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<ImageHeader>?, UnsafeMutablePointer<CChar>?
    ) -> Int32
    typealias Decoder = (
        UnsafePointer<UInt8>?, Int, ImageHeader, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CChar>?
    ) -> Int32

    var readHeader: HeaderReader {
        switch self {
        case .jpeg: image_header_jpeg
        case .png: image_header_png
        case .webp: image_header_webp
        case .gif: image_header_gif
        case .bmp: image_header_bmp
        case .tiff: image_header_tiff
        }
    }

    var decode: Decoder {
        switch self {
        case .jpeg: image_decode_jpeg
        case .png: image_decode_png
        case .webp: image_decode_webp
        case .gif: image_decode_gif
        case .bmp: image_decode_bmp
        case .tiff: image_decode_tiff
        }
    }
}

/// What a file is that is none of the pictures that are read, as far as its first bytes tell.
package enum ForeignFile: Sendable, Hashable {
    case empty, lfsPointer, html, xml, svg, pdf, heic, avif, jpegXL, jpeg2000, photoshop, icon, netpbm, film, archive,
        safetensors
    case text
    case unknown(firstBytes: [UInt8])

    /// Whether it may be a list of images, or images in an IDX file, for all that its first bytes tell.
    var mayListImages: Bool {
        switch self {
        case .text, .empty, .unknown: true
        default: false
        }
    }

    /// Kinds that are told by a few letters, with which a list may begin too, or by those of gzip, which IDX files come in.
    var mayBeginAsText: Bool {
        switch self {
        case .netpbm, .archive, .film, .icon, .safetensors: true
        default: false
        }
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        let start = Array(bytes.prefix(512))
        let text = String(validating: start, as: UTF8.self) ?? String(validating: start.dropLast(3), as: UTF8.self)
        let words = text?.trimmingPrefix { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased() ?? ""
        func has(_ prefix: [UInt8], at place: Int = 0) -> Bool {
            start.count >= place && start[place...].starts(with: prefix)
        }
        func has(_ prefix: String, at place: Int = 0) -> Bool { has(Array(prefix.utf8), at: place) }
        let brand = has("ftyp", at: 4) ? String(decoding: start.dropFirst(8).prefix(4), as: UTF8.self) : nil
        switch brand {
        case "avif"?, "avis"?: self = .avif
        case "heic"?, "heix"?, "hevc"?, "heim"?, "heis"?, "mif1"?, "msf1"?: self = .heic
        case _?: self = .film
        case nil:
            if start.isEmpty {
                self = .empty
            } else if words.hasPrefix("version https://git-lfs") {
                self = .lfsPointer
            } else if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") {
                self = .html
            } else if words.hasPrefix("<svg") || words.hasPrefix("<?xml") && words.contains("<svg") {
                self = .svg
            } else if words.hasPrefix("<?xml") {
                self = .xml
            } else if has("%PDF") {
                self = .pdf
            } else if has([0xFF, 0x0A]) || has("JXL ", at: 4) {
                self = .jpegXL
            } else if has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) {
                self = .jpeg2000
            } else if has("8BPS") {
                self = .photoshop
            } else if has([0, 0, 1, 0]) || has([0, 0, 2, 0]) {
                self = .icon
            } else if start.count > 2, has("P"), (0x31...0x37).contains(start[1]), [9, 10, 13, 32].contains(start[2]) {
                self = .netpbm
            } else if has("AVI ", at: 8) || has([0x1A, 0x45, 0xDF, 0xA3]) {
                self = .film
            } else if has([0x50, 0x4B, 3, 4]) || has([0x1F, 0x8B]) || has("7z") || has("Rar!") {
                self = .archive
            } else if has("{\"", at: 8) {
                self = .safetensors
            } else if let text, !text.isEmpty,
                text.unicodeScalars.allSatisfy({ $0.value >= 32 || $0.value >= 9 && $0.value <= 13 })
            {
                self = .text
            } else {
                self = .unknown(firstBytes: Array(start.prefix(4)))
            }
        }
    }
}
