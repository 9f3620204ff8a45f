import LinearAlgebra
import TestSupport
import Testing

@Suite struct GroupNormTests {
    @Test(arguments: [
        // channels, groups, places: fewer channels than a register has, an odd rest, a group each, all in one
        (6, 3, 5), (50, 5, 7), (64, 64, 300), (40, 1, 1), (96, 32, 1000),
    ])
    func `is that of the formula in double precision`(channels: Int, groups: Int, places: Int) {
        var random = SeededRandom(seed: UInt64(channels * places))
        // A mean that is large beside the deviation.
        let noise = random.tensor([2, places, channels])
        let x = Tensor(noise.shape, noise.values.map { $0 + 100 })
        let (scale, shift) = (random.tensor([channels]), random.tensor([channels]))
        let residual = random.tensor([2, places, channels])
        let own = channels / groups
        var expected = Tensor(x.shape)
        for image in 0..<2 {
            for group in 0..<groups {
                func at(_ place: Int, _ c: Int) -> Int { (image * places + place) * channels + group * own + c }
                let all = (0..<places).flatMap { place in (0..<own).map { at(place, $0) } }
                let mean = all.reduce(0.0) { $0 + Double(x[$1]) } / Double(all.count)
                let variance =
                    all.reduce(0.0) { $0 + (Double(x[$1]) - mean) * (Double(x[$1]) - mean) } / Double(all.count)
                for index in all {
                    let c = index % channels
                    let value = (Double(x[index]) - mean) / (variance + 1e-5).squareRoot()
                    expected[index] = Float(
                        max(0, value * Double(scale[c]) + Double(shift[c]) + Double(residual[index])))
                }
            }
        }
        let found = x.groupNormalized(
            groups: groups, scale: scale, shift: shift, epsilon: 1e-5, residual: residual, rectifies: true)
        assertClose(
            found, expected, within: 2e-3,
            because: "values near 100 have a step of 8e-6, here over deviations of about one and one at least of 0.003")
    }

    @Test func `is blind to a group's level and size`() {
        var random = SeededRandom(seed: 3)
        let x = random.tensor([1, 30, 8])
        let (scale, shift) = (random.tensor([8]), random.tensor([8]))
        let moved = Tensor(x.shape, x.values.enumerated().map { $0 % 8 < 4 ? 3 * $1 + 2 : $1 })
        func norm(_ x: Tensor) -> Tensor {
            x.groupNormalized(groups: 2, scale: scale, shift: shift, epsilon: 0, rectifies: false)
        }
        assertClose(norm(moved), norm(x), within: 1e-5, because: "float32 sums of 120 terms")
    }

    @Test func `channels are scaled and shifted, and rectified where that is wanted`() {
        let x = Tensor([1, 2, 2], [1, -2, 3, 4])
        let (scale, shift) = (Tensor([2], [2, 1]), Tensor([2], [-3, 1]))
        #expect(x.scaledChannels(scale: scale, shift: shift, rectifies: false).values == [-1, -1, 3, 5])
        #expect(x.scaledChannels(scale: scale, shift: shift, rectifies: true).values == [0, 0, 3, 5])
    }
}
