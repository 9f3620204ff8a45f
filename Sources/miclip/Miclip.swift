import ArgumentParser
import Files
import Foundation
import VisionModels

@main
struct Miclip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "miclip",
        abstract: "Find what the units of a vision model stand for, and steer them.",
        discussion: """
            Without a command, opens the explorer on the bundled study: a small ViT on Fashion-MNIST.

            Examples:
              miclip                                   open the explorer
              miclip locate boot                       units that carry a concept
              miclip describe norm:17+                 concepts a unit stands for
              miclip intervene boot --top 20 --scale 0 what removing them does to accuracy
            """,
        version: "miclip \(version)",
        subcommands: [
            Explore.self, Extract.self, Align.self, Describe.self, Locate.self, Intervene.self, Fit.self, Replay.self,
            Evaluate.self, Dissect.self, ReportCommand.self, Audit.self, Compare.self, Verify.self, Map.self, SAE.self,
            Export.self, Info.self,
            Inspect.self,
            Layers.self, Predict.self,
            Embed.self, Activations.self, Import.self, Merge.self, Shares.self,
        ],
        defaultSubcommand: Explore.self)

    /// As they were given; bytes that are no UTF-8 as `\xE9`, under which files of such names are found.
    static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { String(path: UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }

    /// Joins negative numbers to the option whose values they are, for the parser takes what begins with `-` for an option:
    /// `--scale 0 -1` becomes `--scale 0 --scale=-1`.
    static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        var option: String?
        for (place, argument) in arguments.enumerated() {
            if argument == "--" { return joined + arguments[place...] }
            if argument.hasPrefix("--") {
                option = String(argument.prefix { $0 != "=" })
            } else if Double(argument) == nil {
                option = nil
            } else if argument.hasPrefix("-"), let option {
                if joined.last == option { joined.removeLast() }
                joined.append("\(option)=\(argument)")
                continue
            }
            joined.append(argument)
        }
        return joined
    }

    /// As many open files as the system grants: a join has one or more of every share.
    private static func raiseLimitOfOpenFiles() {
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(files, &limit)
    }

    /// Refuses what is empty, as a variable is that nobody set: `--study ""` would be the folder one stands in.
    static func refuseEmpty(_ arguments: [String]) throws {
        // A shell asks so how an empty word can go on.
        guard arguments.first?.hasPrefix("---") != true else { return }
        for (place, argument) in arguments.enumerated() where argument.isEmpty || isEmptyOption(argument) {
            let option = argument.isEmpty ? place > 0 ? arguments[place - 1] : "" : String(argument.dropLast())
            let what = option.hasPrefix("-") ? "The value of \(option)" : "Argument \(place + 1)"
            throw ValidationError("\(what) is empty; is a variable not set?")
        }
    }

    /// `--study=`
    private static func isEmptyOption(_ argument: String) -> Bool {
        argument.hasPrefix("--") && argument.hasSuffix("=") && !argument.dropLast().contains("=")
    }

    static func main() {
        raiseLimitOfOpenFiles()
        MappedFile.tellOfTruncation(before: ErrorWording.truncation.before, after: ErrorWording.truncation.after)
        ListRepetition.listen { warn(Wording.repetition($0)) }
        do {
            try refuseEmpty(arguments)
            var command = try parseAsRoot(joiningNegativeNumbers(arguments))
            try command.run()
            end(0)
        } catch  where ErrorWording.isOurs(error) {
            printError("miclip: \(ErrorWording.words(for: error))")
            end(ErrorWording.status(of: error))
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            guard !code.isSuccess else {
                if !text.isEmpty { printUnchanged(text + "\n") }
                end(code.rawValue)
            }
            // What the user typed stands in it.
            if !text.isEmpty {
                writeError(printable(text, keepingLines: true) + "\n")
            }
            end(code.rawValue)
        }
    }
}
