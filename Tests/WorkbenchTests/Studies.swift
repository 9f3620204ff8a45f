import Foundation
import TestSupport
import Workbench

extension StudyPlan {
    /// The sample's models on 512 probe and 384 held-out images, which are written into a folder.
    static func small(in folder: URL) throws -> StudyPlan {
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        return plan
    }
}

extension TargetLayer {
    /// The first layer of a new study.
    static func created(at folder: URL, plan: StudyPlan) throws -> TargetLayer {
        try Study(creating: folder, plan: plan).layer()
    }

    /// The first layer of a study that exists.
    static func opened(at folder: URL) throws -> TargetLayer { try Study(opening: folder).layer() }
}
