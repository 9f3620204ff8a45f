import ArgumentParser
import Foundation
import Workbench

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join the shares of an extraction into one study.",
        discussion: """
            The files are the same, byte for byte, as those of a single run on the same kind of processor. The shares stay \
            as they are.

            Examples:
              miclip extract --study part1.study --shard 1/2 --layer blocks.2
              miclip extract --study part2.study --shard 2/2 --layer blocks.2
              miclip merge whole.study part1.study part2.study
              miclip merge photos.study      # of --shard auto: the shares that stand under it
            """)

    @Argument(help: ArgumentHelp("The study to make.", valueName: "study"), completion: .directory) var into: String
    @Argument(
        help: ArgumentHelp(
            "Folders of all shares, in any order (default: those under the study).", valueName: "share"),
        completion: .directory)
    var shares: [String] = []

    @OptionGroup var output: OutputOptions

    func run() throws {
        let folder = URL(filePath: into)
        let shares = try self.shares.isEmpty ? ShareRoot(folder).folders().map(\.path) : self.shares
        try withProgress { try Study.merge(shares.map { URL(filePath: $0) }, into: folder, $0) }
        try output.print(WrittenDocument(output: folder.path, shares: shares)) { _ in
            "\(folder.path): \(shares.count) shares joined"
        }
    }
}
