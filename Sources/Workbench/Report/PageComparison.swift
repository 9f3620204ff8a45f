import Foundation
import VisionModels

/// Where a page, made again of what was computed again, is another than the one that is verified.
package enum PageComparison {
    package struct Line: Sendable, Hashable, Encodable {
        /// Of the page, from 1: of the one that is verified, or of the other where it has none of it.
        package var line: Int
        package var reported, found: String?

        package init(line: Int, reported: String?, found: String?) {
            (self.line, self.reported, self.found) = (line, reported, found)
        }
    }

    /// - Parameter isExact: whether the figures are the same to the last bit; else, as on another kind of processor, the last
    ///   digit shown of a number may be another.
    package static func lines(_ reported: String, _ found: String, isExact: Bool) -> [Line] {
        guard reported != found else { return [] }
        let pages = [reported, found].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        let keys = pages.map { $0.map(decoded) }
        var (removed, added): ([Int], [Int]) = ([], [])
        for change in keys[1].difference(from: keys[0]) {
            switch change {
            case .remove(let place, _, _): removed.append(place)
            case .insert(let place, _, _): added.append(place)
            }
        }
        return pairs(removed.sorted(), added.sorted()).compactMap { old, new in
            let (own, other) = (old.map { keys[0][$0] }, new.map { keys[1][$0] })
            if !isExact, let own, let other, isNear(own, other) { return nil }
            let shown = shortened(own, other)
            return Line(line: (old ?? new ?? 0) + 1, reported: shown.0, found: shown.1)
        }
    }

    /// Lines that are gone with those that came in their place.
    private static func pairs(_ removed: [Int], _ added: [Int]) -> [(Int?, Int?)] {
        // A line that is gone leaves the others where they were but for those that came before.
        var (i, j) = (0, 0)
        var found: [(Int?, Int?)] = []
        while i < removed.count || j < added.count {
            let (old, new) = (i < removed.count ? removed[i] - i : .max, j < added.count ? added[j] - j : .max)
            found.append((old <= new ? removed[i] : nil, new <= old ? added[j] : nil))
            if old <= new { i += 1 }
            if new <= old { j += 1 }
        }
        return found
    }

    private static let picture = "data:image/png;base64,"

    /// A line with its pictures by their pixels: other versions of a library write the same pixels in other bytes.
    private static func decoded(_ line: Substring) -> String {
        var (text, rest) = ("", line)
        while let start = rest.firstRange(of: picture)?.upperBound {
            let end = rest[start...].firstIndex(of: "\"") ?? rest.endIndex
            let own = rest[start..<end]
            text += rest[..<start]
            if let bytes = Data(base64Encoded: String(own)),
                let image = bytes.withUnsafeBytes({ try? RawImage(decoding: $0) })
            {
                text += "\(image.digest)"
            } else {
                text += own
            }
            rest = rest[end...]
        }
        return text + rest
    }

    private static var number: Regex<(Substring, Substring?)> { /[+\-]?\d+(?:\.(\d+))?/ }

    /// Whether two lines are the same but for the last digit of numbers.
    private static func isNear(_ reported: String, _ found: String) -> Bool {
        guard reported.replacing(number, with: "#") == found.replacing(number, with: "#") else { return false }
        return zip(reported.matches(of: number), found.matches(of: number)).allSatisfy { own, other in
            guard own.output.0 != other.output.0 else { return true }
            guard let x = Double(own.output.0), let y = Double(other.output.0), let digits = own.output.1?.count,
                digits == other.output.1?.count
            else { return false }
            return abs(x - y) < 1.5 * pow(10, -Double(digits))
        }
    }

    /// What the lines say, without tags, where it differs.
    private static func shortened(_ reported: String?, _ found: String?) -> (String?, String?) {
        let tags = /<[^>]*>/
        func words(_ line: String?) -> String? {
            line?.replacing(tags, with: " ").split(separator: " ").joined(separator: " ")
        }
        var (own, other) = (words(reported), words(found))
        // Of plots, pictures and how things are set no word tells.
        if own == other { (own, other) = (reported, found) }
        guard let a = own, let b = other else { return (own.map { cut($0, 0) }, other.map { cut($0, 0) }) }
        let same = zip(a, b).prefix { $0 == $1 }.count
        return (cut(a, same), cut(b, same))
    }

    private static let longest = 72

    private static func cut(_ text: String, _ same: Int) -> String {
        let start = text.count <= longest ? 0 : max(0, same - longest / 3)
        let part = text.dropFirst(start).prefix(longest)
        return (start > 0 ? "…" : "") + part + (start + part.count < text.count ? "…" : "")
    }
}
