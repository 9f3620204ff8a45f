import Analysis
import Foundation
import VisionModels

/// Studies made from what is typed in the explorer.
extension Study {
    /// Makes the study that a draft describes, or goes on with it where it was begun: everything named is read, the images
    /// are run through both models, and the layer is aligned.
    package static func make(_ draft: StudyDraft, _ work: Work) throws -> WorkDone {
        let folder = folder(of: draft)
        let plan = StudyPlan(draft)
        let study = try isStudy(folder) ? Study(opening: folder) : Study(creating: folder, plan: plan)
        let layer = try study.layer().prepare(work)
        let facts = try layer.facts
        let accuracy = facts.remainder == .none ? "" : ", accuracy \(number(100 * facts.accuracy, 1)) %"
        return WorkDone(
            summary:
                "\(folder.lastPathComponent) is there: \(grouped(facts.probeImages)) probe images, \(grouped(facts.units)) units of "
                + "\(facts.layer)\(accuracy)",
            layers: try study.layerFacts(), changes: nil, opens: folder.path)
    }

    /// Whether a study stands in a folder.
    package static func isStudy(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path)
    }

    private static func folder(of draft: StudyDraft) -> URL {
        URL(filePath: homeExpanded(draft[.study] ?? "new.study")).standardizedFileURL
    }
}

extension StudyPlan {
    /// What is not given is the bundled study's, as for `miclip extract`; held-out images are the probe images then, where
    /// those are given.
    init(_ draft: StudyDraft) {
        let sample = StudyPlan.bundled
        func path(_ field: StudyDraft.Field) -> String? {
            draft[field].map { text in
                let text = homeExpanded(text)
                // What is no file may be in the sample data, or the name of a model.
                return FileManager.default.fileExists(atPath: text)
                    ? URL(filePath: text).standardizedFileURL.path : text
            }
        }
        let layer = (draft[.layer] ?? sample.target.layers[0]).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false
        ).map(String.init)
        let target = TargetPlan(
            model: path(.model) ?? sample.target.model, layers: [layer[0]],
            pooling: layer.count > 1 ? layer[1] : sample.target.pooling, classes: path(.classes))
        self.init(
            target: target, conceptSpace: path(.conceptSpace) ?? sample.conceptSpace,
            probeImages: path(.probeImages) ?? sample.probeImages,
            heldOutImages: path(.heldOutImages) ?? path(.probeImages) ?? sample.heldOutImages,
            concepts: path(.concepts) ?? sample.concepts)
    }
}

extension StudyDraft {
    /// What stands in the fields at first: the bundled study's parts, to be replaced.
    package static let standard: StudyDraft = {
        let sample = StudyPlan.bundled
        return StudyDraft([
            .study: "new.study", .probeImages: sample.probeImages, .heldOutImages: sample.heldOutImages,
            .model: sample.target.model, .layer: sample.target.layers[0], .conceptSpace: sample.conceptSpace,
            .concepts: sample.concepts,
        ])
    }()
}

/// `~` and `~/…` as a shell has them.
func homeExpanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/") else { return path }
    return NSString(string: path).expandingTildeInPath
}
