import Analysis
import Cache
import Foundation
import Testing

@Suite struct FindingTests {
    let store: StudyStore

    init() throws {
        store = try StudyStore.inMemory(configuration: exampleConfiguration)
    }

    private var intervention: Finding {
        var outcome = exampleOutcome(images: 10)
        outcome.after.ofOthers = 1.0 / 3
        return Finding(
            subject: .intervention(
                concept: "shoe", target: ConceptClass(index: 7, name: "Sneaker", origin: .nearest), exampleIntervention,
                outcome), note: "a\n\"note\" – 鞋", created: 2.5)
    }

    @Test("Findings come back as they were marked, in order")
    func order() throws {
        var first = exampleFinding()
        var second = intervention
        first.id = try store.insert(first)
        second.id = try store.insert(second)
        #expect(try store.findings() == [first, second])
    }

    @Test("A deleted finding can be put back in its place")
    func undo() throws {
        let ids = try (0..<3).map { try store.insert(exampleFinding(note: "\($0)")) }
        let deleted = try #require(try store.deleteFinding(ids[1]))
        #expect(deleted.note == "1")
        #expect(try store.findings().map(\.note) == ["0", "2"])
        #expect(try store.deleteFinding(ids[1]) == nil)

        #expect(try store.insert(deleted) == ids[1])
        #expect(try store.insert(deleted) == ids[1], "twice is once")
        #expect(try store.findings().map(\.note) == ["0", "1", "2"])
    }

    @Test("A deleted finding can be put back in a later start too")
    func laterUndo() throws {
        let study = try TemporaryStudy()
        try study.fill()
        let store = try StudyStore.open(at: study.folder)
        let kept = try store.findings()
        try store.deleteFinding(try #require(kept[0].id))
        try store.close()
        let again = try StudyStore.open(at: study.folder)
        #expect(try again.findings() == [])
        #expect(try again.deletedFindings() == kept)
        try again.insert(try again.deletedFindings()[0])
        #expect(try again.findings() == kept)
        #expect(try again.deletedFindings() == [])
    }

    @Test("A number is not used twice, so an undo cannot overwrite")
    func numbers() throws {
        let first = try store.insert(exampleFinding(note: "first"))
        let deleted = try #require(try store.deleteFinding(first))
        let second = try store.insert(exampleFinding(note: "second"))
        #expect(second != first)
        try store.insert(deleted)
        #expect(try store.findings().map(\.note) == ["first", "second"])
    }

    @Test("A note is replaced; that of a finding gone is an error")
    func notes() throws {
        let id = try store.insert(exampleFinding(note: "old"))
        try store.setNote("new", ofFinding: id)
        #expect(try store.findings().map(\.note) == ["new"])
        try store.deleteFinding(id)
        #expect(throws: CacheError.missingRecord(file: ":memory:", kind: "finding", key: "\(id)")) {
            try store.setNote("newer", ofFinding: id)
        }
    }

    @Test("Stored findings have explicit keys")
    func storedForm() throws {
        let study = try TemporaryStudy()
        try study.fill()
        let units = #"["norm:3"]"#
        let outcome =
            #"{"after":{"ofClass":0.5,"ofOthers":"nan","overall":0.5},"before":{"ofClass":1,"ofOthers":1,"overall":1},"#
            + #""images":2,"imagesInAll":2,"classImages":1,"classImagesInAll":1}"#
        let target = #"{"index":7,"name":"Sneaker","origin":"name"}"#
        let subjects = [
            #"{"kind":"unit","description":{"concepts":[{"concept":"shoe","score":0.1}],"#
                + #""unit":"norm:17-"}}"#,
            #"{"kind":"intervention","concept":"shoe","target":\#(target),"outcome":\#(outcome),"#
                + #""intervention":{"beta":0,"operator":"scaling","units":\#(units)}}"#,
            #"{"kind":"steering","concepts":["shoe"],"target":\#(target),"outcome":\#(outcome),"#
                + #""steering":{"moving":0,"interventions":[{"beta":0,"operator":"scaling","units":\#(units)}]}}"#,
        ]
        for subject in subjects {
            try study.doctor(
                "INSERT INTO finding (finding, note, created) VALUES ('{\"version\":1,\"subject\":\(subject)}', 'new', 1)"
            )
        }
        let findings = try StudyStore.open(at: study.folder).findings()
        guard case .unit(let description) = findings[1].subject,
            case .intervention(let concept, let target, let intervention, let outcome) = findings[2].subject,
            case .steering(let concepts, _, let steering, _) = findings[3].subject
        else {
            Issue.record("not the kinds that were stored: \(findings)")
            return
        }
        #expect(description.unit == InternalUnit(layer: "norm", index: 17, pole: .negative))
        #expect(description.concepts == [RankedConcept(concept: "shoe", score: 0.1)])
        #expect(
            (concept, target.name, intervention.operator, outcome.before.overall) == ("shoe", "Sneaker", .scaling, 1))
        #expect(concepts == ["shoe"] && steering == Steering(intervention))
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let text = try String(decoding: encoder.encode(findings.map(\.subject)), as: UTF8.self)
        #expect(!text.contains("_0"))
    }

    @Test("A finding that cannot be read is named")
    func damaged() throws {
        let study = try TemporaryStudy()
        try study.fill()
        try study.doctor("UPDATE finding SET finding = '{\"unit\":'")
        let store = try StudyStore.open(at: study.folder)
        #expect(
            throws: CacheError.damaged(
                file: study.database.path, place: "finding 1", expected: "JSON of StoredFinding", found: "{\"unit\":")
        ) { try store.findings() }
    }
}
