import Foundation

/// `value` with a fixed number of decimals, as tables and files have it: `-8.7`, `+0.2`. What rounds to zero has no sign.
///
/// - Parameters:
///   - digits: after the point.
///   - signed: whether what is above zero begins with a plus.
package func number(_ value: some BinaryFloatingPoint, _ digits: Int, signed: Bool = false) -> String {
    let text = String(format: signed ? "%+.\(digits)f" : "%.\(digits)f", Double(value))
    let isSigned = text.hasPrefix("-") || text.hasPrefix("+")
    return isSigned && text.dropFirst().allSatisfy { $0 == "0" || $0 == "." } ? String(text.dropFirst()) : text
}

/// A strength β as it was asked for: with so many digits where they tell all of it.
package func strength(_ beta: Double, _ digits: Int = 2) -> String {
    let short = number(beta, digits)
    return abs(beta) < 1e6 && Double(short) == beta ? short : String(format: "%g", beta)
}
