import LinearAlgebra
import TestSupport
import Testing

@Suite struct GroupedConvolutionTests {
    @Test(arguments: [
        // groups, inputs and outputs of each, stride: in one part, in several, and with a group to each
        (2, 4, 4, 1), (32, 4, 4, 2), (6, 32, 16, 1), (3, 64, 64, 2), (5, 20, 8, 1),
    ])
    func `are those of all channels with zeros for what a group does not see`(
        groups: Int, inputs: Int, outputs: Int, stride: Int
    ) {
        var random = SeededRandom(seed: UInt64(groups * inputs))
        let (all, made) = (groups * inputs, groups * outputs)
        let weight = random.tensor([made, inputs, 3, 3])
        let (bias, x) = (random.tensor([made]), random.tensor([2, 7, 6, all]))
        var dense = Tensor([made, all, 3, 3])
        for output in 0..<made {
            for input in 0..<inputs {
                for tap in 0..<9 {
                    dense[(output * all + output / outputs * inputs + input) * 9 + tap] =
                        weight[(output * inputs + input) * 9 + tap]
                }
            }
        }
        let grouped = GroupedConvolution(weight: weight, bias: bias, groups: groups, stride: stride, padding: 1)
        let whole = Convolution(weight: dense, bias: bias, stride: stride, padding: 1)
        let (found, expected) = (grouped(x, .relu), whole(x, .relu))
        #expect(found.shape == expected.shape)
        assertClose(found, expected, within: 1e-4, because: "float32 sums of as many as 576 terms in another order")
    }

    @Test(arguments: [(4, 6), (5, 3), (1, 1)])
    func `means of two by two, at an odd edge of those that there are`(height: Int, width: Int) {
        var random = SeededRandom(seed: 1)
        let x = random.tensor([2, height, width, 3])
        let found = x.halvedByMeans()
        #expect(found.shape == [2, (height + 1) / 2, (width + 1) / 2, 3])
        for image in 0..<2 {
            for row in 0..<(height + 1) / 2 {
                for column in 0..<(width + 1) / 2 {
                    for c in 0..<3 {
                        var seen: [Float] = []
                        for i in 2 * row..<min(height, 2 * row + 2) {
                            for j in 2 * column..<min(width, 2 * column + 2) {
                                seen.append(x[((image * height + i) * width + j) * 3 + c])
                            }
                        }
                        let at = ((image * ((height + 1) / 2) + row) * ((width + 1) / 2) + column) * 3 + c
                        assertClose(
                            found[at], seen.reduce(0, +) / Float(seen.count), within: 1e-6,
                            because: "four float32 terms")
                    }
                }
            }
        }
    }
}
