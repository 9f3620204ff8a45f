import Analysis

/// Beginning, stopping and going on with long work.
extension State {
    /// Brings the panel up, or puts it away; what runs goes on out of sight.
    mutating func switchWork(filled text: String? = nil) {
        if case .work = overlay, text == nil {
            overlay = nil
            return
        }
        var panel = WorkPanel(field: text.map { TextField($0) })
        // What runs is what one comes for, else what was begun last.
        panel.cursor.jump(to: max(0, work.items.firstIndex { $0.phase == .running } ?? work.items.count - 1))
        overlay = .work(panel)
    }

    /// Enter: what is typed is begun; on work that was stopped it goes on; on an offer that is typed out.
    mutating func acceptWork(_ panel: WorkPanel) {
        var panel = panel
        // What comes up in place of the panel.
        var form: (draft: StudyDraft?, fault: String?)?
        var showsTables = false
        defer {
            if let form {
                showNewStudy(form.draft, fault: form.fault)
            } else {
                overlay = .work(panel)
                if showsTables { switchEvaluation() }
            }
        }
        if let field = panel.field {
            let work: LongWork
            do { work = try LongWork(field.text.trimmed) } catch {
                return tell("Expected \(error.expected); found \(error.found)", .failure)
            }
            var needsLayer = true
            if case .create = work { needsLayer = false }
            guard study != nil || !needsLayer else { return tell("No study is open; O makes one") }
            self.work.begin(work, needsLayer ? study?.facts.reference : nil)
            panel.field = nil
            panel.cursor.jump(to: self.work.items.count - 1)
            return
        }
        let row = panel.cursor.selected
        if work.items.indices.contains(row) {
            let item = work.items[row]
            if let path = item.opens {
                guard !work.isOnStudy else { return tell("Work on this study is not over; x stops it") }
                return newStudy.opening = path
            }
            if item.phase == .failed, case .create(let draft) = item.work {
                return form = (draft, item.log.last)
            }
            guard item.phase == .stopped || item.phase == .failed else { return }
            work.change(item.id) { item in
                item.phase = .waiting
                item.attempt += 1
            }
            work.log("goes on where it was", item.id)
        } else if WorkOffer.all.indices.contains(row - work.items.count) {
            let offer = WorkOffer.all[row - work.items.count]
            if offer == .newStudy { return form = (nil, nil) }
            if offer == .evaluation { return showsTables = true }
            panel.field = TextField(offer.text)
        }
    }

    /// Esc: leaves the field, then stops what runs, then puts the panel away.
    mutating func cancelWork(_ panel: WorkPanel) -> [Effect] {
        if panel.field != nil {
            overlay = .work(WorkPanel(cursor: panel.cursor))
            return []
        }
        guard let item = work.running else {
            overlay = nil
            return []
        }
        return stopWork(item)
    }

    /// x: stops the work under the cursor, or lets go of it while it waits.
    mutating func stopWork(at row: Int) -> [Effect] {
        guard work.items.indices.contains(row) else { return [] }
        let item = work.items[row]
        switch item.phase {
        case .running: return stopWork(item)
        case .waiting:
            work.change(item.id) { $0.phase = .stopped }
            work.log("let go before it began", item.id)
        case .stopped, .failed, .done: break
        }
        return []
    }

    private mutating func stopWork(_ item: WorkState.Item) -> [Effect] {
        work.change(item.id) { item in (item.phase, item.progress) = (.stopped, nil) }
        work.log("stopped; what is finished is kept", item.id)
        return jobs.stop(.work).map { [.cancel($0)] } ?? []
    }

    mutating func workRequests() -> [Effect] {
        guard let item = work.next else { return [] }
        struct Subject: Hashable, Sendable { var id, attempt: Int }
        guard let job = jobs.start(.work, for: Subject(id: item.id, attempt: item.attempt)) else { return [] }
        work.change(item.id) { $0.phase = .running }
        work.log("began", item.id)
        return [.work(item.work, on: item.layer, job)]
    }

    mutating func take(_ progress: WorkProgress, _ job: Job) {
        guard jobs.accept(job, ends: false), let item = work.running else { return }
        work.change(item.id) { $0.progress = progress }
        work.log(progress.phase.rawValue, item.id)
    }

    /// Work is over: the study has more now. Where it changed the layer on show, that is opened anew; a study that was made
    /// is opened where none is, or where it was waited for.
    mutating func take(_ done: WorkDone, _ job: Job) {
        guard jobs.accept(job), let item = work.running else { return }
        work.change(item.id) { item in (item.phase, item.progress, item.opens) = (.done, nil, done.opens) }
        work.log(done.summary, item.id)
        if let path = done.opens {
            if isWaitingForStudy { return newStudy.opening = path }
            return tell("\(done.summary); Enter on it in B opens it", .success)
        }
        guard let study else { return }
        stage = .open(study.holding(done.layers))
        if let changed = done.changes { layerComparison.forget(changed) }
        tell("\(item.work): \(done.summary)", .success)
        guard done.changes == study.facts.reference, layers.wanted == nil else { return }
        jobs.forget(.layer)
        layers.wanted = study.facts.reference
    }

    /// Whether another study may take the place of what is on show.
    private var isWaitingForStudy: Bool {
        if case .work(let panel) = overlay { return panel.field == nil && !work.isOnStudy }
        return study == nil
    }

    mutating func failWork(_ why: String) {
        guard let item = work.running else { return }
        work.change(item.id) { item in (item.phase, item.progress) = (.failed, nil) }
        work.log(why, item.id)
    }
}
