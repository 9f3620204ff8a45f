import Foundation

/// Tar archives for tests that need files of their own: ustar, with a pax header or GNU tar's where asked for.
package enum SmallTar {
    /// One header and what follows it, padded to whole blocks.
    package static func member(
        _ name: String, _ bytes: some Collection<UInt8>, type: Character = "0", link: String = "", size: String? = nil
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            block.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(size ?? octal(bytes.count, 11), at: 124)
        put("00000000000", at: 136)
        put(String(type), at: 156)
        put(link, at: 157)
        put("ustar\u{0}00", at: 257)
        repairChecksum(&block, at: 0)
        return block + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// Members in a row, and the archive's end.
    package static func archive(_ members: [[UInt8]]) -> [UInt8] {
        members.flatMap(\.self) + [UInt8](repeating: 0, count: 1024)
    }

    package static func archive(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        archive(files.map { member($0.name, $0.bytes) })
    }

    /// A pax header for the member behind it.
    package static func pax(_ records: [(String, String)]) -> [UInt8] {
        let text = records.map { key, value -> String in
            let rest = " \(key)=\(value)\n"
            var length = rest.utf8.count + 1
            while String(length).utf8.count + rest.utf8.count != length { length += 1 }
            return "\(length)\(rest)"
        }.joined()
        return member("PaxHeaders/x", Array(text.utf8), type: "x")
    }

    /// Gives every header the sum of what it holds now, from block to block as the sizes lead.
    package static func repairChecksums(_ archive: inout [UInt8]) {
        var place = 0
        while place + 512 <= archive.count, archive[place..<place + 512].contains(where: { $0 != 0 }) {
            repairChecksum(&archive, at: place)
            let digits = archive[place + 124..<place + 135].prefix { (48...55).contains($0) }
            let size = digits.reduce(0) { $0 << 3 | Int($1 - 48) }
            place += 512 + (size + 511) / 512 * 512
        }
    }

    private static func repairChecksum(_ bytes: inout [UInt8], at place: Int) {
        bytes.replaceSubrange(place + 148..<place + 156, with: [UInt8](repeating: 32, count: 8))
        let sum = bytes[place..<place + 512].reduce(0) { $0 + Int($1) }
        bytes.replaceSubrange(place + 148..<place + 156, with: Array(octal(sum, 6).utf8) + [0, 32])
    }

    private static func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
