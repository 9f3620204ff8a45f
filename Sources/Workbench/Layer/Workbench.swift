public typealias Workbench = TargetLayer
