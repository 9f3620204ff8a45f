import Analysis
import Workbench

extension ErrorWording {
    static func words(_ error: WorkbenchError) -> String {
        switch error {
        case .missingResources(let name, let searched):
            "the folder \(name) that comes with miclip is missing; looked in \(list(searched)). "
                + "Set MICLIP_RESOURCES to the folder that holds it."
        case .notExtracted(let study): "\(study): no activations yet; run `miclip extract --study \(study)`"
        case .notAligned(let study): "\(study): no neuron encoder yet; run `miclip align --study \(study)`"
        case .unknownLayer(let name, let known): "no layer \(name); the model has \(list(known))"
        case .layerNotInStudy(let name, let known):
            "no layer \(name) in this study, which has \(list(known)); `miclip extract --layer \(name)` adds it"
        case .unknownTarget(let name, let known): "no target model \(name) in this study; it has \(list(known))"
        case .unknownConceptSet(let name, let known): "no concept set \(name) in this study; it has \(list(known))"
        case .otherStudyNeeded(let study, let option, let own, let given):
            "\(study): \(option) \(given) needs a new study; this one has \(own)"
        case .changedModel(let model, let study):
            "\(model): not the model that the study was extracted with; run `miclip extract --study \(study) --model "
                + "\(model)`, or put it back"
        case .damagedFile(let file, let damage, let remedy): "\(file): \(words(damage)); \(words(remedy))"
        case .missingFile(let file, let remedy): "\(file): expected a file of the study, found none; \(words(remedy))"
        case .damagedRecord(let study, let place): "\(study): \(place): the record is damaged"
        case .classNameCount(let file, let expected, let found):
            "\(file): expected a word for each of \(expected) classes or lines of an identifier, a tab and words; found "
                + "\(found) lines"
        case .unknownPooling(let name, let known): "no pooling \(name); there are \(list(known))"
        case .unsuitablePooling(let name, let layer, let known):
            "the pooling \(name) does not suit layer \(layer); there are \(list(known))"
        case .ungroupedImages(let file, let first, let count, let images, let listed):
            "\(file): expected a group for each of \(images) held-out images; found none for \(first)"
                + (count > 1 ? " and \(count - 1) more" : "") + (listed.map { "; the file begins with \($0)" } ?? "")
        case .reportOfOtherImages(let file, let origin, let study):
            "\(file): of other images than those of \(study); name the study that it was made of with --study"
                + (origin.map { " (there it was \($0))" } ?? "")
        case .oneGroup(let place, let group):
            "--groups \(place): expected two groups or more; all held-out images are in one, \(group)"
        case .unknownClass(let name, let known): "no class \(name); the model has \(list(known))"
        case .unknownUnit(let text, let layer, .neuron, let count):
            "\(text) is no unit of this study; expected \(layer):0 to \(layer):\(count - 1), with + or - for a pole"
        case .unknownUnit(let text, let layer, .feature, let count):
            "\(text) is no feature of this study; expected \(layer):f0 to \(layer):f\(count - 1)"
        case .mixedUnits(let layer):
            "\(layer): features of tokens act on every token of an image, neurons on what the layer's pooling reads; "
                + "expected units of one kind"
        case .unknownImage(let number, let count):
            "no image \(number); the probe images are 0 to \(count - 1)"
        case .cancelledConcept(let text): "\(text): its parts cancel each other; nothing is left to look for"
        case .noClassifier(let model):
            "\(model): ends in its features, without a classifier; this needs a model that names classes "
                + "(miclip activations reads its layers)"
        case .needsClasses(let model):
            "\(model): a CLIP or SigLIP classifies over any classes; name a list of them with --classes"
        case .needsClassifier(let encoder):
            "\(encoder): a sentence encoder embeds texts alone; as --concept-space of a study it takes images by what the "
                + "study's --model takes them for"
        case .needsClassWords(let model):
            "\(model): its classes are identifiers without words, which a sentence encoder cannot embed; give them with "
                + "--class-names FILE"
        case .fixedClasses(let model):
            "\(model): its classes are its own; only a CLIP or SigLIP as target model takes others"
        case .classesAreUnits(let layer):
            "the units of \(layer) are the classes; a study of another layer takes other classes"
        case .tooFewClasses(let found, let expected):
            "\(found) classes; expected the names of the study's classes, or a line for each of the \(expected) (equal lines are one class)"
        case .featureCount(let features, let k):
            "--features must be more than --k, and at most 16,777,216; found \(features) and \(k)"
        case .noReadableImages(let images, let count, let first):
            "\(images): none of \(count) images can be read; the first: \(first)"
        case .isShare(let study): "\(study): only a share of an extraction; join all shares with `miclip merge`"
        case .notAShare(let study): "\(study): a whole study, not a share of one"
        case .unfinishedShare(let study): "\(study): this share is not whole yet; run its `miclip extract` again"
        case .foreignShare(let study, let first): "\(study): not a share of the same extraction as \(first)"
        case .repeatedShare(let share, let studies): "share \(share) is there twice: \(list(studies))"
        case .missingShares(let shares): "missing shares: \(list(shares))"
        case .noShares(let study):
            "\(study): no shares stand under it; `miclip extract --study \(study) --shard auto` makes them, or name their folders"
        case .noTask(let variables):
            "--shard auto: no scheduler's task in the environment; expected one of \(variables.joined(separator: ", "))"
        case .noTaskCount(let scheduler, let variable):
            "--shard auto: \(scheduler): how many tasks there are is not told, or numbers are left out; expected the number of shares in \(variable)"
        case .noFirstTask(let scheduler, let count, let variable):
            "--shard auto: \(scheduler): of an array with gaps it cannot be told which number is the first of \(count); begin with all tasks, or set \(variable)=2/\(count) for each"
        case .foreignTask(let scheduler, let number, let study, let first, let last, let count):
            "\(study): its \(count) shares are of tasks \(first) to \(last), found \(scheduler) task \(number)"
        case .otherTaskCount(let scheduler, let tasks, let study, let shares):
            "\(study): begun as \(shares) shares, found \(scheduler) of \(tasks); run \(shares), or remove \(study)/shares to begin anew"
        case .otherProcessCount(let scheduler, let found, let study, let processes):
            "\(study): begun as \(processes) process\(processes == 1 ? "" : "es") a task, found \(scheduler) with \(found); start \(processes), or remove \(study)/shares to begin anew"
        case .malformedVariable(let variable, let expected, let found):
            "--shard auto: \(variable): expected \(expected), found \(found)"
        case .damagedPlan(let file): "\(file): expected {\"count\": …, \"first\": …, \"step\": …}, found something else"
        case .foreignStudy(let study): "\(study): another study stands here already; name a new folder"
        case .malformedSession(let file, let place): "\(file): not a session of miclip: unexpected JSON at \(place)"
        case .missingLabels(let images, let expected):
            "\(images): accuracy needs labels; expected \(expected) beside it"
        case .labelOutOfRange(let file, let image, let label, let classes):
            "\(file): label of image \(image): expected 0 to \(classes - 1), found \(label)"
        case .unmatchedClasses(let images, let folders, let classes):
            "\(images): expected folders named as the model's classes, by WordNet identifiers or by number; no single class is "
                + "called \(list(folders)); no folder is called \(list(classes)). Name the pairs with --class-map FILE: "
                + "a folder, a tab and its class on each line"
        case .foldersOfOneClass(let images, let folders, let name):
            "\(images): expected one folder for the class \(name), found \(list(folders)); --class-map FILE says which is "
                + "which"
        case .unknownClassOfFolder(let file, let folder, let name):
            "\(file): folder \(folder): expected a class of the model, found \(name)"
        case .notFinite(let model, let image): "\(model): gives NaN or infinity for \(image)"
        case .diverged(let layer, let rate):
            "\(layer): training diverged at a learning rate of \(strength(Double(rate))); try a smaller --rate"
        case .notFiniteCodes(let layer):
            "\(layer): the autoencoder gives NaN or infinity on the study's images; it is off its distribution, or of another layer"
        case .notFiniteActivation(let model, let layer, let image, let place):
            "\(model): layer \(layer): gives NaN or infinity for \(image), at \(place)"
        case .emptyConcept: "the concept is empty; expected at least one word"
        case .noAutoencoder(let study):
            "\(study): no features yet; run `miclip sae train --study \(study)`, or `miclip sae import` with your own"
        case .otherHookPoint(let file, let expected, let found):
            "\(file): trained on \(found); expected \(expected), the study's layer (--any-hook-point takes it all the same)"
        case .notCounted(let layer):
            "nothing that gives classes follows \(layer), so no accuracy can be counted: \(remedyOfClasses)"
        case .noAnswers(let layer):
            "nobody says which class an image of \(layer) is; rank by contribution or cosine. \(remedyOfClasses)"
        case .noProbeLabels(let images, let layer):
            "\(images): a probe head at \(layer) is fitted on labels; expected a folder for each class, two at least, or "
                + "labels that are classes of the model"
        case .importedModel(let study):
            "\(study): the layer was imported, so its model cannot be run here; read it by a head, or `--probe-head`"
        case .importedSpace:
            "this study's concepts were imported with their embeddings, without a text encoder: choose one of them, or import with "
                + "--concept-space"
        case .otherImport(let model, let study):
            "\(study): \(model) is there with other classes or another digest; expected those of its layers; --model names another"
        case .unsuitableHead(let file, let array, let expected, let found):
            "\(file): \(array): expected \(expected), found \(found)"
        case .noPlaces(let layer, true):
            "\(layer) was imported with one vector an image, and its model is not here: where in an image a unit is active "
                + "cannot be told"
        case .noPlaces(let layer, false):
            "\(layer) has one vector an image, so no place in it: where in an image a unit is active shows at a layer before "
                + "(see `miclip layers`)"
        case .noAttribution(let layer):
            "\(layer): no gradients through what follows it are known yet; rank by contribution, rivals or cosine"
        case .noTokens(let layer, isImported: true):
            "\(layer): its tokens are not in the study, and its model is not here; import them with --keep-tokens"
        case .noTokens(let layer, isImported: false):
            "\(layer) has one vector an image, no tokens (see `miclip layers`); leave --tokens out"
        case .tokensBehindPooling(let layer, let pooling):
            "\(layer): features of tokens act before the tokens are pooled, and what is asked here reads their \(pooling); ask "
                + "the model itself, or extract the layer with --pooling cls"
        case .tooManyPairs(let units, let others):
            "\(units) units beside \(others) are more pairs than memory holds; compare --units neurons, or smaller autoencoders"
        case .notLinear(let layer):
            "an exact curve needs a layer that the logits are linear in; \(layer) is not (see `miclip layers`)"
        }
    }

