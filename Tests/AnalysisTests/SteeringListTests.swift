import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct SteeringListTests {
    private func randomList(_ random: inout SeededGenerator) -> SteeringList {
        let entries = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            SteeringEntry(
                concept: ["boot", "bag", "dress"].randomElement(using: &random)!,
                ranking: Ranking.allCases.randomElement(using: &random)!,
                setSize: Int.random(in: 1...3, using: &random),
                operator: Operator.allCases.randomElement(using: &random)!,
                scalingBeta: [0, 1, 2].randomElement(using: &random)!, isMuted: Bool.random(using: &random))
        }
        return SteeringList(
            entries, selected: Int.random(in: 0..<entries.count, using: &random),
            units: UnitKind.allCases.randomElement(using: &random)!,
            words: [nil, ClassWords(lines: ["shoe"]), ClassWords(lines: ["top", "bag"])].randomElement(using: &random)!)
    }

    @Test("the actions from one list to another lead there, through JSON and back")
    func difference() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let (one, other) = (randomList(&random), randomList(&random))
            let record = SteeringRecord(start: one, actions: one.actions(to: other))
            #expect(record.end == other)
            let copy = try JSONDecoder().decode(SteeringRecord.self, from: JSONEncoder().encode(record))
            #expect(copy == record)
            #expect(one.actions(to: one).isEmpty)
        }
    }

    @Test("a step is one action")
    func steps() {
        var list = SteeringList([SteeringEntry(concept: "boot"), SteeringEntry(concept: "bag")], selected: 1)
        let start = list
        for action in [
            SteeringAction.scale(to: 0.5, entry: 1), .mute(true, entry: 1), .size(4, entry: 1),
            .exchange(entry: 0, with: 1),
            .insert(SteeringEntry(concept: "dress"), entry: 2), .remove(entry: 2), .select(entry: 0),
            .steer(.feature), .count(on: ClassWords(lines: ["shoe"])), .count(on: nil),
        ] {
            let before = list
            list.apply(action)
            #expect(before.actions(to: list) == [action])
        }
        list.apply(.remove(entry: 7))
        list.apply(.remove(entry: 0))
        list.apply(.remove(entry: 0))
        #expect(list.entries.count == 1, "the last line stays")
        #expect(start.entries.map(\.concept) == ["boot", "bag"])
    }

    @Test("a list whose selection is not there is refused")
    func damaged() {
        let json = Data(#"{"entries": [], "selected": 0}"#.utf8)
        #expect(throws: DecodingError.self) { _ = try JSONDecoder().decode(SteeringList.self, from: json) }
    }

    @Test("a line of no units or fewer is refused", arguments: [0, -1])
    func tooFewUnits(count: Int) throws {
        let whole = SteeringList([SteeringEntry(concept: "boot", setSize: 20)])
        let json = String(decoding: try JSONEncoder().encode(whole), as: UTF8.self)
        func read(_ json: String) throws -> SteeringList {
            try JSONDecoder().decode(SteeringList.self, from: Data(json.utf8))
        }
        #expect(try read(json) == whole)
        #expect(throws: DecodingError.self) { try read(json.replacing("\"top\":20", with: "\"top\":\(count)")) }
    }

    @Test("the fit takes the greatest gain within the bound, and of equals the gentlest")
    func fit() {
        func choice(_ beta: Double, _ ofClass: Double, _ ofOthers: Double) -> StrengthFit.Choice {
            .init(beta: beta, accuracy: Accuracy(overall: 0, ofClass: ofClass, ofOthers: ofOthers))
        }
        let before = Accuracy(overall: 0, ofClass: 0.5, ofOthers: 0.9)
        let choices = [
            choice(0, 0.5, 0.9), choice(1, 0.5, 0.9), choice(2, 0.7, 0.89), choice(3, 0.7, 0.9), choice(4, 0.9, 0.8),
        ]
        func best(_ bound: Double) -> Double? {
            StrengthFit.best(among: choices, before: before, bound: bound, identity: 1)?.beta
        }
        #expect(best(0.01) == 2)
        #expect(best(0) == 3)
        #expect(best(0.2) == 4)
        #expect(best(-1) == nil)
        let (one, other) = StrengthFit.halves(11)
        #expect((one + other).sorted() == Array(0..<11) && one.count == 5)
    }
}
