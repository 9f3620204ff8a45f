import CKernels

/// One step of AdamW (Loshchilov and Hutter 2019), which without decay is Adam (Kingma and Ba 2015), for parameters on
/// raw memory: all of them at once, or a row at a time.
package struct AdamStep: Sendable {
    private let rate: Float
    private let corrected: Float
    private let scale: Float
    private let beta1: Float
    private let beta2: Float
    private let epsilon: Float
    private let decay: Float

    /// - Parameter step: counted from 1.
    package init(rate: Float, step: Int, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        func power(_ base: Float) -> Double {
            var (result, factor, left) = (1.0, Double(base), step)
            while left > 0 {
                if left & 1 == 1 { result *= factor }
                factor *= factor
                left >>= 1
            }
            return result
        }
        self.init(
            rate: rate, powers: (power(beta1), power(beta2)), beta1: beta1, beta2: beta2, epsilon: epsilon, decay: 0)
    }

    /// - Parameter powers: β₁ and β₂ to the power of the step's number.
    fileprivate init(
        rate: Float, powers: (Double, Double), beta1: Float, beta2: Float, epsilon: Float, decay: Float
    ) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        corrected = rate / Float(1 - powers.0)
        scale = 1 / Float(1 - powers.1)
    }

    /// Moves `count` parameters against their gradient; `first` and `second` are their moments.
    package func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
    ) {
        kernel_adamw(
            parameters, gradient, first, second, count, rate, corrected, scale, beta1, beta2, epsilon, decay)
    }
}

/// The state of AdamW for one parameter tensor.
package struct AdamW: Sendable {
    var beta1: Float = 0.9
    var beta2: Float = 0.999
    package var epsilon: Float = 1e-8
    package var decay: Float
    private var first: Tensor
    private var second: Tensor
    private var power1: Double = 1
    private var power2: Double = 1

    package init(shape: [Int], decay: Float = 0) {
        self.decay = decay
        first = Tensor(shape)
        second = Tensor(shape)
    }

    /// Moves `parameter` against `gradient` with learning rate `rate`.
    package mutating func update(_ parameter: inout Tensor, gradient: Tensor, rate: Float) {
        power1 *= Double(beta1)
        power2 *= Double(beta2)
        let step = AdamStep(
            rate: rate, powers: (power1, power2), beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay)
        parameter.withUnsafeMutable { w in
            gradient.withUnsafe { g in
                first.withUnsafeMutable { m in
                    second.withUnsafeMutable { v in
                        step.update(
                            w.baseAddress!, gradient: g.baseAddress!, first: m.baseAddress!, second: v.baseAddress!,
                            count: w.count)
                    }
                }
            }
        }
    }
}
