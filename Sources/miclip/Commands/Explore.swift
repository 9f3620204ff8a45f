import ArgumentParser
import CursesTerminal
import Explorer
import ExplorerRuntime
import Foundation
import Synchronization
import Workbench

struct Explore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the explorer.",
        discussion: """
            Type a concept and see the units that carry it; steer them and watch accuracy move. ? shows the keys. \
            NO_COLOR is honoured; themes are YAML files in Themes, or in miclip/themes of $XDG_CONFIG_HOME.

            Example: miclip explore --theme light
            """)

    @OptionGroup var study: StudyOptions
    @Option(help: "The theme to start with: dark, light, or one of yours.") var theme: String?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let usesColor = environment["NO_COLOR"].map(\.isEmpty) ?? true
        let themes = try ThemeFolder.themes()
        var selected = 0
        if let theme {
            guard let position = themes.firstIndex(where: { $0.name == theme }) else {
                let known = themes.map(\.name).joined(separator: ", ")
                throw ValidationError("There is no theme \(theme); there are \(known).")
            }
            selected = position
        }
        let terminal = try CursesTerminal(
            name: environment["TERM"] ?? "", usesColor: usesColor,
            escapeDelay: CursesTerminal.escapeDelay(in: environment))
        defer { terminal.close() }
        let appearance = Appearance(themes: themes, selected: selected, usesColor: usesColor, isChosen: theme != nil)
        let options = study
        let opened = Mutex<TargetLayer?>(nil)
        let effects = EffectRunner(keepsTheme: theme == nil, words: ErrorWording.words, wake: terminal.wake) {
            let layer = try options.open()
            opened.withLock { $0 = layer }
            return layer
        }
        let lost = ExplorerLoop(terminal: terminal, appearance: appearance, effects: effects).run()
        terminal.close()
        for line in lost { warn(line) }
        if let layer = opened.withLock({ $0 }) { try warn(ofAssumptionsIn: layer) }
        // As a shell tells a program that a signal ended.
        if let signal = terminal.endingSignal { throw ExitCode(128 + signal) }
    }
}

/// The themes that come with the program, then the user's own, which replace those of the same name.
enum ThemeFolder {
    static func themes() throws -> [Theme] {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? NSHomeDirectory()
        let config = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        var themes: [Theme] = []
        let folders = [
            try Resources.folder("Themes", landmark: "dark.yaml"),
            URL(filePath: config).appending(path: "miclip/themes"),
        ]
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names.sorted() where name.hasSuffix(".yaml") {
                let file = folder.appending(path: name)
                let theme = try Theme(yaml: String(decoding: Data(contentsOf: file), as: UTF8.self), file: file.path)
                themes.removeAll { $0.name == theme.name }
                themes.append(theme)
            }
        }
        return themes
    }
}
