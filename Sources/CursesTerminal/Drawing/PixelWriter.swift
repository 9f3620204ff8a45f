import Analysis
import Explorer

/// Pictures as control sequences of a protocol.
package struct PixelWriter: Sendable {
    package let way: PixelProtocol
    package var cell: CellSize

    package init(_ way: PixelProtocol, cell: CellSize = CellSize(width: 8, height: 16)) {
        self.way = way
        self.cell = cell
    }

    /// What turns the pictures on the screen into those of a frame. The cells of a picture that goes are drawn over.
    package func update(from old: [Frame.Picture], to new: [Frame.Picture]) -> [UInt8] {
        let (shown, wanted) = (Set(old), Set(new))
        var bytes: [UInt8] = []
        for picture in old where !wanted.contains(picture) && way == .kitty {
            bytes += "\u{1B}_Ga=d,d=I,i=\(Self.number(of: picture)),q=2\u{1B}\\".utf8
        }
        for picture in new where !shown.contains(picture) {
            bytes += "\u{1B}[\(picture.area.row + 1);\(picture.area.column + 1)H".utf8
            bytes += self.bytes(of: picture)
        }
        return bytes
    }

    private func bytes(of picture: Frame.Picture) -> [UInt8] {
        switch way {
        case .kitty: kitty(picture)
        case .iterm: iterm(picture)
        case .sixel: sixel(picture)
        }
    }

    /// A picture's number, by its place: no two stand at one place at once.
    private static func number(of picture: Frame.Picture) -> Int { picture.area.row * 1000 + picture.area.column + 1 }

    /// Raw pixels in pieces of 4096 characters; the terminal scales them to the cells, and the cursor stays.
    private func kitty(_ picture: Frame.Picture) -> [UInt8] {
        let (image, area) = (picture.pixels, picture.area)
        let text = Base64.text(image.pixels)
        var bytes: [UInt8] = []
        var start = 0
        while start < text.count || start == 0 {
            let end = min(text.count, start + 4096)
            let more = end < text.count ? 1 : 0
            let head =
                start == 0
                ? "a=T,f=24,s=\(image.width),v=\(image.height),c=\(area.width),r=\(area.height),"
                    + "i=\(Self.number(of: picture)),p=1,C=1,q=2,m=\(more)" : "m=\(more)"
            bytes += "\u{1B}_G\(head);".utf8
            bytes += text[start..<end]
            bytes += "\u{1B}\\".utf8
            if end == start { break }
            start = end
        }
        return bytes
    }

    private func iterm(_ picture: Frame.Picture) -> [UInt8] {
        let file = Bitmap.file(picture.pixels)
        let head =
            "\u{1B}]1337;File=inline=1;size=\(file.count);width=\(picture.area.width);height=\(picture.area.height);"
            + "preserveAspectRatio=0;doNotMoveCursor=1:"
        return Array(head.utf8) + Base64.text(file) + [0x07]
    }

    private func sixel(_ picture: Frame.Picture) -> [UInt8] {
        let image = picture.pixels.scaled(
            width: picture.area.width * cell.width, height: picture.area.height * cell.height)
        return Sixel.bytes(image)
    }
}

enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for place in 0..<3 { group = group << 8 | UInt32(place < count ? bytes[start + place] : 0) }
            for place in 0..<4 {
                text.append(place <= count ? letters[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
        }
        return text
    }
}

/// A BMP file of 24 bits: rows from the bottom up, blue first, each row filled to four bytes.
enum Bitmap {
    static func file(_ image: Thumbnail) -> [UInt8] {
        let row = (image.width * 3 + 3) / 4 * 4
        func bytes(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        var file = Array("BM".utf8) + bytes(54 + row * image.height, 4) + bytes(0, 4) + bytes(54, 4)
        file += bytes(40, 4) + bytes(image.width, 4) + bytes(image.height, 4) + bytes(1, 2) + bytes(24, 2)
        file += bytes(0, 4) + bytes(row * image.height, 4) + bytes(2835, 4) + bytes(2835, 4) + bytes(0, 8)
        for y in (0..<image.height).reversed() {
            for x in 0..<image.width {
                let at = (y * image.width + x) * 3
                file += [image.pixels[at + 2], image.pixels[at + 1], image.pixels[at]]
            }
            file += [UInt8](repeating: 0, count: row - image.width * 3)
        }
        return file
    }
}

/// Sixels: bands of six rows, in each band a line for every colour, a character for six pixels above one another.
enum Sixel {
    /// 216 colours of a cube of six levels and 24 greys between them.
    static func index(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
        let (r, g, b) = (Int(red), Int(green), Int(blue))
        if max(r, g, b) - min(r, g, b) < 12 { return 216 + (r + g + b) * 23 / 765 }
        return (r * 5 + 127) / 255 * 36 + (g * 5 + 127) / 255 * 6 + (b * 5 + 127) / 255
    }

    /// A colour's channels in percent, as sixels have them.
    static func percent(_ index: Int) -> [Int] {
        if index >= 216 { return Array(repeating: (index - 216) * 100 / 23, count: 3) }
        return [index / 36, index / 6 % 6, index % 6].map { $0 * 20 }
    }

    static func bytes(_ image: Thumbnail) -> [UInt8] {
        let pixels = (0..<image.width * image.height).map { at in
            index(image.pixels[at * 3], image.pixels[at * 3 + 1], image.pixels[at * 3 + 2])
        }
        var bytes = Array("\u{1B}P0;1q\"1;1;\(image.width);\(image.height)".utf8)
        for color in Set(pixels).sorted() {
            let share = percent(color)
            bytes += "#\(color);2;\(share[0]);\(share[1]);\(share[2])".utf8
        }
        for top in stride(from: 0, to: image.height, by: 6) {
            var masks: [Int: [UInt8]] = [:]
            for y in top..<min(image.height, top + 6) {
                for x in 0..<image.width {
                    masks[pixels[y * image.width + x], default: Array(repeating: 0, count: image.width)][x] |=
                        1 << UInt8(y - top)
                }
            }
            for (place, color) in masks.keys.sorted().enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: "$")) }
                bytes += "#\(color)".utf8
                append(masks[color] ?? [], to: &bytes)
            }
            bytes.append(UInt8(ascii: "-"))
        }
        return bytes + Array("\u{1B}\\".utf8)
    }

    private static func append(_ masks: [UInt8], to bytes: inout [UInt8]) {
        var at = 0
        while at < masks.count {
            var end = at + 1
            while end < masks.count, masks[end] == masks[at] { end += 1 }
            let letter = masks[at] + 63
            if end - at > 3 {
                bytes += "!\(end - at)".utf8
                bytes.append(letter)
            } else {
                bytes += repeatElement(letter, count: end - at)
            }
            at = end
        }
    }
}
