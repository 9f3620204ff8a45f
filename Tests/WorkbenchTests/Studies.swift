import Foundation
import Workbench

extension TargetLayer {
    /// The first layer of a new study.
    static func created(at folder: URL, plan: StudyPlan) throws -> TargetLayer {
        try Study(creating: folder, plan: plan).layer()
    }

    /// The first layer of a study that exists.
    static func opened(at folder: URL) throws -> TargetLayer { try Study(opening: folder).layer() }
}
