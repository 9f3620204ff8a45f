import Analysis
import Foundation
import TestSupport
import Testing
import Workbench

/// What the form of a new study is helped by.
@Suite("Fields of a new study")
struct StudyFieldsTests {
    private let folder: URL

    init() throws {
        folder = try Samples.temporaryFolder()
        for name in ["photos", "photographs", ".hidden", "made.study"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        for name in ["photos.txt", "made.study/study.sqlite"] { try Data().write(to: folder.appending(path: name)) }
    }

    private func advice(_ text: String, _ field: StudyDraft.Field) -> FieldAdvice {
        StudyFields.advice(on: folder.path + "/" + text, for: field)
    }

    @Test("paths complete, folders with a slash; hidden ones only where a dot asks for them")
    func completions() {
        defer { try? FileManager.default.removeItem(at: folder) }
        func names(_ text: String, _ field: StudyDraft.Field = .probeImages) -> [String] {
            advice(text, field).completions.map { String($0.dropFirst(folder.path.count + 1)) }
        }
        #expect(names("phot") == ["photographs/", "photos/", "photos.txt"])
        #expect(names("") == ["made.study/", "photographs/", "photos/", "photos.txt"])
        #expect(names(".") == [".hidden/"])
        #expect(names("phot", .study) == ["photographs/", "photos/"], "a study is a folder")
        #expect(names("nothing").isEmpty && names("nothing/at/all").isEmpty)
        #expect(StudyFields.advice(on: "sample:c", for: .conceptSpace).completions == ["sample:clip"])
        #expect(StudyFields.advice(on: "sample:c", for: .layer).completions.isEmpty)
    }

    @Test("what is not there is said, and what is a study already")
    func notes() {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(!advice("photos", .probeImages).isFault && advice("photoz", .probeImages).isFault)
        #expect(advice("train-{000..003}.tar", .probeImages).note.isEmpty, "several tars")
        #expect(advice("made.study", .study).note == "a study: it is opened")
        #expect(!advice("other.study", .study).isFault && StudyFields.advice(on: " ", for: .study).isFault)
        #expect(advice("photos.txt", .study).note == "a file, no folder" && advice("photos.txt", .study).isFault)
        #expect(advice("no-model", .model).note == "nothing there, and in no cache")
        #expect(!StudyFields.advice(on: "sample:target-vit", for: .model).isFault)
        #expect(StudyFields.advice(on: "", for: .heldOutImages).note == "the same images")
    }

    @Test("what studies were made of is remembered, the newest first and each once; another file is none")
    func history() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "deep/studies.json")
        let history = StudyHistory(file: file)
        #expect(history.drafts.isEmpty)
        let (a, b) = (StudyDraft([.study: "a.study", .model: "m"]), StudyDraft([.study: "b.study"]))
        for draft in [a, b, a] { history.remember(draft) }
        #expect(history.drafts == [a, b])
        try Data(#"{"version": 2, "studies": []}"#.utf8).write(to: file)
        #expect(history.drafts.isEmpty)
    }
}
