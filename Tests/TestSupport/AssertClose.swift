import LinearAlgebra
import Testing

/// Expects two lists of numbers to agree within `tolerance`, absolute or relative to `expected` whichever is larger,
/// and says why that is the right tolerance.
package func assertClose(
    _ actual: some Collection<Float>, _ expected: some Collection<Float>, within tolerance: Float,
    because reason: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.count == expected.count, "as many values", sourceLocation: sourceLocation)
    var worst: (position: Int, actual: Float, expected: Float, error: Float) = (0, 0, 0, 0)
    for (position, (a, e)) in zip(actual, expected).enumerated() {
        let error = a.isFinite && e.isFinite ? abs(a - e) / max(1, abs(e)) : (a == e ? 0 : .infinity)
        if error > worst.error { worst = (position, a, e, error) }
    }
    #expect(
        worst.error <= tolerance,
        "value \(worst.position) is \(worst.actual), expected \(worst.expected) within \(tolerance): \(reason)",
        sourceLocation: sourceLocation)
}

/// Expects two tensors of one shape to agree; see the form for lists.
package func assertClose(
    _ actual: Tensor, _ expected: Tensor, within tolerance: Float, because reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
    assertClose(actual.values, expected.values, within: tolerance, because: reason, sourceLocation: sourceLocation)
}

/// Expects two numbers to agree; see the form for lists.
package func assertClose(
    _ actual: Float, _ expected: Float, within tolerance: Float, because reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    assertClose([actual], [expected], within: tolerance, because: reason, sourceLocation: sourceLocation)
}
