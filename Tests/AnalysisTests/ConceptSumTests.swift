import Analysis
import TestSupport
import Testing

@Suite("Concepts that add up")
struct ConceptSumTests {
    private func read(_ text: String) -> [String] {
        ConceptSum(text).terms.map { term in
            let sign = term.isTakenAway ? "-" : "+"
            return switch term.part {
            case .words(let words): sign + words
            case .image(let number): "\(sign)#\(number)"
            }
        }
    }

    @Test(
        "Signs count between blanks, and not before something follows",
        arguments: [
            ("dog", ["+dog"]), ("dog - leash + water", ["+dog", "-leash", "+water"]), ("t-shirt", ["+t-shirt"]),
            ("blue+green - red", ["+blue+green", "-red"]), ("dog − leash", ["+dog", "-leash"]), ("dog -", ["+dog"]),
            ("dog - + water", ["+dog", "+water"]), ("- leash", ["-leash"]),
            ("ankle  boot - sole", ["+ankle boot", "-sole"]),
            ("", []), (" - ", []), ("image 812", ["+#812"]), ("IMG:7 - image:3", ["+#7", "-#3"]),
            ("image of 812", ["+image of 812"]), ("image", ["+image"]), ("image -1", ["+image -1"]),
            ("images 5", ["+images 5"]),
            ("image 99999999999999999999", ["+image 99999999999999999999"]),
        ])
    func reading(text: String, terms: [String]) { #expect(read(text) == terms) }

    @Test("Only words have a name to be looked up by")
    func names() {
        #expect(ConceptSum("dog -").onlyWords == "dog")
        #expect(ConceptSum("- dog").onlyWords == nil && ConceptSum("dog - cat").onlyWords == nil)
        #expect(ConceptSum("image 3").onlyWords == nil && ConceptSum("image 3").hasImages)
        #expect(ConceptSum(plain: "black - white").onlyWords == "black - white")
    }

    @Test("The sum is a unit vector again, and none where the parts cancel")
    func sums() throws {
        let vectors: [String: [Float]] = ["a": [1, 0, 0], "b": [0, 1, 0], "c": [0.6, 0, 0.8]]
        func embedding(_ text: String) -> [Float]? {
            ConceptSum(text).embedding { part in
                if case .words(let words) = part { vectors[words] ?? [] } else { [0, 0, 1] }
            }
        }
        #expect(embedding("c") == vectors["c"])
        let sum = try #require(embedding("a - b + image 0"))
        assertClose(
            sum, [1, -1, 1].map { $0 / Float(3).squareRoot() }, within: 1e-6, because: "three ones, of length √3")
        assertClose(try #require(embedding("- c")), [-0.6, 0, -0.8], within: 1e-6, because: "the other way")
        #expect(embedding("a - a") == nil)
        #expect(embedding("a + b - b - a") == nil)
    }

    @Test("An image is no unit of a layer called image, and units stay units")
    func units() {
        #expect(ConceptText("img:812", layer: "norm").units.isEmpty)
        #expect(ConceptText("image:812 45-", layer: "norm").units.isEmpty)
        #expect(ConceptText("norm:812 45-", layer: "norm").units.count == 2)
    }
}
