import Cache

extension ErrorWording {
    static func words(_ error: CacheError) -> String {
        switch error {
        case .missing(let file): "\(file): no study here; `miclip extract --study DIR` makes one"
        case .alreadyExists(let file): "\(file): a study stands here already"
        case .notAStudy(let file): "\(file): not a study of miclip; nothing in it was touched"
        case .damaged(let file, let place, let expected, let found):
            "\(file): \(place): expected \(expected), found \(found)"
        case .newerSchema(let file, let found, let known):
            "\(file): made or upgraded by a newer miclip (version \(found) of studies; this one knows \(known)); nothing was touched"
        case .olderSchema(let file):
            "\(file): made by a miclip from before its first release; move its folder away and run `miclip extract` again"
        case .readOnly(let file): "\(file): the study can only be read here, and this needs to write"
        case .needsWriting(let file):
            "\(file): the study must be written to before it can be read; make its folder writable"
        case .diskFull(let file): "\(file): the disk is full; what was stored before is whole"
        case .diskFails(let file):
            "\(file): the disk takes no more: it failed, or a quota is used up; what was stored before is whole"
        case .busy(let file, let seconds):
            "\(file): another process has been writing for \(Int(seconds)) s; try again when it is done"
        case .missingRecord(let file, let kind, let key): "\(file): no \(kind) \(key)"
        case .failed(let file, let code, let message): "\(file): \(message)\(code.map { " (SQLite \($0))" } ?? "")"
        }
    }
}
