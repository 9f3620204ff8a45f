import Analysis

/// Beginning, stopping and going on with long work.
extension State {
    /// Brings the panel up, or puts it away; what runs goes on out of sight.
    mutating func switchWork(filled text: String? = nil) {
        if case .work = overlay, text == nil {
            overlay = nil
            return
        }
        overlay = .work(WorkPanel(field: text.map { TextField($0) }))
    }

    /// Enter: what is typed is begun; on work that was stopped it goes on; on an offer that is typed out.
    mutating func acceptWork(_ panel: WorkPanel) {
        var panel = panel
        defer { overlay = .work(panel) }
        if let field = panel.field {
            guard let study else { return }
            let work: LongWork
            do { work = try LongWork(field.text.trimmed) } catch {
                return tell("Expected \(error.expected); found \(error.found)", .failure)
            }
            self.work.begin(work, study.facts.reference)
            panel.field = nil
            panel.cursor.jump(to: self.work.items.count - 1)
            return
        }
        let row = panel.cursor.selected
        if work.items.indices.contains(row) {
            let item = work.items[row]
            guard item.phase == .stopped || item.phase == .failed else { return }
            work.change(item.id) { item in
                item.phase = .waiting
                item.attempt += 1
            }
            work.log("goes on where it was", item.id)
        } else if WorkOffer.all.indices.contains(row - work.items.count) {
            panel.field = TextField(WorkOffer.all[row - work.items.count].text)
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

    /// Work is over: the study has more now. Where it changed the layer on show, that is opened anew.
    mutating func take(_ done: WorkDone, _ job: Job) {
        guard jobs.accept(job), let item = work.running, let study else { return }
        work.change(item.id) { item in (item.phase, item.progress) = (.done, nil) }
        work.log(done.summary, item.id)
        stage = .open(study.holding(done.layers))
        tell("\(item.work): \(done.summary)", .success)
        guard done.changes == study.facts.reference, layers.wanted == nil else { return }
        jobs.forget(.layer)
        layers.wanted = study.facts.reference
    }

    mutating func failWork(_ why: String) {
        guard let item = work.running else { return }
        work.change(item.id) { item in (item.phase, item.progress) = (.failed, nil) }
        work.log(why, item.id)
    }
}
