import CNcurses
import Explorer

/// The numbers terminals have for colours.
extension ColorDepth {
    init(colors: Int, isDirect: Bool) {
        switch colors {
        case _ where isDirect: self = .direct
        case 256...: self = .indexed256
        case 16...: self = .ansi16
        case 8...: self = .ansi8
        default: self = .none
        }
    }

    /// The number of a cell's colour; -1, the terminal's own, for nil.
    func number(of color: Color?) -> Int32 {
        switch color {
        case .exact(let exact): number(of: exact)
        case .ansi(let number): self == .none ? -1 : Int32(self == .ansi8 ? number & 7 : number)
        case nil: -1
        }
    }

    /// The terminal's number for the colour nearest to `color`; -1, its own, for nil.
    package func number(of color: RGB?) -> Int32 {
        guard let color else { return -1 }
        switch self {
        case .direct:
            let value = Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue)
            // Direct-colour entries of the database keep 0 to 7 for the palette; 0 is black in both.
            return value < 8 ? 0 : value
        case .indexed256: return ColorDepth.indexed(color)
        case .ansi16: return ColorDepth.nearest(color, among: 16)
        case .ansi8: return ColorDepth.nearest(color, among: 8)
        case .none: return -1
        }
    }

    private static func indexed(_ color: RGB) -> Int32 {
        func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        func value(_ level: Int) -> Int { level == 0 ? 0 : 55 + 40 * level }
        let levels = (level(color.red), level(color.green), level(color.blue))
        let cube = RGB(UInt8(value(levels.0)), UInt8(value(levels.1)), UInt8(value(levels.2)))
        let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
        let ramp = max(0, min(23, (mean - 3) / 10))
        let grey = RGB(UInt8(8 + 10 * ramp), UInt8(8 + 10 * ramp), UInt8(8 + 10 * ramp))
        return distance(color, grey) < distance(color, cube)
            ? Int32(232 + ramp) : Int32(16 + 36 * levels.0 + 6 * levels.1 + levels.2)
    }

    /// The number of a colour that the palette's cube or ramp has exactly; nil for any other.
    static func exactNumber(of color: RGB) -> Int32? {
        func level(_ value: UInt8) -> Int32? {
            value == 0 ? 0 : value >= 95 && (value - 55) % 40 == 0 ? Int32(value - 55) / 40 : nil
        }
        if let red = level(color.red), let green = level(color.green), let blue = level(color.blue) {
            return 16 + 36 * red + 6 * green + blue
        }
        let isGrey = color.red == color.green && color.green == color.blue
        guard isGrey, (8...238).contains(color.red), (color.red - 8) % 10 == 0 else { return nil }
        return 232 + Int32(color.red - 8) / 10
    }

    /// xterm's sixteen colours.
    private static let ansi: [RGB] = [
        RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0), RGB(0, 0, 238), RGB(205, 0, 205),
        RGB(0, 205, 205), RGB(229, 229, 229), RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
        RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
    ]

    private static func nearest(_ color: RGB, among count: Int) -> Int32 {
        let best = (0..<count).min { distance(color, ansi[$0]) < distance(color, ansi[$1]) }
        return Int32(best ?? 7)
    }

    /// Squared distance, green weighted as the eye does.
    private static func distance(_ a: RGB, _ b: RGB) -> Int {
        let (red, green, blue) = (
            Int(a.red) - Int(b.red), Int(a.green) - Int(b.green), Int(a.blue) - Int(b.blue)
        )
        return 3 * red * red + 4 * green * green + 2 * blue * blue
    }
}

/// ncurses' pairs of foreground and background, made as they are needed.
struct ColorPairs {
    let depth: ColorDepth
    private var numbers: [Key: Int32] = [:]
    private let limit: Int

    private struct Key: Hashable {
        var foreground: Int32
        var background: Int32
    }

    init(depth: ColorDepth, limit: Int) {
        self.depth = depth
        self.limit = limit
    }

    /// The pair for a style, 0 without colours; nil when the terminal's pairs are used up.
    mutating func number(for style: Style) -> Int32? {
        let key = Key(foreground: depth.number(of: style.foreground), background: depth.number(of: style.background))
        if depth == .none || key == Key(foreground: -1, background: -1) { return 0 }
        if let number = numbers[key] { return number }
        let number = numbers.count + 1
        guard number < limit, init_extended_pair(Int32(number), key.foreground, key.background) == OK else {
            return nil
        }
        numbers[key] = Int32(number)
        return Int32(number)
    }

    /// Starts over. What is on the screen must be drawn anew.
    mutating func forget() {
        numbers = [:]
        reset_color_pairs()
    }
}
