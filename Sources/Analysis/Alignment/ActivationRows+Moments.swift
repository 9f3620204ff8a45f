import LinearAlgebra

extension ActivationRows {
    /// Pearson's correlation of each unit with each column of `signals` [rows, K], 0 where either is constant: [units, K]
    func correlations(with signals: Tensor) -> Tensor {
        precondition(signals.rows == rows, "a signal for each image")
        let (centred, deviations) = signals.centredColumns()
        let products = transposedTimes(centred)
        let (count, width) = (Double(max(1, rows)), signals.columns)
        let spread = moments().map { ($0.squares / count - ($0.sum / count) * ($0.sum / count)).squareRoot() }
        return Tensor([columns, width]) { target in
            products.withUnsafe { products in
                for unit in 0..<columns {
                    for k in 0..<width {
                        let scale = spread[unit] * Double(deviations[k]) * count
                        target[unit * width + k] =
                            scale > 1e-9 * count ? Float(Double(products[unit * width + k]) / scale) : 0
                    }
                }
            }
        }
    }

    /// Σ a and Σ a² of every unit.
    private func moments() -> [(sum: Double, squares: Double)] {
        var moments = [(sum: Double, squares: Double)](repeating: (0, 0), count: columns)
        func take(_ unit: Int, _ value: Float) {
            moments[unit].sum += Double(value)
            moments[unit].squares += Double(value) * Double(value)
        }
        switch self {
        case .dense(let a):
            a.withUnsafe { a in for at in a.indices { take(at % columns, a[at]) } }
        case .sparse(let a):
            for (index, value) in zip(a.indices, a.values) { take(Int(index), value) }
        }
        return moments
    }
}

extension Tensor {
    /// Each column less its mean, and the columns' standard deviations.
    package func centredColumns() -> (Tensor, [Float]) {
        let (means, columns) = (columnMeans(), columns)
        var (result, squares) = (self, [Double](repeating: 0, count: columns))
        result.withUnsafeMutable { x in
            for at in x.indices {
                x[at] -= means[at % columns]
                squares[at % columns] += Double(x[at]) * Double(x[at])
            }
        }
        return (result, squares.map { Float(($0 / Double(Swift.max(1, rows))).squareRoot()) })
    }

    /// Each row less its own mean, then each column less its mean.
    package func centredBothWays() -> Tensor {
        var result = self
        let (rows, columns) = (rows, columns)
        result.withUnsafeMutable { x in
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let mean = range.reduce(Float(0)) { $0 + x[$1] } / Float(Swift.max(1, columns))
                for at in range { x[at] -= mean }
            }
        }
        return result.centredColumns().0
    }
}
