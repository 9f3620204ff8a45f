/// A range of values moved in steps, and where they lie on a track of cells.
package struct Slider: Sendable, Hashable {
    package let range: ClosedRange<Double>
    /// Fine steps to a value of one: values are whole numbers divided by it, so that 0.35 is 0.35 and nothing near it.
    let finePerUnit: Double
    /// Fine steps to a step.
    let stepInFine: Double

    /// β of scaling: from inversion to four times the activation, by 0.05 or 0.01; no change is in the middle.
    package static let scaling = Slider(range: -2...4, finePerUnit: 100, stepInFine: 5)

    /// β of adding: both ways at least as far as `reach`, rounded up to 1, 2 or 5 times a power of ten, in a hundred steps.
    package static func adding(reach: Double) -> Slider {
        var nice = 1e-6
        let wanted = reach.isFinite ? min(1e9, reach) : 5
        for factor in [2, 2.5, 2].cycled(45) where nice < wanted * 0.999 { nice *= factor }
        return Slider(range: -nice...nice, finePerUnit: 500 / nice, stepInFine: 10)
    }

    /// τ, the size of the unit set.
    package static func size(upTo count: Int) -> Slider {
        Slider(range: 1...Double(max(2, count)), finePerUnit: 1, stepInFine: 1)
    }

    /// `value` moved by a number of steps, or fine steps.
    package func moved(_ value: Double, by steps: Int, fine: Bool = false) -> Double {
        snapped(value + Double(steps) * (fine ? 1 : stepInFine) / finePerUnit)
    }

    /// `value` on the grid of fine steps and inside the range.
    func snapped(_ value: Double) -> Double {
        min(range.upperBound, max(range.lowerBound, (value * finePerUnit).rounded() / finePerUnit))
    }

    /// Decimals that tell two fine steps apart.
    package var decimals: Int {
        var (decimals, reach) = (0, finePerUnit)
        while reach > 1.001 {
            decimals += 1
            reach /= 10
        }
        return decimals
    }

    /// The column of the knob on a track of `width` cells.
    package func column(of value: Double, width: Int) -> Int {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return max(0, min(width - 1, Int((share * Double(width - 1)).rounded())))
    }

    /// The value under a column of the track, on the grid of whole steps.
    package func value(at column: Int, width: Int) -> Double {
        let share = Double(max(0, min(width - 1, column))) / Double(max(1, width - 1))
        let raw = range.lowerBound + share * (range.upperBound - range.lowerBound)
        return snapped((raw * finePerUnit / stepInFine).rounded() * stepInFine / finePerUnit)
    }
}

extension Array {
    /// The elements over and over, `count` in all.
    fileprivate func cycled(_ count: Int) -> [Element] { (0..<count).map { self[$0 % self.count] } }
}
