import Synchronization

/// A value that is made when it is first asked for, once, whichever thread asks; making it may fail, and is then tried anew.
final class Loaded<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () throws -> Value

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    /// One that is there already.
    init(_ value: Value) {
        make = { value }
        made.withLock { $0 = value }
    }

    var value: Value {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let value = try make()
                made = value
                return value
            }
        }
    }

    /// The value where it was made; nil where nobody asked yet.
    var ready: Value? { made.withLock { $0 } }
}
