/// JSON of commands that write a file of their own: `embed`, `activations`, `sae export`, `merge`.
struct WrittenDocument: Encodable {
    /// The file or folder.
    var output: String
    /// Of an array: its element type and shape.
    var type: String?
    var shape: [Int]?
    /// Of a folder: its files.
    var files: [String]?
    /// Of a study that was joined: its shares.
    var shares: [String]?
}
