import Analysis
import TestSupport
import Testing

@Suite("Changes of units over images") struct ChangeSumsTests {
    @Test("mean and interval are the sample's, with the correction for drawing without replacement")
    func interval() {
        var sums = ChangeSums(units: 2)
        sums.add([1, 10, 3, 10])
        sums.add([5, 10])
        let (first, second) = (sums.means(of: 6)[0], sums.means(of: 6)[1])
        #expect(sums.images == 3)
        assertClose(Float(first.mean), 3, within: 1e-6, because: "a sum of three")
        // s = 2 over three images of six: 1.96 * sqrt(4 / 3 * (1 - 3 / 6)).
        let expected = Float(1.96 * (4.0 / 3 * 0.5).squareRoot())
        assertClose(Float(first.halfWidth), expected, within: 1e-6, because: "the same formula in float64")
        #expect(second.mean == 10 && second.halfWidth == 0)
        #expect(sums.means(of: 3)[0].halfWidth == 0, "all images: nothing is left open")
    }
}
