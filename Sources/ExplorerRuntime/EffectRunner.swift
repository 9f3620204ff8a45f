import Analysis
import Explorer
import Foundation
import Synchronization
import WordNet
import Workbench

/// Carries out the explorer's effects: the table from effect to verb.
package final class EffectRunner: Sendable {
    private let opening: @Sendable () throws -> TargetLayer
    /// A place where no study stands yet, so that there is nothing to open.
    private let missing: String?
    private let history: StudyHistory?
    private let jobs: JobScheduler
    private let keepsTheme: Bool
    private let keepsLayer: Bool
    /// What questions are put to; nil while opening.
    private let held = Mutex<Held?>(nil)
    /// The evaluation that was whole last.
    private let evaluated = Mutex<Evaluation?>(nil)

    private struct Held: Sendable {
        let study: TargetLayer
        /// The layer as it was opened, and as it is counted now.
        let own: StudiedLayer
        var layer: StudiedLayer
    }

    /// - Parameters:
    ///   - keepsTheme: whether the session's theme is restored; not when the user named one.
    ///   - keepsLayer: whether the session's layer is gone back to; not when the user named one.
    ///   - missing: the place that was named, where no study stands yet: it is asked what to make there.
    ///   - history: what studies were made of before; nil where none is kept.
    ///   - words: words an error for people.
    ///   - wake: makes the terminal look into the mailbox.
    ///   - open: opens the study.
    package init(
        keepsTheme: Bool = true, keepsLayer: Bool = true, missing: String? = nil, history: StudyHistory? = nil,
        words: @escaping @Sendable (any Error) -> String,
        wake: @escaping @Sendable () -> Void, open: @escaping @Sendable () throws -> TargetLayer
    ) {
        (self.keepsTheme, self.keepsLayer) = (keepsTheme, keepsLayer)
        opening = open
        (self.missing, self.history) = (missing, history)
        jobs = JobScheduler(words: words, wake: wake)
    }

    /// What came in since the last call, oldest first.
    package func results() -> [Action] { jobs.results() }

    /// Stops what is running and waits until everything asked to be written is.
    package func stop() { jobs.stop() }

    /// To be called when a key has come: what nobody waits for lets go of the cores for a moment.
    package func hush() { jobs.hush() }

    /// Opens the study in the background.
    package func start() {
        if let missing { return jobs.post(.noStudy(at: missing)) }
        open(opening)
    }

    /// Opens a study, in order with what is written, so that nothing of one lands in another.
    private func open(_ body: @escaping @Sendable () throws -> TargetLayer) {
        jobs.write { [self] in
            let began = ContinuousClock.now
            let study = try body()
            let layer = try study.prepare(
                jobs.work { [self] in
                    jobs.post(.progress($0, secondsElapsed: (ContinuousClock.now - began) / .seconds(1)))
                }, features: true)
            held.withLock { $0 = Held(study: study, own: layer, layer: layer) }
            jobs.post(.opened(try layer.facts))
            if let json = try study.savedPlace(), var place = try? JSONDecoder().decode(Session.self, from: json) {
                if !keepsTheme { place.theme = nil }
                if !keepsLayer { place.layer = nil }
                jobs.post(.restored(place))
            }
            try postFindings(of: study, after: nil)
            jobs.ahead { layer.readAhead() }
        }
    }

    /// Carries out one effect; returns at once.
    package func run(_ effect: Effect) {
        switch effect {
        case .locate(let concept, let ranking, let kind, let job):
            answer(job) { [jobs] layer, work in
                let exact = try layer.locate(concept, ranking: ranking, units: kind, work) {
                    jobs.post(.located($0, isExact: false, job))
                }
                return .located(exact, isExact: true, job)
            }
        case .profile(let unit, let job):
            answer(job) { [jobs] layer, _ in
                .profiled(try layer.profile(unit) { jobs.post(.profiledFirst($0, job)) }, job)
            }
        case .sheet(let unit, let job):
            answer(job) { layer, work in .sheeted(try layer.contactSheet(of: unit, work), job) }
        case .heat(let unit, let images, let job):
            answer(job) { [jobs] layer, work in
                try layer.heatMaps(of: unit, images: images, work) { jobs.post(.heated([$0], isWhole: false, job)) }
                return .heated([], isWhole: true, job)
            }
        case .circuit(let unit, let job):
            answer(job) { [jobs] layer, work in
                let whole = try layer.circuit(of: unit, work) { jobs.post(.circuit($0, isWhole: false, job)) }
                return .circuit(whole, isWhole: true, job)
            }
        case .kin(let unit, let job):
            answer(job) { [jobs] layer, work in
                jobs.post(.kin(try layer.kin(of: unit, work), job))
                return .answered(try layer.answers(of: unit, work), job)
            }
        case .pair(let first, let second, let job):
            answer(job) { layer, _ in .paired(try layer.pair(first, second), job) }
        case .compareLayers(let other, let kind, let job): compareLayers(with: other, kind, job)
        case .cover(let unit, let image, let cover, let before, let job):
            answer(job) { layer, work in
                .covered(try layer.covered(image, of: unit, cover: cover, before: before, work), job)
            }
        case .listUnits(let kind, let job):
            answer(job) { [jobs] layer, work in
                guard let first = try layer.firstSummaries(kind) else {
                    return .listed(UnitTable(try layer.summaries(kind, work)), job)
                }
                // Nobody waits for what is not on the screen.
                jobs.goOn(job) { .listed(UnitTable(try layer.summaries(kind, $0)), job) }
                return .listedFirst(UnitTable(first), job)
            }
        case .measureUnits(let kind, let job):
            answer(job) { layer, work in
                .measured(UnitQualities(try layer.qualities(kind, work)), job)
            }
        case .curve(let steering, let target, let range, let next, let job):
            answer(job) { [jobs] layer, work in
                let exact = try layer.curve(of: steering, target: target.index, over: range, next: next, work) {
                    jobs.post(.curved($0, job))
                }
                return .curved(exact, job)
            }
        case .sweep(let steering, let target, let betas, let job):
            answer(job) { layer, work in
                let choices = try layer.sweep(of: steering, target: target.index, at: betas, work)
                return .swept(choices.map { .init(beta: $0.beta, accuracy: $0.accuracy) }, job)
            }
        case .count(let steering, let target, let halfWidth, let job):
            answer(job) { [jobs] layer, work in
                let outcome = try layer.outcome(of: steering, target: target.index, halfWidth: halfWidth, work) {
                    if $0.images < $0.imagesInAll { jobs.post(.counted($0, job)) }
                }
                return .counted(outcome, job)
            }
        case .fit(let steering, let target, let range, let bound, let job):
            answer(job) { layer, work in
                let ranges = steering.interventions.map { _ in range }
                let fit = try layer.fit(
                    steering, [steering.moving], ranges: ranges, target: target.index, bound: bound, work)
                return .fitted(fit, job)
            }
        case .inspect(let steering, let job):
            answer(job) { layer, _ in .inspected(try layer.inspection(of: steering), job) }
        case .compare(let steering, let images, let job):
            answer(job) { layer, _ in .compared(try layer.comparisons(images, steering), job) }
        case .map(let kind, let job): map(kind, job)
        case .reword(let words, let job): reword(words, job)
        case .chooseLayer(let reference, let job): choose(job) { try $0.study.layer(reference) }
        case .chooseConceptSet(let digest, let job):
            choose(job) { target in
                try target.study.chooseConcepts(digest)
                return target
            }
        case .evaluate(let job): evaluate(job)
        case .work(let long, let reference, let job): carryOut(long, on: reference, job)
        case .openStudy(let path): open { try Study(opening: URL(filePath: path)).layer() }
        case .readEarlier(let job):
            jobs.run(job) { [history] _ in .earlier(history?.drafts ?? [], standard: .standard, job) }
        case .advise(let text, let field, let job):
            jobs.run(job) { _ in .advised(StudyFields.advice(on: text, for: field), job) }
        case .cancel(let job): jobs.cancel(job)
        case .store(let subject, let reference, let search, let note):
            let layer = held.withLock { $0?.layer }
            keep(.new(subject, by: search), note) {
                var finding = Finding(
                    subject: subject, origin: reference, note: note, created: Date().timeIntervalSince1970)
                finding.provenance = try layer?.provenance(of: search)
                try $0.keep(finding)
                return .kept(subject)
            }
        case .setNote(let id, let note):
            keep(.existing(id: id), note) {
                try $0.setNote(note, ofFinding: id)
                return .noted
            }
        case .deleteFinding(let id): change { try $0.deleteFinding(id).map { .deleted($0.subject) } }
        case .restoreFinding:
            change { try $0.restoreFinding().map { .restored($0.subject) } ?? .nothingToRestore }
        case .export(let format, let name, let ids):
            write { [jobs] study in
                let wanted = Set(ids)
                let findings = try study.findings().filter { $0.id.map(wanted.contains) ?? false }
                let file = try study.export(findings, as: format, name: name, into: Self.here)
                jobs.post(.exported(path: file.path, findings: findings.count))
            }
        case .write(let file, let name): write { [self] in try write(file, name: name, of: $0) }
        case .saveSession(let place): write { try $0.savePlace(JSONEncoder().encode(place)) }
        case .captureMouse, .redraw, .suspend, .quit, .copy: preconditionFailure("\(effect) is the loop's")
        }
    }

    private func write(_ file: FileToWrite, name: String, of study: TargetLayer) throws {
        switch file {
        case .units(let units, let kind):
            guard let layer = held.withLock({ $0?.layer }) else { return }
            let file = try layer.writeTable(units, kind, name: name, into: Self.here)
            jobs.post(.wroteTable(path: file.path, units: units.count))
        case .session(let record):
            jobs.post(.wroteSession(path: try study.write(record, name: name, into: Self.here).path))
        case .evaluation:
            guard let evaluation = evaluated.withLock({ $0 }) else { return }
            let files = try evaluation.write(name: name, into: Self.here)
            jobs.post(.wroteReport(paths: files.map(\.path)))
        }
    }

    private func carryOut(_ long: LongWork, on reference: LayerReference?, _ job: Job) {
        jobs.run(job) { [self] work in
            let reporting = work.reporting { [jobs] in jobs.post(.working($0, job)) }
            if case .create(let draft) = long {
                history?.remember(draft)
                return .worked(try Study.make(draft, reporting), job)
            }
            guard let reference, let study = held.withLock({ $0?.study.study }) else { throw CancellationError() }
            return .worked(try study.layer(reference).carryOut(long, reporting), job)
        }
    }

    private static var here: URL { URL(filePath: FileManager.default.currentDirectoryPath) }

    /// Puts a question to the layer as it is counted when the answer is begun.
    private func answer(_ job: Job, _ body: @escaping @Sendable (StudiedLayer, Work) throws -> Action) {
        jobs.run(job) { [self] work in
            guard let layer = held.withLock({ $0?.layer }) else { throw CancellationError() }
            return try body(layer, work)
        }
    }

    /// Opens what `body` makes of the present layer; that one goes on answering until the other is there.
    private func choose(_ job: Job, _ body: @escaping @Sendable (TargetLayer) throws -> TargetLayer) {
        jobs.run(job) { [self] work in
            guard let now = held.withLock({ $0?.study }) else { throw CancellationError() }
            let began = ContinuousClock.now
            let chosen = try body(now)
            let layer = try chosen.prepare(
                work.reporting { [jobs] in
                    jobs.post(.progress($0, secondsElapsed: (ContinuousClock.now - began) / .seconds(1)))
                }, features: true)
            let facts = try layer.facts
            held.withLock { if jobs.isNewest(job) { $0 = Held(study: chosen, own: layer, layer: layer) } }
            return .opened(facts, job)
        }
    }

    /// Counts on classes of other words; nil for the study's own. Answers that are on their way are of the old ones, and
    /// are kept as such.
    private func reword(_ words: ClassWords?, _ job: Job) {
        jobs.run(job) { [self] work in
            guard let own = held.withLock({ $0?.own }) else { throw CancellationError() }
            let layer = try words.map { try own.counting(words: $0, work) } ?? own
            let facts = try layer.facts
            held.withLock { if jobs.isNewest(job) { $0?.layer = layer } }
            return .reworded(facts, words, job)
        }
    }

    /// Every table, as `miclip evaluate` has it by default; each is shown as its rows come.
    private func evaluate(_ job: Job) {
        answer(job) { [self, jobs] layer, work in
            var request = EvaluationRequest()
            if try layer.facts.features > 0 { request.kinds.append(.feature) }
            // Of other classes the paper's generalisation alone: the rest is about the study's own.
            if try layer.facts.words != nil, layer.countedClasses.names != layer.classes.names {
                request.parts = [.interventions]
            }
            func sections(_ evaluation: Evaluation) -> [ReportSection] { Report(evaluation, command: "").sections }
            let whole = try layer.evaluation(request, work.reporting { jobs.post(.evaluating($0, job)) }) {
                jobs.post(.evaluated(sections($0), isWhole: false, job))
            }
            evaluated.withLock { $0 = whole }
            return .evaluated(sections(whole), isWhole: true, job)
        }
    }

    /// As `miclip compare` has it by default.
    private func compareLayers(with reference: LayerReference, _ kind: UnitKind, _ job: Job) {
        jobs.run(job) { [self] work in
            guard let held = held.withLock({ $0 }) else { throw CancellationError() }
            let reporting = work.reporting { [jobs] in jobs.post(.comparingLayers($0, job)) }
            let other = try held.study.study.layer(reference).prepare(reporting, features: kind == .feature)
            let request = ComparisonRequest(
                first: held.own.place, second: other.place, units: kind, concepts: held.own.comparedConcepts)
            return .comparedLayers(try held.own.comparison(with: other, request, reporting).shown, job)
        }
    }

    /// Lays the units out, showing the layout as it takes shape some ten times a second.
    private func map(_ kind: UnitKind, _ job: Job) {
        answer(job) { [jobs] layer, work in
            let clock = ContinuousClock()
            var shown = clock.now
            let categories = try WordNet.installed().map(SuperCategories.init)
            let map = try layer.map(units: kind, categories: categories, work) { map, step in
                guard step.iteration == 0 || clock.now - shown > .milliseconds(100) else { return }
                shown = clock.now
                jobs.post(.mapped(map, MapProgress(iteration: step.iteration, iterations: step.iterations), job))
            }
            return .mapped(map, nil, job)
        }
    }

    /// Changes the findings, then sends the new list.
    private func change(_ body: @escaping @Sendable (TargetLayer) throws -> FindingChange?) {
        write { [self] study in try postFindings(of: study, after: try body(study)) }
    }

    /// The same for what has a note, which must not be lost where it cannot be kept.
    private func keep(
        _ subject: NoteSubject, _ note: String, _ body: @escaping @Sendable (TargetLayer) throws -> FindingChange
    ) {
        write { [self] study in
            let change: FindingChange
            do { change = try body(study) } catch {
                return jobs.post(.notKept(subject, note: note, jobs.words(error)))
            }
            try postFindings(of: study, after: change)
        }
    }

    private func postFindings(of study: TargetLayer, after change: FindingChange?) throws {
        jobs.post(.findings(try study.findings(), deleted: try study.deletedFindings().count, after: change))
    }

    private func write(_ body: @escaping @Sendable (TargetLayer) throws -> Void) {
        jobs.write { [self] in
            if let study = held.withLock({ $0?.study }) { try body(study) }
        }
    }
}
