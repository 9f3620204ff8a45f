import Analysis
import Dispatch
import Explorer
import Foundation
import Synchronization
import WordNet
import Workbench

/// Carries out the explorer's effects on threads of its own and hands the results back through a mailbox.
///
/// Each kind of job has its own queue, so a slow one never delays another; a job that a newer one of its kind has
/// superseded is dropped before it starts, or stops at its next batch.
public final class EffectRunner: Sendable {
    private let open: @Sendable () throws -> TargetLayer
    private let wake: @Sendable () -> Void
    private let words: @Sendable (any Error) -> String
    private let keepsTheme: Bool
    private let mailbox = Mutex<[Action]>([])
    private let study = Mutex<(workbench: TargetLayer, own: StudiedLayer, layer: StudiedLayer)?>(nil)
    private let newest = Mutex<[Job.Kind: Int]>([:])
    private let isStopped = Atomic<Bool>(false)
    /// Jobs under way that someone waits for.
    private let awaited = Atomic<Int>(0)
    private let queues: [Job.Kind: DispatchQueue] = Dictionary(
        uniqueKeysWithValues: Job.Kind.allCases.map { ($0, DispatchQueue(label: "miclip.\($0)")) })
    /// Opening, and everything that writes to the study, in order.
    private let writes = DispatchQueue(label: "miclip.study")

    /// - Parameters:
    ///   - keepsTheme: whether the session's theme is restored; not when the user named one.
    ///   - words: words an error for people.
    ///   - wake: makes the terminal look into the mailbox.
    ///   - open: opens the study.
    public init(
        keepsTheme: Bool = true, words: @escaping @Sendable (any Error) -> String,
        wake: @escaping @Sendable () -> Void, open: @escaping @Sendable () throws -> TargetLayer
    ) {
        self.keepsTheme = keepsTheme
        self.words = words
        self.wake = wake
        self.open = open
    }

    /// What came in since the last call, oldest first.
    public func results() -> [Action] {
        mailbox.withLock { box in
            defer { box = [] }
            return box
        }
    }

    /// Opens the study in the background.
    public func start() {
        writes.async { [self] in
            let clock = ContinuousClock()
            let began = clock.now
            do {
                let workbench = try open()
                let work = Work(
                    report: { [self] in post(.progress($0, secondsElapsed: (clock.now - began) / .seconds(1))) },
                    checkCancellation: { [self] in if isStopped.load(ordering: .relaxed) { throw CancellationError() } }
                )
                let layer = try workbench.prepare(work, features: true)
                study.withLock { $0 = (workbench, layer, layer) }
                let facts = try layer.facts
                post(
                    .opened(
                        facts, isLinear: facts.remainder == .linear, addingReach: facts.addingReach,
                        isClosedForm: facts.remainder == .normalized))
                if let json = try workbench.savedPlace(),
                    var session = try? JSONDecoder().decode(Session.self, from: json)
                {
                    if !keepsTheme { session.theme = nil }
                    post(.restored(session))
                }
                post(.findings(try workbench.findings()))
            } catch {
                post(.failed(words(error), nil))
            }
        }
    }

    /// Stops what is running and waits until everything asked to be written is.
    public func stop() {
        isStopped.store(true, ordering: .relaxed)
        writes.sync {}
    }

    /// Carries out one effect; returns at once.
    public func run(_ effect: Effect) {
        switch effect {
        case .locate(let concept, let ranking, let kind, let job):
            answer(job) { .located(try $0.locate(concept, ranking: ranking, units: kind), job) }
        case .profile(let unit, let job): answer(job) { .profiled(try $0.profile(unit), job) }
        case .listUnits(let kind, let job): answer(job) { .listed(try $0.summaries(kind), job) }
        case .curve(let steering, let target, let range, let job):
            answer(job) { .curved(try $0.curve(of: steering, target: target.index, over: range), job) }
        case .sweep(let steering, let target, let betas, let job):
            answer(job) { [self] analysis in
                let choices = try analysis.sweep(of: steering, target: target.index, at: betas, work(for: job))
                return .swept(choices.map { .init(beta: $0.beta, accuracy: $0.accuracy) }, job)
            }
        case .count(let steering, let target, let halfWidth, let job):
            answer(job) { [self] layer in
                .counted(
                    try layer.outcome(of: steering, target: target.index, halfWidth: halfWidth, work(for: job)) {
                        [self] running in
                        if running.images < running.imagesInAll { post(.counted(running, job)) }
                    }, job)
            }
        case .measureUnits(let kind, let job):
            answer(job) { [self] in
                .measured(try $0.qualities(kind, checkCancellation: work(for: job).checkCancelled), job)
            }
        case .map(let kind, let job): map(kind, job)
        case .inspect(let steering, let job):
            answer(job) { .inspected(try $0.inspection(of: steering), job) }
        case .reword(let words, let job):
            answer(job) { [self] layer in
                let other = try layer.counting(words: words)
                let facts = try other.facts
                study.withLock { if isNewest(job) { $0?.layer = other } }
                return .reworded(facts, words, job)
            }
        case .writeSession(let record):
            write { [self] workbench in
                let folder = URL(filePath: FileManager.default.currentDirectoryPath)
                post(.wroteSession(path: try workbench.write(record, into: folder).path))
            }
        case .cancel(let job): newest.withLock { if $0[job.kind] == job.number { $0[job.kind] = job.number + 1 } }
        case .store(let subject, let note):
            change { try $0.keep(Finding(subject: subject, note: note, created: Date().timeIntervalSince1970)) }
        case .deleteFinding(let id): change { try $0.deleteFinding(id) }
        case .restoreFinding(let finding): change { try $0.keep(finding) }
        case .setNote(let id, let note): change { try $0.setNote(note, ofFinding: id) }
        case .export(let format):
            write { [self] workbench in
                let folder = URL(filePath: FileManager.default.currentDirectoryPath)
                let file = try workbench.exportFindings(as: format, into: folder)
                post(.exported(path: file.path, findings: try workbench.findings().count))
            }
        case .saveSession(let session):
            write { try $0.savePlace(JSONEncoder().encode(session)) }
        case .captureMouse, .redraw, .suspend, .quit: preconditionFailure("\(effect) is the loop's")
        }
    }

