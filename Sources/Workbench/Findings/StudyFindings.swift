import Analysis
import Files
import Foundation

extension TargetLayer {
    /// All findings, oldest first.
    package func findings() throws -> [Finding] { try store.findings() }

    /// Keeps a finding; one with an id is put back under it. The row number.
    @discardableResult
    package func keep(_ finding: Finding) throws -> Int64 { try store.insert(finding) }

    /// Takes a finding out and returns it, so that it can be put back.
    @discardableResult
    package func deleteFinding(_ id: Int64) throws -> Finding? { try store.deleteFinding(id) }

    /// Deleted findings, the one deleted last first.
    package func deletedFindings() throws -> [Finding] { try store.deletedFindings() }

    /// Puts back the finding that was deleted last, whenever that was; nil where none was.
    package func restoreFinding() throws -> Finding? {
        guard let last = try store.deletedFindings().first else { return nil }
        try store.insert(last)
        return last
    }

    /// Replaces a finding's note.
    package func setNote(_ note: String, ofFinding id: Int64) throws { try store.setNote(note, ofFinding: id) }

    /// Where the explorer was left, as it saved that; nil before the first time.
    package func savedPlace() throws -> Data? { try store.document(named: "explorer") }

    /// Saves where the explorer is; a study that cannot be written keeps nothing.
    package func savePlace(_ json: Data) throws {
        guard !store.isReadOnly else { return }
        try store.keep(json, as: "explorer")
    }

    /// Findings as text, by default all.
    package func exportedFindings(_ findings: [Finding]? = nil, as format: ExportFormat) throws -> String {
        let findings = try findings ?? self.findings()
        let study = folder.path
        switch format {
        case .json:
            let rows = findings.map { FindingRow($0, command: $0.command(study: study)) }
            return try documentText(of: FindingsDocument(study: study, findings: rows))
        case .csv:
            let rows = findings.map { FindingRow($0, command: $0.command(study: study)) }
            return CSV.text([FindingRow.columns] + rows.map(\.cells))
        case .markdown: return FindingsText.markdown(findings.map { FindingPage($0, study: study) }, study: study)
        case .html: return FindingsText.html(try pages(of: findings), study: study)
        }
    }

    /// Writes findings to a new file in `directory`, never over an old one. Its path.
    package func export(
        _ findings: [Finding]? = nil, as format: ExportFormat, name: String = "findings", into directory: URL
    ) throws -> URL {
        try UserFile.writeNew(
            exportedFindings(findings, as: format), name, format.fileExtension, into: directory)
    }

    /// Findings with the pictures of their units and curves of their interventions, of layers that can be asked.
    private func pages(of findings: [Finding]) throws -> [FindingPage] {
        var layers: [LayerReference: StudiedLayer] = [:]
        return try findings.map { finding in
            guard let origin = finding.origin else { return FindingPage(finding, study: folder.path) }
            // A layer that is not there any more, or not aligned, has no pictures: the rest of the finding stands.
            let layer = layers[origin] ?? (try? study.layer(origin).studied())
            layers[origin] = layer
            return try layer?.page(of: finding, withPictures: true) ?? FindingPage(finding, study: folder.path)
        }
    }

    /// Writes what was done on the steering screen to a new file in `directory`, for `miclip replay`. Its path.
    package func write(_ record: SteeringRecord, name: String, into directory: URL) throws -> URL {
        try UserFile.writeNew(documentText(of: record), name, "json", into: directory)
    }
}

extension StudiedLayer {
    /// Findings of this layer, oldest first.
    package func findings() throws -> [Finding] {
        let own = try facts.reference
        return try target.findings().filter { $0.origin == own }
    }

    /// Findings of this layer in words, with pictures and curves where these are wanted.
    ///
    /// - Parameter study: where the study is said to lie.
    package func pages(of findings: [Finding], withPictures: Bool, study: String) throws -> [FindingPage] {
        try findings.map { try page(of: $0, withPictures: withPictures, study: study) }
    }

    func page(of finding: Finding, withPictures: Bool, study: String? = nil) throws -> FindingPage {
        var page = FindingPage(finding, study: study ?? target.folder.path)
        guard withPictures else { return page }
        switch finding.subject {
        case .unit(let description): page.images = try profile(description.unit, images: 12, concepts: 1).mostActivating
        case .intervention(_, let target, let intervention, _):
            guard try heldOut.remainder.kind == .linear, try reads(target) else { break }
            let curve = try self.curve(units: intervention.units, operator: intervention.operator, target: target.index)
            page.curve = AccuracyPlot(
                target: target.name,
                points: AccuracyPlot.betas(around: intervention.beta).map { beta in
                    let at = curve.accuracy(at: beta)
                    return (
                        beta, curve.classCount > 0 ? at.ofClass : nil, curve.otherCount > 0 ? at.ofOthers : nil
                    )
                }, beta: intervention.beta)
        case .steering: break
        }
        return page
    }

    /// Whether a class is the one it was when the finding was kept: accuracy may be counted on others now.
    private func reads(_ target: ConceptClass) throws -> Bool {
        countedClasses.names.indices.contains(target.index) && countedClasses.names[target.index] == target.name
    }

    /// What figures are made with now.
    package func provenance(of search: Search) throws -> Provenance {
        let facts = try facts
        return Provenance(
            search, method: parameters.method, seed: parameters.seed,
            accuracy: facts.remainder == .none ? nil : facts.accuracy, reader: reader, digests: try provenance)
    }
}
