import Explorer

/// Attributes and colours as one terminal has them: two styles that look the same on it are equal.
package struct Pen: Hashable, Sendable {
    private var attributes: Style.Attributes
    package private(set) var ink: Int32
    package private(set) var paper: Int32

    package init(_ style: Style, _ depth: ColorDepth) {
        attributes = style.attributes
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
    package var marksBlanks: Bool { !attributes.isDisjoint(with: [.reverse, .underline]) }

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
        var codes = isReset ? ["0"] : old.map { $0.switchedOff(for: self).map { String($0.code) } } ?? []
        let kept = base.map { $0.attributes.subtracting($0.lost(for: self)) } ?? []
        for switching in Self.on where attributes.subtracting(kept).contains(switching.attribute) {
            codes.append(String(switching.code))
        }
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
        var (count, length) = (0, 0)
        func add(_ bytes: Int) {
            count += 1
            length += bytes
        }
        let base = resetting ? nil : old
        if resetting { add(1) }
        var missing = attributes
        if let base, base.attributes == attributes {
            missing = []
        } else if let base {
            for switching in base.switchedOff(for: self) { add(switching.code < 10 ? 1 : 2) }
            missing.subtract(base.attributes.subtracting(base.lost(for: self)))
        }
        if !missing.isEmpty {
            for switching in Self.on where missing.contains(switching.attribute) { add(1) }
        }
        if ink != base?.ink ?? -1 { add(Self.length(ink, 30)) }
        if paper != base?.paper ?? -1 { add(Self.length(paper, 40)) }
        if count == 0 { return 0 }
        return resetting && count == 1 ? 3 : length + count - 1 + 3
    }

    private typealias Switching = (attribute: Style.Attributes, code: Int)
    private static let on: [Switching] = [(.bold, 1), (.dim, 2), (.underline, 4), (.reverse, 7)]
    /// Bold and dim are put out together.
    private static let off: [Switching] = [([.bold, .dim], 22), (.underline, 24), (.reverse, 27)]

    private func switchedOff(for next: Pen) -> [Switching] {
        if attributes.isSubset(of: next.attributes) { return [] }
        return Self.off.filter { !attributes.intersection($0.attribute).isSubset(of: next.attributes) }
    }

    /// What is out after `switchedOff(for:)`.
    private func lost(for next: Pen) -> Style.Attributes {
        switchedOff(for: next).reduce([]) { $0.union($1.attribute) }
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