    /// Computes the answer to a job unless a newer of its kind has come.
    private func answer(_ job: Job, _ body: @escaping @Sendable (StudiedLayer) throws -> Action) {
        newest.withLock { $0[job.kind] = job.number }
        queues[job.kind]?.asyncAfter(deadline: .now() + Self.delay(of: job.kind)) { [self] in
            guard isNewest(job), let layer = study.withLock({ $0?.layer }) else { return }
            let isAwaited = !Self.isBackground(job.kind)
            if isAwaited { awaited.add(1, ordering: .relaxed) }
            defer { if isAwaited { awaited.subtract(1, ordering: .relaxed) } }
            do {
                post(try body(layer))
            } catch is CancellationError {
                return
            } catch {
                post(.failed(words(error), job))
            }
        }
    }

    /// Lays the units out, showing the layout as it takes shape some ten times a second.
    private func map(_ kind: UnitKind, _ job: Job) {
        answer(job) { [self] analysis in
            let clock = ContinuousClock()
            var shown = clock.now
            let categories = try WordNet.installed().map(SuperCategories.init)
            let map = try analysis.map(units: kind, categories: categories, work(for: job)) {
                [self] map, step in
                guard step.iteration == 0 || clock.now - shown > .milliseconds(100) else { return }
                shown = clock.now
                post(.mapped(map, MapProgress(iteration: step.iteration, iterations: step.iterations), job))
            }
            return .mapped(map, nil, job)
        }
    }

    /// What hangs on the ranked list waits a moment, so that while someone types the next list has the cores to itself.
    private static func delay(of kind: Job.Kind) -> DispatchTimeInterval {
        switch kind {
        case .locate, .locateHeld, .list, .count, .inspect, .map, .words: .seconds(0)
        case .profile, .curve: .milliseconds(12)
        case .quality: .milliseconds(50)
        }
    }

    /// Stops at the next batch once a newer job of the kind has come; work in the background lets go of the cores
    /// while there is any that someone waits for.
    private func work(for job: Job) -> Work {
        Work(checkCancellation: { [self] in
            while Self.isBackground(job.kind), awaited.load(ordering: .relaxed) > 0, isNewest(job) {
                Thread.sleep(forTimeInterval: 0.0005)
            }
            if !isNewest(job) { throw CancellationError() }
        })
    }

    private static func isBackground(_ kind: Job.Kind) -> Bool {
        switch kind {
        case .quality, .map: true
        case .locate, .locateHeld, .profile, .list, .curve, .count, .inspect, .words: false
        }
    }

    private func isNewest(_ job: Job) -> Bool {
        !isStopped.load(ordering: .relaxed) && newest.withLock { $0[job.kind] == job.number }
    }

    /// Changes the findings, then sends the new list.
    private func change(_ body: @escaping @Sendable (TargetLayer) throws -> Any?) {
        write { [self] workbench in
            _ = try body(workbench)
            post(.findings(try workbench.findings()))
        }
    }

    private func write(_ body: @escaping @Sendable (TargetLayer) throws -> Void) {
        writes.async { [self] in
            guard let workbench = study.withLock({ $0?.workbench }) else { return }
            do {
                try body(workbench)
            } catch {
                post(.failed(words(error), nil))
            }
        }
    }

    private func post(_ action: Action) {
        mailbox.withLock { $0.append(action) }
        wake()
    }
}
