import Files
import Foundation
import TestSupport
import Testing
import VisionModels

/// Goldens/make_picture_goldens.py records what Pillow makes of these.
@Suite("BMP, GIF, TIFF, animations and turned pictures")
struct PictureKindTests {
    @Test func `have Pillow's pixels`() throws {
        let goldens = try Checkpoint(imageGoldens.appending(path: "kinds.safetensors"))
        #expect(goldens.tensorNames.count == 53)
        for name in goldens.tensorNames {
            let image = try RawImage(contentsOf: imageGoldens.appending(path: name))
            #expect(greatestDifference(image, try goldenBytes(goldens, name)) == 0, "\(name)")
        }
    }

    /// The JPEG inside is lower than the strip it is to fill.
    @Test func `of which a part was never written are damaged`() throws {
        var bytes = [UInt8](try Data(contentsOf: imageGoldens.appending(path: "jpeg.tif")))
        let frame = try #require(bytes.indices.dropLast(9).last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        let height = bytes[frame + 6]
        #expect(height > 8)
        bytes[frame + 6] = height / 2
        #expect(throws: ImageFault.self) { try bytes.withUnsafeBytes { try RawImage(decoding: $0) } }
    }

    @Test func `that are none are called what they are`() throws {
        func kind(_ text: String) -> ForeignFile? { kind(Array(text.utf8)) }
        func kind(_ bytes: [UInt8]) -> ForeignFile? {
            do {
                _ = try bytes.withUnsafeBytes { try RawImage(decoding: $0) }
                return nil
            } catch ImageFault.format(let found) { return found } catch { return nil }
        }
        #expect(kind([]) == .empty)
        #expect(kind("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n") == .lfsPointer)
        #expect(kind("\u{FEFF}\n <!DOCTYPE html><html>") == .html)
        #expect(kind("<?xml version=\"1.0\"?>\n<svg>") == .svg)
        #expect(kind("%PDF-1.7") == .pdf)
        #expect(kind([0, 0, 0, 24] + Array("ftypheic".utf8)) == .heic)
        #expect(kind([0, 0, 0, 24] + Array("ftypavif".utf8)) == .avif)
        #expect(kind([0, 0, 0, 24] + Array("ftypisom".utf8)) == .film)
        #expect(kind("P6\n2 2\n255\n") == .netpbm)
        #expect(kind("PK\u{3}\u{4}") == .archive)
        #expect(kind("a list\nof words\n") == .text)
        #expect(kind([1, 2, 3, 4, 5]) == .unknown(firstBytes: [1, 2, 3, 4]))
    }

    @Test func `of 108 million pixels are not refused`() { #expect(RawImage.mostPixels >= 12_000 * 9_000) }
}

@Suite("A folder of pictures")
struct PictureFolderTests {
    private let scratch: ScratchFolder
    private var folder: URL { scratch.url }
    private let png = SmallPNG.grey([7], width: 1)

    init() throws { scratch = try ScratchFolder() }

    private func put(_ names: String...) throws {
        for name in names {
            let url = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try png.write(to: url)
        }
    }

    private func names(_ files: ImageFiles) -> [String] { (0..<files.count).map(files.name(of:)) }

    @Test func `gives those beside its subfolders too, which have no class`() throws {
        try put("b.png", "a.png", "boot/2.png", "boot/deep/1.png", "coat/3.bmp", "empty/notes.txt")
        let files = try ImageFiles(folder: folder)
        #expect(names(files) == ["a.png", "b.png", "boot/2.png", "boot/deep/1.png", "coat/3.bmp"])
        #expect(files.unclassified == 2 && files.labels == nil)
        #expect(files.classNames == ["boot", "coat", "empty"] && files.emptyClasses == ["empty"])
        #expect(names(files.classified) == ["boot/2.png", "boot/deep/1.png", "coat/3.bmp"])
        #expect(files.classified.labels == [0, 0, 1])
        #expect(files.withoutClasses.classNames == nil && files.withoutClasses.count == 5)
    }

    @Test func `counts the pictures that are not read, by kind`() throws {
        try put("a.png", "x/b.HEIC", "x/c.heic", "x/d.svg", "x/notes.txt", "noending", "e.avif")
        let files = try ImageFiles(folder: folder)
        #expect(files.count == 1 && files.passedOver == ["heic": 2, "svg": 1, "avif": 1, "": 1])
        try FileManager.default.removeItem(at: folder.appending(path: "a.png"))
        #expect(
            throws: VisionModelsError.noImages(
                path: folder.path, passedOver: ["heic": 2, "svg": 1, "avif": 1, "": 1])
        ) { try ImageFiles(folder: folder) }
    }

    @Test func `passes over what other programs leave, and folders named like pictures`() throws {
        try put(
            "a/1.png", "a/@eaDir/1.png/thumb.png", "@eaDir/1.png/thumb.png", "__MACOSX/a/1.png", ".hidden/1.png",
            "a/._1.png",
            "b/2.gif", "b/3.jpg/thumb.png", "c.jpg/1.png", "$RECYCLE.BIN/9.png", "Thumbs.db")
        let files = try ImageFiles(folder: folder)
        #expect(names(files) == ["a/1.png", "b/2.gif"] && files.labels == [0, 1] && files.unclassified == 0)
    }

    @Test func `reads names that are no UTF-8`() throws {
        try put("boot/a.png")
        // Latin-1's é and a lone continuation byte.
        let bytes = Array((folder.path + "/boot/caf").utf8) + [0xE9, 0x80] + Array(".png".utf8)
        let descriptor = (bytes + [0]).withUnsafeBytes {
            open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o644)
        }
        try #require(descriptor >= 0)
        _ = png.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
        close(descriptor)
        let files = try ImageFiles(folder: folder)
        #expect(names(files) == ["boot/a.png", "boot/caf\\xE9\\x80.png"])
        #expect(try files.image(1).bytes == [7])
        #expect(try files.digest(of: 1) == files.digest(of: 0))
        // By the name that people see, too.
        let named = ImageFiles(files: [folder.appending(path: "boot/caf\\xE9\\x80.png")])
        #expect(try named.image(0).bytes == [7])
    }
}
