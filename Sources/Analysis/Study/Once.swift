import Synchronization

/// A value that is made when it is first asked for, once, whichever thread asks; where making it fails, the next who
/// asks tries again.
package final class Once<Value: Sendable>: Sendable {
    private let made: Mutex<Value?>
    private let make: @Sendable () throws -> Value

    package init(_ make: @escaping @Sendable () throws -> Value) {
        made = Mutex(nil)
        self.make = make
    }

    /// What is there already.
    package init(value: Value) {
        made = Mutex(value)
        make = { value }
    }

    package var value: Value { get throws { try value(making: make) } }

    /// The value where it is there already; nil too while it is being made.
    package var known: Value? { made.withLockIfAvailable { $0 } ?? nil }

    /// The value, made by `make` where it is not there yet: for a caller who wants to see how that goes on.
    package func value(making make: () throws -> Value) throws -> Value {
        try made.withLock { made in
            if let made { return made }
            let value = try make()
            made = value
            return value
        }
    }
}
