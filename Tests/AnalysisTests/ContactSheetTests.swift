import Analysis
import Testing

@Suite("A contact sheet's images")
struct ContactSheetTests {
    @Test("The most, each quarter down to zero, and the least, greatest first")
    func strips() {
        let activations: [Float] = [0.5, -3, 4, 1.5, 0, 3.5, 2.5, 3.9, -1]
        let strips = ContactSheet.strips(of: activations, count: 2)
        #expect(strips.map(\.images) == [[2, 7], [2, 5], [6], [3], [0], [8, 1]])
        #expect(strips.map(\.count) == [9, 3, 1, 1, 1, 9])
        #expect(strips[1].title == "75 to 100 % of the greatest")
    }

    @Test("A unit that is never above zero has only ends; none at all nothing; ties keep their order")
    func extremes() {
        #expect(ContactSheet.strips(of: [-1, -2, -1], count: 2).map(\.images) == [[0, 2], [2, 1]])
        #expect(ContactSheet.strips(of: [], count: 2).isEmpty)
        #expect(ContactSheet.strips(of: [1], count: 0).isEmpty)
        #expect(ContactSheet.strips(of: [2, 2, 2, 2, 2], count: 3)[1].images == [0, 2, 4], "spread over the interval")
    }
}
