import Explorer

/// Attributes and colours as one terminal has them: two styles that look the same on it are equal.
package struct Pen: Hashable, Sendable {
    private let marks: Marks
    package private(set) var ink: Int32
    package private(set) var paper: Int32

    /// A style's attributes, as a set of this module: one of another is read through its witnesses, and a frame with
    /// photographs asks some hundred thousand times.
    private struct Marks: OptionSet, Hashable {
        let rawValue: UInt8

        init(rawValue: UInt8) { self.rawValue = rawValue }
        init(_ attributes: Style.Attributes) { rawValue = attributes.rawValue }

        static let bold = Marks(.bold)
        static let dim = Marks(.dim)
        static let underline = Marks(.underline)
        static let reverse = Marks(.reverse)
        /// These are put out together.
        static let weights = bold.union(dim)

        var count: Int { rawValue.nonzeroBitCount }
    }

    package init(_ style: Style, _ depth: ColorDepth) {
        marks = Marks(style.attributes)
        (ink, paper) = (Self.number(of: style.foreground, depth), Self.number(of: style.background, depth))
    }

    /// With 24 bits, from 2²⁴ on; else the palette's; -1 for the terminal's own.
    private static func number(of color: Color?, _ depth: ColorDepth) -> Int32 {
        if depth == .direct, case .exact(let color) = color {
            if let number = ColorDepth.exactNumber(of: color) { return number }
            return 1 << 24 | Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)
        }
        return depth.number(of: color)
    }

    /// Whether a blank shows more than its paper: a line, or the ink as paper.
    package var marksBlanks: Bool { marks.contains(.reverse) || marks.contains(.underline) }

    /// Whether a blank of another pen looks the same in this one.
    func drawsBlank(of other: Pen) -> Bool { paper == other.paper && !marksBlanks && !other.marksBlanks }

    /// The pen nearest to `old` that draws the blanks of this one, which marks none.
    func forBlanks(after old: Pen?) -> Pen {
        guard var pen = old, !pen.marksBlanks else { return self }
        pen.paper = paper
        return pen
    }

    /// Parameters of `CSI m` that lead here from another pen, as few bytes as there need be.
    package func codes(after old: Pen?) -> [String] {
        let isReset = resets(after: old)
        let base = isReset ? nil : old
        let lost = base?.lost(for: self) ?? []
        let missing = missing(after: base, lost)
        var codes = isReset ? ["0"] : []
        for (mark, code) in Self.off where !lost.isDisjoint(with: mark) { codes.append(code) }
        for (mark, code) in Self.on where missing.contains(mark) { codes.append(code) }
        if ink != base?.ink ?? -1 { codes.append(Self.code(ink, 30)) }
        if paper != base?.paper ?? -1 { codes.append(Self.code(paper, 40)) }
        // All is off, and what is left is nothing: the shortest form.
        return codes == ["0"] ? [""] : codes
    }

    /// How many bytes `CSI m` takes with `codes(after:)`.
    package func cost(after old: Pen?) -> Int {
        guard let old else { return cost(resetting: true, nil) }
        return min(cost(resetting: true, old), cost(resetting: false, old))
    }

    private func resets(after old: Pen?) -> Bool {
        guard let old else { return true }
        return cost(resetting: true, old) < cost(resetting: false, old)
    }

    private func cost(resetting: Bool, _ old: Pen?) -> Int {
        let base = resetting ? nil : old
        let lost = base?.lost(for: self) ?? []
        // Codes, and the digits in them.
        let off = lost.count - (lost.isSuperset(of: .weights) ? 1 : 0)
        let on = missing(after: base, lost).count
        var (count, length) = (off + on, 2 * off + on)
        func add(_ bytes: Int) {
            count += 1
            length += bytes
        }
        if resetting { add(1) }
        if ink != base?.ink ?? -1 { add(Self.length(ink, 30)) }
        if paper != base?.paper ?? -1 { add(Self.length(paper, 40)) }
        if count == 0 { return 0 }
        return resetting && count == 1 ? 3 : length + count - 1 + 3
    }

    private static let on: [(Marks, String)] = [(.bold, "1"), (.dim, "2"), (.underline, "4"), (.reverse, "7")]
    private static let off: [(Marks, String)] = [(.weights, "22"), (.underline, "24"), (.reverse, "27")]

    /// What goes out before another pen.
    private func lost(for next: Pen) -> Marks {
        let lost = marks.subtracting(next.marks)
        return lost.isDisjoint(with: .weights) ? lost : lost.union(.weights)
    }

    /// What is to be switched on once that is out.
    private func missing(after base: Pen?, _ lost: Marks) -> Marks {
        marks.subtracting(base?.marks.subtracting(lost) ?? [])
    }

    private static func code(_ number: Int32, _ first: Int) -> String {
        switch number {
        case (1 << 24)...: "\(first + 8);2;\(number >> 16 & 255);\(number >> 8 & 255);\(number & 255)"
        case 16...: "\(first + 8);5;\(number)"
        case 8...: "\(first + 60 + Int(number) - 8)"
        case 0...: "\(first + Int(number))"
        default: "\(first + 9)"
        }
    }

    /// The length of `code(_:_:)`.
    private static func length(_ number: Int32, _ first: Int) -> Int {
        func digits(_ value: Int32) -> Int { value > 99 ? 3 : value > 9 ? 2 : 1 }
        switch number {
        case (1 << 24)...:
            return 7 + digits(number >> 16 & 255) + digits(number >> 8 & 255) + digits(number & 255)
        case 16...: return 5 + digits(number)
        case 8...: return first == 30 ? 2 : 3
        default: return 2
        }
    }
}
