import ArgumentParser
import CursesTerminal
import Explorer
import ExplorerRuntime
import Files
import Foundation
import LinearAlgebra
import Synchronization
import Workbench

struct Explore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open the explorer.",
        discussion: """
            Type a concept and see the units that carry it; steer them and watch accuracy move. ? shows the keys. \
            NO_COLOR is honoured; themes are YAML files in Themes, or in miclip/themes of $XDG_CONFIG_HOME.

            Where no study stands at --study yet, the explorer asks what to make one of.

            Example: miclip explore --theme light
            """)

    @OptionGroup var study: StudyOptions
    @Option(help: "The theme to start with; T in the explorer shows them all.") var theme: String?

    @Option(
        help: """
            How many colours to use: none, 8, 16, 256, truecolor, or auto for what NO_COLOR, COLORTERM, TERM and the \
            terminal itself say.
            """) var colors = Colors.auto

    enum Colors: String, ExpressibleByArgument, CaseIterable {
        case auto, none
        case ansi8 = "8"
        case ansi16 = "16"
        case indexed256 = "256"
        case truecolor

        /// Nil where it is to be found out.
        var depth: ColorDepth? { ColorDepth(rawValue: rawValue) }
    }

    @Option(
        help: """
            How pictures are drawn: in pixels as kitty, iterm or sixel have them, in characters (blocks), or auto for \
            pixels where the terminal says that it has them.
            """) var pictures = PictureWay.auto

    enum PictureWay: String, ExpressibleByArgument, CaseIterable {
        case auto, kitty, iterm, sixel, blocks

        func wanted(in environment: [String: String]) -> WantedPixels {
            switch self {
            case .auto: .auto(PixelProtocol(environment: environment))
            case .blocks: .never
            case .kitty, .iterm, .sixel: PixelProtocol(rawValue: rawValue).map(WantedPixels.always) ?? .never
            }
        }
    }

    func run() throws {
        shareFreedMemory()
        let environment = ProcessInfo.processInfo.environment
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
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
            name: environment["TERM"] ?? "", colors: colors.depth ?? (isPlain ? ColorDepth.none : nil),
            isDirect: CursesTerminal.claimsDirectColor(in: environment),
            pixels: pictures.wanted(in: environment), escapeDelay: CursesTerminal.escapeDelay(in: environment),
            isInTmux: environment["TMUX"] != nil)
        defer { terminal.close() }
        let appearance = Appearance(themes: themes, selected: selected, depth: terminal.depth, isChosen: theme != nil)
        let options = study
        let opened = Mutex<TargetLayer?>(nil)
        let missing = options.study.flatMap { Study.isStudy(URL(filePath: $0)) ? nil : $0 }
        let effects = EffectRunner(
            keepsTheme: theme == nil, keepsLayer: !options.namesLayer, missing: missing, history: .ofUser,
            words: ErrorWording.words, wake: terminal.wake
        ) {
            let layer = try options.open()
            opened.withLock { $0 = layer }
            return layer
        }
        let lost = ExplorerLoop(terminal: terminal, appearance: appearance, effects: effects).run()
        terminal.close()
        for line in lost { warn(line) }
        if let layer = opened.withLock({ $0 }) { try? warn(ofAssumptionsIn: layer) }
        // As a shell tells a program that a signal ended.
        if let signal = terminal.endingSignal { throw ExitCode(128 + signal) }
    }
}

/// The themes that come with the program, then the user's own, which replace those of the same name.
enum ThemeFolder {
    /// Dark and light before the others, which are in the order of their names: one of these two is chosen by the
    /// terminal's background.
    private static func comesFirst(_ one: String, _ other: String) -> Bool {
        let first = ["dark.yaml", "light.yaml"]
        let (a, b) = (first.firstIndex(of: one) ?? first.count, first.firstIndex(of: other) ?? first.count)
        return (a, one) < (b, other)
    }

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
            var known: [String: String] = [:]
            for name in names.sorted(by: comesFirst) where name.hasSuffix(".yaml") {
                let file = folder.appending(path: name)
                let text = String(decoding: try WholeFile.bytes(of: file), as: UTF8.self)
                let theme = try Theme(yaml: text, file: file.path)
                if let other = known[theme.name] {
                    throw ThemeError(file: file.path, key: "name", fault: .takenName(theme.name, by: other))
                }
                known[theme.name] = name
                themes.removeAll { $0.name == theme.name }
                themes.append(theme)
            }
        }
        return themes
    }
}
