import Analysis
import Testing

@Suite("What is written where a concept goes")
struct ConceptTextTests {
    private func read(_ text: String) -> ConceptText { ConceptText(text, layer: "norm") }

    @Test("Words are words", arguments: ["sleeve", "a - b", "17", "f", "f-16 pilot", "e = mc2", "blue+green", ""])
    func words(text: String) {
        #expect(read(text).units.isEmpty)
        #expect(read(text).words == text)
    }

    @Test("Units by name, with and without their layer, each once")
    func units() {
        #expect(read("norm:45-").units.map(\.description) == ["norm:45-"])
        #expect(read(" 45- 17+, f3 45-").units.map(\.description) == ["norm:45-", "norm:17+", "norm:f3"])
        #expect(read("blocks.8:3").units.map(\.description) == ["blocks.8:3"])
        #expect(read("45- sleeve").units.isEmpty)
    }

    @Test("A set has a name, and words or a set a class")
    func names() {
        let set = read("soles = 45- 17+ @ ankle boot")
        #expect(set.name == "soles" && set.className == "ankle boot" && set.units.count == 2)
        #expect(read("sleeves @ shirt").words == "sleeves")
        #expect(read("sleeves @").className == nil)
    }

    @Test("What is written of a set reads back the same")
    func roundTrip() {
        let units = [
            InternalUnit(layer: "norm", index: 45, pole: .negative), InternalUnit(layer: "norm", index: 3),
            InternalUnit(layer: "norm", index: 7, kind: .feature),
        ]
        let text = ConceptText.text(of: units, name: "soles", className: "boot")
        #expect(text == "soles = 45- norm:3 f7 @ boot")
        #expect((read(text).units, read(text).name, read(text).className) == (units, "soles", "boot"))
    }
}
