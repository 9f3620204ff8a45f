import Explorer

/// Tells keys that came all at once from keys typed one by one. A paste without marks around it is such a burst, and so
/// is what was typed ahead of a stalled line.
struct Burst {
    /// So many characters in one read are a burst: fewer may be typed while one frame is drawn.
    static let least = 3
    /// So many, where an Escape stood alone shortly before: they may be the rest of what it began.
    static let leastAfterEscape = 2
    /// A read that follows so soon goes on with it, in milliseconds.
    static let gap = 30

    private var last: Int?

    /// The events of one read, their keys as hurried if they are a burst; but Ctrl-C is always itself.
    ///
    /// - Parameter loose: How many characters of the read are of no sequence. They are counted rather than the keys, some
    ///   of which a damaged sequence may have swallowed.
    mutating func marked(
        _ events: [TerminalEvent], loose: Int, isAfterEscape: Bool, at now: Int
    ) -> [TerminalEvent] {
        let goesOn = last.map { now - $0 <= Self.gap } ?? false
        guard goesOn || loose >= (isAfterEscape ? Self.leastAfterEscape : Self.least) else { return events }
        last = now
        return events.map {
            if case .key(let key) = $0, key != .control("c") { .hurried(key) } else { $0 }
        }
    }
}
