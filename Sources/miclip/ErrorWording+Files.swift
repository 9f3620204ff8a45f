import Files
import Foundation

extension ErrorWording {
    /// Around the name of a mapped file that someone cut short while it was read; the status is 74.
    static let truncation = (
        before: "miclip: ",
        after:
            ": expected its length to stay, found it cut short while it was open; run the command that made it again\n"
    )

    static func words(_ error: FileError) -> String {
        switch error {
        case .unreadable(let file, EINVAL):
            "\(file): cannot be read: expected a file, found a pipe or a device"
        case .unreadable(let file, let code): "\(file): cannot be read: \(system(code))"
        case .unwritable(let file, EINVAL):
            "\(file): cannot be written: expected a file, found a pipe or a device"
        case .unwritable(let file, ENOENT):
            "\(file): cannot be written: there is no folder \(URL(filePath: file).deletingLastPathComponent().path)"
        case .unwritable(let file, let code): "\(file): cannot be written: \(system(code))"
        case .beingWritten(let file): "\(file): another process is writing it; try again when it is done"
        case .malformedJSON(let file, let line, let byte, let path, let expected):
            "\(file): \(place(line: line, byte: byte, path: path))expected \(expected)"
        case .malformedSafetensors(let file, let fault): "\(file): \(words(fault))"
        case .damagedCompression(let file, let code): "\(file): the compressed data is damaged (zlib \(code))"
        case .malformedArray(let file, let array, let expected, let found):
            "\(file): \(array.isEmpty ? "" : "\(array): ")expected \(expected), found \(found)"
        case .malformedList(let file, let line, let fault):
            "\(file): " + (line > 0 ? "line \(line): " : "") + words(fault)
        case .malformedTar(let file, let byte, let member, let expected, let found):
            "\(file): byte \(byte)\(member.isEmpty ? "" : ", member \(member)"): expected \(expected), found \(found)"
        case .compressedTar(let file, let kind):
            "\(file): expected a plain tar, found one compressed by \(kind.rawValue); `\(kind.program) \(file)` unpacks it"
        case .damagedDatabase(let file, let byte, let expected): "\(file): expected \(expected) at byte \(byte)"
        }
    }

    /// Where in JSON, with a colon behind it. A decoder that tells no line gives line 0.
    private static func place(line: Int, byte: Int, path: String) -> String {
        let parts = (line > 0 ? ["line \(line), byte \(byte)"] : []) + (path.isEmpty ? [] : ["in \(path)"])
        return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
    }

    private static func words(_ fault: ListFault) -> String {
        switch fault {
        case .encoding: "expected text in UTF-8, or in UTF-16 with a byte-order mark"
        case .utf32: "expected text in UTF-8, found UTF-32"
        case .binary: "expected a list of lines of text, found bytes that are no text"
        case .empty: "expected one entry a line, found none"
        case .json(let expected): "expected \(expected)"
        case .line(let expected, let found): "expected \(expected), found \"\(found)\""
        }
    }

    private static func words(_ fault: SafetensorsFault) -> String {
        switch fault {
        case .noHeader(let size): "header: expected at least 8 bytes, found \(size)"
        case .headerLength(let claimed, let available):
            "header: expected at most \(available) bytes, found a claim of \(claimed): not a safetensors file, or cut short"
        case .headerSyntax(let line, let byte, let path, let expected):
            "header: \(place(line: line, byte: byte, path: path))expected \(expected)"
        case .entry(let tensor, let expected): "header: tensor \(tensor): expected \(expected)"
        case .unknownElementType(let tensor, let found):
            "header: tensor \(tensor): expected a known dtype, found \(found)"
        case .offsets(let tensor, let start, let found, let size):
            "header: tensor \(tensor): expected offsets from \(start) to at most \(size), found \(found)"
        case .byteCount(let tensor, let expected, let found):
            "header: tensor \(tensor): expected \(expected) bytes for its shape, found \(found)"
        case .dataSize(let expected, let found): "data: expected \(expected) bytes, found \(found)"
        }
    }
}
