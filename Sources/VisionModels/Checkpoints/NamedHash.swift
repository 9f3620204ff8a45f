import Digests
import Files
import Foundation

/// The first digits of its SHA-256 that a file of PyTorch's has in its name: `resnet50-11ad3fa6.pth`, as torchvision and timm
/// publish theirs and torch.hub checks them.
struct NamedHash {
    /// Eight hexadecimal digits.
    let digits: String

    /// Nil where the name of a file without its ending has none; a date is none.
    init?(stem: String) {
        guard let dash = stem.lastIndex(of: "-") else { return nil }
        let digits = stem[stem.index(after: dash)...]
        let isHexadecimal = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard digits.utf8.count == 8, isHexadecimal, !Self.isDate(digits) else { return nil }
        self.digits = String(digits)
    }

    /// Nil for other files than PyTorch's: one that was written anew may keep its name.
    init?(of file: URL) {
        guard ["pth", "pt", "th", "bin"].contains(file.pathExtension.lowercased()) else { return nil }
        self.init(stem: file.deletingPathExtension().lastPathComponent)
    }

    /// 20240131
    private static func isDate(_ digits: Substring) -> Bool {
        guard let number = Int(digits) else { return false }
        return (1990...2099).contains(number / 10_000) && (1...12).contains(number / 100 % 100)
            && (1...31).contains(number % 100)
    }

    /// Reads the whole file: half a second for a gigabyte.
    ///
    /// - Throws: `otherHash` where its bytes are others than its name says.
    func check(_ file: URL) throws(VisionModelsError) {
        let mapped = try readingFiles { () throws(FileError) in try MappedFile(file) }
        let found = String(Digest(of: mapped.bytes).description.prefix(digits.count))
        guard found == digits else { throw .otherHash(file: mapped.path, expected: digits, found: found) }
    }
}
