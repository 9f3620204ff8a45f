/// Which of some names a misspelt one is likely to mean.
package enum NearestNames {
    /// The names at most two fifths of which would have to be written otherwise, and those of which the text is a part; the
    /// nearest first. Capitals are as small letters, and of `org/repo` the last part counts where the text has one part alone.
    package static func of(_ text: String, among names: some Sequence<String>, most: Int = 3) -> [String] {
        let wanted = bytes(text)
        guard !wanted.isEmpty else { return [] }
        let near = Set(names).compactMap { name -> (name: String, distance: Double)? in
            var forms = [bytes(name)]
            if !text.contains("/"), let last = name.split(separator: "/").last { forms.append(bytes(String(last))) }
            let distances = forms.map { form in
                let share = Double(distance(wanted, form)) / Double(max(wanted.count, form.count))
                return isPart(wanted, of: form) ? min(share, 0.4) : share
            }
            guard let least = distances.min(), least <= 0.4 else { return nil }
            return (name, least)
        }
        return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(most).map(\.name)
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.lowercased().utf8.prefix(200)) }

    private static func isPart(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        part.count >= 4 && whole.count >= part.count
            && (0...whole.count - part.count).contains { whole[$0..<$0 + part.count].elementsEqual(part) }
    }

    /// Levenshtein's: letters put in, left out or changed.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (place, letter) in first.enumerated() {
            var diagonal = place
            row[0] = place + 1
            for (other, its) in second.enumerated() {
                let changed = diagonal + (letter == its ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(changed, row[other] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
