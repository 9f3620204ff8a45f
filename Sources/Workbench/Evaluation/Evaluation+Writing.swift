import Files
import Foundation

extension Evaluation {
    /// Writes the evaluation to new files in `directory`, as Markdown and as the JSON of `miclip report`. Their paths.
    package func write(name: String, into directory: URL) throws -> [URL] {
        let command = "miclip report --study '\(facts.study)' --layer '\(facts.layer)' --model '\(facts.model)'"
        return [
            try UserFile.writeNew(
                ReportText.markdown(Report(self, command: command)), name, "md", into: directory),
            try UserFile.writeNew(
                documentText(of: EvaluationDocument(self, command: command)), name, "json", into: directory),
        ]
    }
}
