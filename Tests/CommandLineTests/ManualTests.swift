import Foundation
import TestSupport
import Testing

/// What `make install` makes of the command table.
@Suite struct ManualTests {
    @Test("every command has a manual page with all its options, and every shell its completions")
    func pages() throws {
        let home = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let maker = Process()
        maker.executableURL = URL(filePath: "/usr/bin/env")
        maker.arguments = [
            "python3", Samples.root.appending(path: "Tools/make_manual.py").path, Samples.program.path, home.path,
        ]
        try maker.run()
        maker.waitUntilExit()
        #expect(maker.terminationStatus == 0)
        let help = try CommandLineRun(["--experimental-dump-help"], home: home).json()
        var pages = 0
        func check(_ command: [String: Any], _ name: String) throws {
            let file = home.appending(path: name.replacing(" ", with: "-") + ".1")
            let page = try String(contentsOf: file, encoding: .utf8)
            pages += 1
            #expect(page.contains(".SH SYNOPSIS"))
            let arguments = command["arguments"] as? [[String: Any]] ?? []
            let options = arguments.filter { $0["shouldDisplay"] as? Bool == true }
                .flatMap { $0["names"] as? [[String: Any]] ?? [] }
            for option in options where option["kind"] as? String == "long" {
                let spelled = (option["name"] as? String ?? "").replacing("-", with: "\\-")
                #expect(page.contains("\\-\\-" + spelled), "\(name): \(spelled)")
            }
            for child in command["subcommands"] as? [[String: Any]] ?? [] {
                guard let word = child["commandName"] as? String, word != "help" else { continue }
                try check(child, "\(name) \(word)")
            }
        }
        try check(try #require(help["command"] as? [String: Any]), "miclip")
        #expect(pages > 20)
        let root = try String(contentsOf: home.appending(path: "miclip.1"), encoding: .utf8)
        #expect(root.contains(".SS Steering") && root.contains(".SH EXIT STATUS"))
        for shell in ["bash", "zsh", "fish"] {
            let script = try CommandLineRun(["--generate-completion-script", shell], home: home)
            #expect(script.status == 0 && script.output.contains("intervene"), "\(shell)")
        }
    }
}
