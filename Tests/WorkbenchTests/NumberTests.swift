import Testing
import Workbench

@Suite("Numbers in tables and files")
struct NumberTests {
    @Test(
        "What rounds to zero has no sign",
        arguments: [
            (-0.04, "0.0", "0.0"), (0.04, "0.0", "0.0"), (-0.0, "0.0", "0.0"), (-0.06, "-0.1", "-0.1"),
            (0.06, "0.1", "+0.1"), (-12.34, "-12.3", "-12.3"), (.nan, "nan", "+nan"),
        ])
    func zeros(value: Double, plain: String, signed: String) {
        #expect(number(value, 1) == plain)
        #expect(number(value, 1, signed: true) == signed)
    }

    @Test("Without decimals too")
    func whole() {
        #expect(number(-0.4, 0) == "0" && number(-0.6, 0) == "-1")
    }

    @Test(
        "A strength has the digits that tell all of it",
        arguments: [(0, "0.0"), (1.5, "1.5"), (-2, "-2.0"), (0.25, "0.25"), (0.001, "0.001"), (1e300, "1e+300")])
    func strengths(beta: Double, text: String) {
        #expect(strength(beta, 1) == text)
    }
}
