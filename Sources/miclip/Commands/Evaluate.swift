import Analysis
import ArgumentParser
import Explorer
import Foundation
import Workbench

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the method against its baselines and controls on held-out images.",
        discussion: """
            Everything by default; flags choose parts. `miclip report` writes the same into a file.

            --accuracy: units of the final layer, whose meaning is known, described from the classes and from every concept \
            set. --explanations: every method's descriptions scored on held-out images. --interventions: each class's unit set \
            scaled by β, or shifted, change of accuracy in points, mean over classes and seeds, with 95 % intervals over the \
            seeds where one matters, and over the classes. Every table has its controls: random units, the same ranking on \
            random concept vectors, and how a unit departs on the class without any concept space. Baselines of signed units \
            are there as published and with both poles. Unit sets come from the study's probe images, also for other --images \
            and --classes, whose concepts the study then has not seen. The features are those of the study's sparse \
            autoencoder, which is trained anew from each seed. --layers: description and intervention at every layer of the \
            study. --errors: on misclassified images, whether localization points at the predicted or the true class. \
            --groups: silhouette by super-category.

            Finished rows are kept in the study: an evaluation that was stopped goes on where it was, and gives the same. \
            Where all would take long, a part is counted that is drawn once, and the tables say of how many.

            Examples:
              miclip evaluate --interventions --seeds 3
              miclip evaluate --explanations --descriptions clip-dissect.csv
              miclip evaluate --interventions --study clip.study --images textures/ --classes textures.txt
            """)

    @OptionGroup var parts: EvaluationOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let (layer, request, note) = try parts.prepared(study)
        try warn(ofDoubtIn: layer)
        let imported = try parts.imported(layer)
        let evaluation = try withProgress { work in
            try layer.evaluation(request, imported: imported, isResumed: !parts.fresh, work)
        }
        let command = parts.command(as: "evaluate", study)
        try output.print(EvaluationDocument(evaluation, note: note, command: command)) { _ in
            let sections = Report(evaluation, command: command).sections.map(\.text)
            return (sections + [note].compactMap { $0 }).joined(separator: "\n\n")
        }
    }
}

extension ReportSection {
    /// The section for a terminal, in columns.
    var text: String {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { displayWidth(of: $0[column]) }.max() ?? 0
        }
        let lines = ([columns] + rows).map { cells in
            let line = zip(cells, widths).map { $0.padded($1) }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
        return ([title.uppercased()] + lines + sentences).joined(separator: "\n")
    }
}
