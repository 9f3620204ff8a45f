/// What a new study is to be made of, as people write it: places on the disk, or names of models.
package struct StudyDraft: Sendable, Hashable {
    package enum Field: String, Sendable, Hashable, CaseIterable, Codable {
        case study, probeImages, heldOutImages, model, layer, conceptSpace, concepts, classes

        /// As `miclip extract` takes it.
        package var option: String {
            switch self {
            case .study: "--study"
            case .probeImages: "--probe-images"
            case .heldOutImages: "--held-out-images"
            case .model: "--model"
            case .layer: "--layer"
            case .conceptSpace: "--concept-space"
            case .concepts: "--concepts"
            case .classes: "--classes"
            }
        }
    }

    /// Without blanks at either end; what is not given is not in it.
    package private(set) var values: [Field: String] = [:]

    package init(_ values: [Field: String] = [:]) {
        for (field, text) in values { self[field] = text }
    }

    package subscript(_ field: Field) -> String? {
        get { values[field] }
        set {
            let text = newValue?.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            values[field] = text.flatMap { $0.isEmpty ? nil : String($0) }
        }
    }
}

/// `extract --study photos.study --probe-images photos …`, each value ready for a shell.
extension StudyDraft: CustomStringConvertible {
    package var description: String {
        (["extract"]
            + Field.allCases.flatMap { field in values[field].map { [field.option, shellQuoted($0)] } ?? [] })
            .joined(separator: " ")
    }
}
