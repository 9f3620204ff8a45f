import Cache
import CursesTerminal
import Explorer
import Files
import Foundation
import VisionModels
import Workbench

/// The one place that words errors for people and chooses the exit status (sysexits.h).
enum ErrorWording {
    static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case is CacheError, is FileError, is VisionModelsError, is WorkbenchError, is TerminalError, is ThemeError,
            is CocoaError, is CancellationError:
            true
        default: false
        }
    }

    /// One line: the file, the place, what was expected and what was found.
    static func words(for error: any Error) -> String { printable(unchecked(error)) }

    private static func unchecked(_ error: any Error) -> String {
        switch error {
        case let error as CacheError: words(error)
        case let error as FileError: words(error)
        // Where nobody nearer knew better.
        case let error as CocoaError: words(FileError(error))
        case let error as VisionModelsError: words(error)
        case let error as WorkbenchError: words(error)
        case let error as TerminalError: words(error)
        case let error as ThemeError: words(error)
        case is CancellationError: "stopped; the same command goes on where it was"
        default: "\(error)"
        }
    }

    /// 65 wrong data, 66 missing input, 70 internal, 74 reading or writing failed, 130 interrupted.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case is CancellationError: 130
        case let error as CocoaError: status(of: FileError(error))
        case is ThemeError: 65
        case is TerminalError: 69
        case let error as CacheError:
            switch error {
            case .missing: 66
            case .notAStudy, .damaged, .newerSchema, .olderSchema, .alreadyExists: 65
            case .missingRecord: 70
            case .readOnly, .needsWriting, .diskFull, .diskFails, .busy, .failed: 74
            }
        case let error as FileError:
            switch error {
            case .unreadable(_, let code): code == ENOENT || code == ENOTDIR ? 66 : 74
            case .unwritable, .beingWritten: 74
            case .malformedJSON, .malformedSafetensors, .damagedCompression, .malformedList, .malformedArray,
                .malformedTar, .compressedTar, .damagedDatabase:
                65
            }
        case let error as VisionModelsError:
            switch error {
            case .file(let error): status(of: error)
            case .listed(_, _, let error): status(of: error)
            case .notInCache, .missingFile: 66
            case .unsupportedPrecision, .severalInCache: 64
            default: 65
            }
        case let error as WorkbenchError:
            switch error {
            case .missingResources, .missingLabels, .notExtracted, .notAligned, .noAutoencoder, .missingShares,
                .missingFile, .noShares:
                66
            case .unknownLayer, .layerNotInStudy, .unknownTarget, .unknownConceptSet, .otherStudyNeeded,
                .unknownPooling,
                .unsuitablePooling, .unknownClass, .unknownUnit, .mixedUnits, .unknownImage,
                .emptyConcept,
                .cancelledConcept,
                .notLinear, .tooManyPairs, .notCounted,
                .needsClasses,
                .noClassifier, .needsClassifier, .needsClassWords, .noAttribution, .noPlaces, .noTokens,
                .tokensBehindPooling, .noAnswers,
                .fixedClasses, .classesAreUnits, .repeatedShare, .noTask, .noTaskCount,
                .noFirstTask, .foreignTask, .otherTaskCount, .otherProcessCount, .malformedVariable, .featureCount,
                .reportOfOtherImages:
                64
            case .noProbeLabels, .unsuitableHead, .importedModel, .importedSpace, .otherImport, .tooFewClasses,
                .labelOutOfRange, .ungroupedImages, .oneGroup, .notFinite, .notFiniteActivation, .diverged,
                .notFiniteCodes,
                .otherHookPoint,
                .noReadableImages, .unmatchedClasses, .foldersOfOneClass, .unknownClassOfFolder, .isShare, .notAShare,
                .damagedPlan,
                .unfinishedShare, .foreignShare, .foreignStudy, .malformedSession, .changedModel, .damagedFile,
                .damagedRecord,
                .classNameCount:
                65
            }
        default: 70
        }
    }

    static func list(_ items: [String], most: Int = 12) -> String {
        items.count <= most
            ? items.joined(separator: ", ")
            : items.prefix(most).joined(separator: ", ") + " and \(items.count - most) more"
    }

    static func system(_ code: Int32) -> String { String(cString: strerror(code)) }
}
