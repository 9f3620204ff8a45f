import ArgumentParser
import Foundation
import Workbench

struct Shares: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how far the shares of an extraction are.",
        discussion: """
            Of a study whose shares stand under it, as `miclip extract --shard auto` makes them. What is missing is told as \
            the scheduler numbers its tasks, so that it can be submitted again.

            Examples:
              miclip shares photos.study
              sbatch --array=$(miclip shares photos.study --json | jq -r .retry) extract.sh
            """)

    @Argument(help: ArgumentHelp("The study's folder.", valueName: "study"), completion: .directory) var study: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let root = ShareRoot(URL(filePath: study))
        guard let (plan, states) = try root.states() else { throw WorkbenchError.noShares(study: root.folder.path) }
        try output.print(SharesDocument(root, plan, states)) { document in
            var lines = [
                "\(document.study): \(plan.count) shares, \(document.done.count) done, \(document.partial.count) partial, "
                    + "\(document.missing.count) missing"
            ]
            lines += document.partial.map {
                "partial   \($0.share): " + ($0.of == 0 ? "its images are read" : "\($0.rows) of \($0.of) rows")
            }
            if !document.missing.isEmpty { lines.append("missing   \(document.missing.arrayExpression)") }
            lines.append(
                document.retry.isEmpty
                    ? "all done: `miclip merge \(document.study)` joins them"
                    : "retry     --array=\(document.retry)")
            return lines.joined(separator: "\n")
        }
    }
}
