/// A colour of 8 bits a channel.
package struct RGB: Sendable, Hashable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb`; nil for anything else.
    package init?(hex text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6,
            text.dropFirst().allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let value = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        self.init(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
    }

    /// Relative brightness as the eye weighs it (Rec. 601), 0 to 255.
    package var luminance: Int { (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000 }
}

/// How many colours a terminal shows.
package enum ColorDepth: String, Sendable, Hashable, Comparable, CaseIterable {
    case none
    /// The eight colours of old, and with their bright forms.
    case ansi8 = "8"
    case ansi16 = "16"
    /// A cube of 6x6x6 and a ramp of 24 greys.
    case indexed256 = "256"
    /// Any colour of 24 bits.
    case direct = "truecolor"

    package static func < (one: ColorDepth, other: ColorDepth) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether a colour is one of the user's own sixteen, whose shades nobody knows.
    package var isANSI: Bool { self == .ansi8 || self == .ansi16 }
}

/// A colour of a cell: an exact one, or one of the sixteen whose shades the user's terminal chooses.
package enum Color: Sendable, Hashable {
    case exact(RGB)
    /// 0 to 7, and 8 to 15 for their bright forms.
    case ansi(UInt8)
}

/// How a cell looks. A nil colour is the terminal's own.
package struct Style: Sendable, Hashable {
    package struct Attributes: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let bold = Attributes(rawValue: 1)
        package static let dim = Attributes(rawValue: 2)
        package static let underline = Attributes(rawValue: 4)
        package static let reverse = Attributes(rawValue: 8)
    }

    package var foreground: Color?
    package var background: Color?
    package var attributes: Attributes

    package init(foreground: Color? = nil, background: Color? = nil, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    package init(foreground: RGB, background: RGB? = nil) {
        self.init(foreground: .exact(foreground), background: background.map(Color.exact))
    }

    /// The style with more attributes.
    package func with(_ more: Attributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }
}

/// One place on the screen.
package struct Cell: Sendable, Hashable {
    /// A printable character of width 1 or 2; nil where the wide character on the left reaches over.
    package var character: Character?
    package var style: Style

    package init(_ character: Character?, _ style: Style) {
        self.character = character
        self.style = style
    }
}
