import Foundation

/// Several measurements of one figure, with what can be said of their mean.
package struct Sample: Sendable, Hashable {
    package let values: [Double]

    package init(_ values: [Double]) { self.values = values }

    package var count: Int { values.count }

    package var mean: Double { values.reduce(0, +) / Double(max(1, count)) }

    /// Over n - 1; nil for fewer than two.
    package var deviation: Double? {
        guard count > 1 else { return nil }
        let mean = mean
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
    }

    /// Half the width of the 95 % interval of the mean, by Student's t; nil for fewer than two.
    package var halfWidth: Double? {
        deviation.map {
            StudentT(degreesOfFreedom: Double(count - 1)).quantile(upperTail: 0.025) * $0 / Double(count).squareRoot()
        }
    }
}
