import Analysis
import Files

/// What the verbs refuse, as data; the executable puts it into words.
package enum WorkbenchError: Error, Sendable, Hashable {
    /// A folder that comes with the program.
    case missingResources(String, searched: [String])
    /// The study has no activations yet, or no neuron encoder.
    case notExtracted(study: String)
    case notAligned(study: String)
    case unknownLayer(String, known: [String])
    /// A layer or a target model that the study does not hold.
    case layerNotInStudy(String, known: [String])
    case unknownTarget(String, known: [String])
    case unknownConceptSet(String, known: [String])
    /// What cannot be changed in a study: images, the concept space, the share.
    case otherStudyNeeded(study: String, option: String, own: String, given: String)
    /// A model on disk that is another than the one whose answers the study has.
    case changedModel(String, study: String)
    /// A file of the study whose bytes are not those that were written, and one that is gone; with what makes it again.
    case damagedFile(file: String, FileDamage, Remedy)
    case missingFile(file: String, Remedy)
    /// A record of the study that lacks what it needs.
    case damagedRecord(study: String, place: String)
    /// A list of words for classes that is of another length.
    case classNameCount(file: String, expected: Int, found: Int)
    case unknownPooling(String, known: [String])
    /// A pooling that the layer's activations cannot have, or that a study cannot stand on.
    case unsuitablePooling(String, layer: String, known: [String])
    case unknownClass(String, known: [String])
    /// Not `LAYER:INDEX`, another layer's, or an index beyond the units of its kind.
    case unknownUnit(String, layer: String, kind: UnitKind, count: Int)
    /// Neurons and features of tokens, steered at once.
    case mixedUnits(layer: String)
    /// A probe image by a number that is none.
    case unknownImage(Int, count: Int)
    /// A sum of concepts whose parts cancel each other.
    case cancelledConcept(String)
    /// A CLIP as target model, without a class list.
    case needsClasses(model: String)
    /// A model that ends in its features, where classes are needed.
    case noClassifier(model: String)
    /// A sentence encoder as concept space, with nothing that says where images lie in it.
    case needsClassifier(encoder: String)
    /// A classifier in such a space whose classes are identifiers that no words are known for.
    case needsClassWords(model: String)
    /// Other classes for a model whose classes are its own, for units that are the classes, or for images of more classes.
    case fixedClasses(model: String)
    case classesAreUnits(layer: String)
    case tooFewClasses(found: Int, expected: Int)
    /// Fewer features than are to be active at once, or more than can be counted.
    case featureCount(String, k: Int)
    /// None of a set's images can be read; the first one's fault, in words.
    case noReadableImages(images: String, count: Int, first: String)
    /// A folder without the labels file that goes with an images file.
    case missingLabels(images: String, expected: String)
    /// A label that names no class of the model.
    case labelOutOfRange(file: String, image: Int, label: Int, classes: Int)
    /// Class folders whose names name no class of the model, or more than one, and classes that no folder names.
    case unmatchedClasses(images: String, folders: [String], classes: [String])
    /// Class folders that name the same class.
    case foldersOfOneClass(images: String, folders: [String], class: String)
    /// A list of pairs gives a folder a class that the model has not.
    case unknownClassOfFolder(file: String, folder: String, class: String)
    /// The model gave NaN or infinity.
    case notFinite(model: String, image: String)
    /// Training at a learning rate under which numbers went beyond what a float holds.
    case diverged(layer: String, rate: Float)
    /// An autoencoder whose codes, or what they say of activations, are beyond what a float holds.
    case notFiniteCodes(layer: String)
    /// A layer of it did, at a place in what it gives for the image: the unit, or token and unit.
    case notFiniteActivation(model: String, layer: String, image: String, place: [Int])
    /// Nothing was typed.
    case emptyConcept
    /// A file that should be a session of steering; `place` is a path in its JSON.
    case malformedSession(file: String, place: String)
    /// An exact curve was asked for where the rest of the network is not linear.
    case notLinear(layer: String)
    /// Two layers were compared whose units make more pairs than memory holds.
    case tooManyPairs(units: Int, others: Int)
    /// Nobody says which class an image is: no classifier, no labels, no head.
    case noAnswers(layer: String)
    /// A probe head was asked for, and the probe images have no labels, or none that are classes of the model.
    case noProbeLabels(images: String, layer: String)
    /// A target model, or a concept space, of which only what it gave was imported.
    case importedModel(study: String)
    case importedSpace
    /// A layer of an imported model whose classes or digest are others than its earlier layers'.
    case otherImport(model: String, study: String)
    /// A head's array that is missing, misshapen or not finite: what was expected and found, in words.
    case unsuitableHead(file: String, array: String, expected: String, found: String)
    /// A list of groups that leaves held-out images out.
    ///
    /// - Parameter listed: the first image of the list, where none of its images is the study's.
    case ungroupedImages(file: String, first: String, count: Int, images: Int, listed: String?)
    /// A report to be verified is of other images than the study that was taken for want of a name has.
    case reportOfOtherImages(file: String, madeOf: String?, study: String)
    /// Groups that are one: all held-out images are in it.
    case oneGroup(place: String, group: String)
    /// Accuracy was asked for where nothing that gives classes follows the layer.
    case notCounted(layer: String)
    /// Where in an image a unit is active was asked of a layer with one vector an image, or of one whose model is not here.
    case noPlaces(layer: String, isImported: Bool)
    /// A ranking by attribution where more of the network follows than gradients are known of.
    case noAttribution(layer: String)
    /// Features of tokens, where an image has one vector, or where its tokens were not kept of what was imported.
    case noTokens(layer: String, isImported: Bool)
    /// Features of tokens of a layer that a linear head reads after pooling: it does not see tokens.
    case tokensBehindPooling(layer: String, pooling: String)
    /// Features were asked for, and the study has no sparse autoencoder.
    case noAutoencoder(study: String)
    /// An autoencoder that was trained on another hook point than the study's layer.
    case otherHookPoint(file: String, expected: String, found: String)

    // Shares of an extraction.

    /// A share where a whole study is needed, and the other way round.
    case isShare(study: String)
    case notAShare(study: String)
    case unfinishedShare(study: String)
    /// A share of another extraction than the first one.
    case foreignShare(study: String, first: String)
    case repeatedShare(String, studies: [String])
    case missingShares([String])
    /// A study under which no shares stand.
    case noShares(study: String)
    /// `--shard auto` where nothing in the environment names a task; what was looked for.
    case noTask(variables: [String])
    /// A scheduler that does not say how many tasks there are, or whose array leaves numbers out.
    case noTaskCount(String, variable: String)
    /// An array that leaves numbers out, of so many tasks of which nobody says which number is the first.
    case noFirstTask(String, count: Int, variable: String)
    /// A scheduler's number that is none of the tasks' that a study's shares were begun with.
    case foreignTask(String, Int, study: String, first: Int, last: Int, count: Int)
    /// A job of so many tasks, where the study's shares were begun as so many.
    case otherTaskCount(String, Int, study: String, shares: Int)
    /// Tasks of an array that start so many processes each, where the shares were begun by tasks of so many.
    case otherProcessCount(String, Int, study: String, processes: Int)
    /// A variable of the environment that is not what it should be.
    case malformedVariable(String, expected: String, found: String)
    case damagedPlan(file: String)
    /// A study stands where the shares are to be joined, and it is not theirs.
    case foreignStudy(study: String)
}

/// The command that makes a file of a study again.
package enum Remedy: Sendable, Hashable {
    case extract(study: String)
    case train(study: String, LayerReference, AutoencoderParameters)
    /// - Parameter name: of the file it was imported from.
    case importing(study: String, LayerReference, name: String)
}