    private static func words(_ damage: FileDamage) -> String {
        switch damage {
        case .size(let expected, let found): "expected \(expected) bytes, found \(found)"
        case .bytes(let range):
            "bytes \(range.lowerBound) to \(range.upperBound - 1): expected those that were written, found others"
        case .rows(let range) where range.count == 1:
            "row \(range.lowerBound): expected the values that were written, found others"
        case .rows(let range):
            "rows \(range.lowerBound) to \(range.upperBound - 1): expected the values that were written, found others"
        }
    }

    static let remedyOfClasses =
        "labelled images (a folder a class) give a probe head, and `miclip extract --head FILE` takes a head"

    /// The one command that makes a file of a study again.
    private static func words(_ remedy: Remedy) -> String {
        switch remedy {
        case .extract(let study): "run `miclip extract --study \(shellQuoted(study))`"
        case .train(let study, let layer, let parameters):
            "run `miclip sae train --study \(shellQuoted(study)) \(place(layer)) \(options(parameters))`"
        case .importing(let study, let layer, let name):
            "import it again: `miclip sae import \(name.isEmpty ? "FILE" : shellQuoted(name)) --study "
                + "\(shellQuoted(study)) \(place(layer))`"
        }
    }

    private static func place(_ layer: LayerReference) -> String {
        "--model \(shellQuoted(layer.model)) --layer \(shellQuoted("\(layer.layer):\(layer.pooling)"))"
    }

    private static func options(_ parameters: AutoencoderParameters) -> String {
        "--features \(parameters.features) --k \(parameters.k) --steps \(parameters.steps) --batch \(parameters.batch) "
            + "--rate \(parameters.rate) --seed \(parameters.seed)" + (parameters.isBatchTopK ? " --batch-top-k" : "")
            + (parameters.tokens.map { " --tokens --tokens-per-image \($0.perImage) --pooling \($0.pooling.rawValue)" }
                ?? "")
    }
}
