import Digests

/// Images that are found again by their names, and whose classes may have names: files in folders, members of archives.
package protocol NamedImages: ImageSource {
    /// Where names are relative to.
    var root: String { get }
    /// What labels are indices of, in order; nil where images have no class, or labels are classes of the model.
    var classNames: [String]? { get }
    /// Class folders without an image in them.
    var emptyClasses: [String] { get }
    /// Images among others that have a class, which have none.
    var unclassified: Int { get }
    /// Pictures and films of kinds that are not read, by the ending of their names: how many. An empty one: no ending.
    var passedOver: [String: Int] { get }
    /// The images that have a class, where some have none.
    var classified: Self { get }
    /// The same images without classes.
    var withoutClasses: Self { get }

    /// Of the images' contents and labels.
    ///
    /// - Parameters:
    ///   - known: files whose digests are known: these are not read.
    ///   - keep: takes what was read now, for another time.
    func contentDigest(known: [FileStamp: Digest], keep: ([FileStamp: Digest]) throws -> Void) throws -> Digest
}
