extension LongWork: CustomStringConvertible {
    package var description: String {
        switch self {
        case .create(let draft): "\(draft)"
        case .extract(let layer, let pooling): "extract --layer \(layer)" + (pooling.map { ":\($0)" } ?? "")
        case .align(let method, let seed): "align --method \(method.rawValue)" + (seed == 0 ? "" : " --seed \(seed)")
        case .train(let features, let k, let seed):
            "sae train --features \(features) --k \(k)" + (seed == 0 ? "" : " --seed \(seed)")
        case .import(let path): "sae import \(path)"
        }
    }

    /// What is wrong with a line.
    package struct Fault: Error, Hashable {
        package var expected: String
        package var found: String
    }

    /// Reads what `description` writes, options in any order.
    package init(_ text: String) throws(Fault) {
        let words = shellWords(text)
        let verbs = "extract, align, sae train or sae import"
        guard let verb = words.first else { throw Fault(expected: verbs, found: "nothing") }
        switch (verb, words.dropFirst().first) {
        case ("extract", _) where words.contains(StudyDraft.Field.study.option):
            let fields = Dictionary(uniqueKeysWithValues: StudyDraft.Field.allCases.map { ($0.option, $0) })
            let options = try Self.options(words.dropFirst(), known: StudyDraft.Field.allCases.map(\.option))
            self = .create(
                StudyDraft(
                    Dictionary(
                        uniqueKeysWithValues: options.compactMap { option, value in fields[option].map { ($0, value) } }
                    )))
        case ("extract", _):
            let options = try Self.options(words.dropFirst(), known: ["--layer"])
            guard let place = options["--layer"] else { throw Fault(expected: "--layer and a hook point", found: text) }
            let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let layer = parts.first, !layer.isEmpty, parts.last?.isEmpty == false else {
                throw Fault(expected: "--layer with a hook point, as in blocks.2 or blocks.2:mean", found: place)
            }
            self = .extract(layer: layer, pooling: parts.count > 1 ? parts[1] : nil)
        case ("align", _):
            let options = try Self.options(words.dropFirst(), known: ["--method", "--seed"])
            let name = options["--method"] ?? AlignmentMethod.closedForm.rawValue
            guard let method = AlignmentMethod(rawValue: name) else {
                throw Fault(
                    expected: "--method with " + AlignmentMethod.allCases.map(\.rawValue).joined(separator: " or "),
                    found: name)
            }
            self = .align(method, seed: try Self.seed(options))
        case ("sae", "train"):
            let options = try Self.options(words.dropFirst(2), known: ["--features", "--k", "--seed"])
            let (features, k) = (options["--features"] ?? "8x", options["--k"] ?? "16")
            guard let count = FeatureCount(features) else {
                throw Fault(expected: "--features with a number, or a multiple as in 8x", found: features)
            }
            guard let active = Int(k), active > 0 else { throw Fault(expected: "--k with 1 or more", found: k) }
            self = .train(count, k: active, seed: try Self.seed(options))
        case ("sae", "import"):
            let path = words.dropFirst(2).joined(separator: " ")
            guard !path.isEmpty else { throw Fault(expected: "sae import and a folder or file", found: text) }
            self = .import(path: path)
        default: throw Fault(expected: verbs, found: text)
        }
    }

    private static func seed(_ options: [String: String]) throws(Fault) -> UInt64 {
        guard let text = options["--seed"] else { return 0 }
        guard let seed = UInt64(text) else { throw Fault(expected: "--seed with a number", found: text) }
        return seed
    }

    private static func options(
        _ words: ArraySlice<String>, known: [String]
    ) throws(Fault) -> [String: String] {
        var (options, rest) = ([String: String](), words)
        while let option = rest.popFirst() {
            guard known.contains(option) else {
                throw Fault(expected: known.joined(separator: " or "), found: option)
            }
            guard let value = rest.popFirst() else {
                throw Fault(expected: "a value behind \(option)", found: "the end")
            }
            guard options[option] == nil else {
                throw Fault(expected: "\(option) once; what is asked for next waits behind it", found: "it twice")
            }
            options[option] = value
        }
        return options
    }
}
