import Analysis
import Cache
import Explorer
import Foundation
import Testing
import Workbench

/// `docs/json.md` and what the program keeps are the same, key by key.
@Suite struct StoredDocumentTests {
    private let reference = LayerReference(model: "target-vit", layer: "norm", pooling: "cls")
    private let unit = InternalUnit(layer: "norm", index: 17, pole: .positive)
    private let target = ConceptClass(index: 8, name: "bag", origin: .name)
    private let words = ClassWords(lines: ["boot", "bag"])

    private var outcome: InterventionOutcome {
        let accuracy = Accuracy(overall: 0.875, ofClass: 0.5, ofOthers: 0.75)
        return InterventionOutcome(
            before: accuracy, after: accuracy, images: 40, imagesInAll: 80, classImages: 4, classImagesInAll: 8)
    }

    private var findings: [Finding] {
        let concepts = [RankedConcept(concept: "bag", score: 0.5)]
        var quality = UnitQuality(
            clarity: 0.5, polysemanticity: 0.25, redundancy: 0.5, selectivity: 1.5, selectiveClass: 8, isDead: false)
        let unscored = quality
        quality.explanation = ScoredExplanation(
            concept: "bag",
            scores: ExplanationScores(
                activations: [1, 2, 3, 4], ConceptSignal(labels: [0, 0, 8, 8], class: 8)), monosemanticity: 0.5,
            chance: [0, 0.25])
        var dead = UnitQuality(
            clarity: 0, polysemanticity: 0, redundancy: 1, selectivity: 0, selectiveClass: nil, isDead: true)
        // Of a concept that is none of the set.
        dead.explanation = ScoredExplanation(concept: "bag", scores: nil, monosemanticity: 0, chance: [])
        let intervention = Intervention(units: [unit], operator: .scaling, beta: 0.5)
        let feature = InternalUnit(layer: "norm", index: 3, kind: .feature)
        let subjects: [Finding.Subject] = [
            .unit(UnitDescription(unit: unit, concepts: concepts, quality: quality)),
            .unit(UnitDescription(unit: feature, concepts: concepts, does: concepts, quality: dead)),
            .unit(UnitDescription(unit: unit, concepts: concepts)),
            .unit(UnitDescription(unit: unit, concepts: concepts, quality: unscored)),
            .intervention(concept: "bag", target: target, intervention, outcome),
            .steering(
                concepts: ["bag", "coat"], target: target, Steering([intervention, intervention], moving: 1), outcome),
        ]
        return subjects.enumerated().map { place, subject in
            Finding(
                subject: subject, origin: place == 0 ? nil : reference, provenance: place < 2 ? nil : provenance(place),
                note: "a note #check", created: 1_700_000_000)
        }
    }

    private func provenance(_ place: Int) -> Provenance {
        Provenance(
            Search(concept: place == 2 ? "bag" : nil, rankings: [.rivals]), method: .closedForm, seed: 0,
            accuracy: place == 3 ? nil : 0.9, reader: .model, digests: ["alignment": "0123"])
    }

    private func json(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }

    @Test("a stored finding")
    func storedFindings() throws {
        try JSONDocumentTests.compare("Finding in study.sqlite", with: try findings.map { try json(StoredFinding($0)) })
        for finding in findings {
            let stored = try JSONEncoder().encode(StoredFinding(finding))
            let text = String(decoding: stored, as: UTF8.self)
            #expect(throws: DecodingError.self) {
                let newer = text.replacing("\"version\":1", with: "\"version\":2")
                _ = try JSONDecoder().decode(StoredFinding.self, from: Data(newer.utf8))
            }
        }
    }

    @Test("exported findings, as a study with each kind of them prints")
    func exportedFindings() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let layer = try Study(opening: URL(filePath: study.path)).layer(nil, model: nil)
        for finding in findings { try layer.keep(finding) }
        let run = try study.run("export", "--json")
        #expect(run.status == 0, "\(run.errors)")
        try JSONDocumentTests.compare("export", with: [try run.json()], unseen: ["findings[].concept"])
        let file = study.home.appending(path: "all.json")
        try Data(run.output.utf8).write(to: file)
        let other = try CommandLineStudy()
        defer { other.remove() }
        let taken = try other.run("import", "findings", file.path, "--json")
        #expect(taken.status == 0, "\(taken.errors)")
        try JSONDocumentTests.compare("import findings", with: [try taken.json()], unseen: ["withoutLayer[]"])
        let kept = try Study(opening: URL(filePath: other.path)).layer(nil, model: nil).findings()
        #expect(kept.map(\.subject) == findings.map(\.subject) && kept.map(\.provenance) == findings.map(\.provenance))
        try Data(run.output.replacing("\"version\" : 1", with: "\"version\" : 9").utf8).write(to: file)
        let refused = try other.run("import", "findings", file.path)
        #expect(refused.status == 65 && refused.errors.contains("all.json"), "\(refused.errors)")
    }

    @Test("a session of steering, with every action")
    func sessions() throws {
        let entry = SteeringEntry(concept: "bag")
        let actions: [SteeringAction] = [
            .insert(entry, entry: 0), .remove(entry: 0), .exchange(entry: 0, with: 1), .select(entry: 0),
            .concept("coat", entry: 0), .ranking(.cosine, entry: 0), .size(5, entry: 0), .operator(.adding, entry: 0),
            .scale(to: 0.5, entry: 0), .add(to: 0.5, entry: 0), .mute(true, entry: 0), .steer(.feature),
            .count(on: words), .count(on: nil),
        ]
        let whole = SteeringRecord(
            layer: reference, start: SteeringList([entry], words: words), actions: actions, target: "bag",
            outcome: outcome)
        let least = SteeringRecord(start: SteeringList([entry]), actions: [], target: "bag")
        try JSONDocumentTests.compare("session.json", with: [try json(whole), try json(least)])
        #expect(try JSONDecoder().decode(SteeringRecord.self, from: JSONEncoder().encode(whole)) == whole)
    }

    @Test("what studies were made of")
    func histories() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "studies-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let history = StudyHistory(file: file)
        history.remember(StudyDraft())
        history.remember(StudyDraft(Dictionary(uniqueKeysWithValues: StudyDraft.Field.allCases.map { ($0, "x") })))
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        try JSONDocumentTests.compare("studies.json", with: [written])
    }

    @Test("the place the explorer comes back to")
    func places() throws {
        let place = LayerPlace(
            layer: reference, steering: SteeringList([SteeringEntry()], words: words), located: unit, listed: unit,
            mapped: unit)
        let whole = Session(
            theme: "dark", layer: reference, places: [place, LayerPlace(layer: reference)], recent: ["boot"],
            columns: [.clarity])
        try JSONDocumentTests.compare("Place in study.sqlite", with: [try json(whole), try json(Session())])
        #expect(try JSONDecoder().decode(Session.self, from: JSONEncoder().encode(whole)) == whole)
    }
}
