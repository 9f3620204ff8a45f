import Analysis

/// What `update` asks the outside to do. Results come back as actions.
package enum Effect: Sendable, Hashable {
    /// Answered by `located`, by an estimate first where the exact list takes longer than a frame.
    case locate(concept: String, Ranking, UnitKind, Job)
    /// Answered by `profiled`.
    case profile(InternalUnit, Job)
    /// Images of a unit over the range of its activation; answered by `sheeted`.
    case sheet(InternalUnit, Job)
    /// Where in images a unit is active; answered by `heated`, map by map, until they are whole.
    case heat(InternalUnit, images: [Int], Job)
    /// What a place of an image comes to when it is covered, or what the image comes to as it is; `before` where that is
    /// known. Answered by `covered`.
    case cover(InternalUnit, image: Int, Cover?, before: ImageReading?, Job)
    /// What taking a unit out moves in later layers; answered by `circuit`, again and again until it is whole.
    case circuit(InternalUnit, Job)
    /// Units like one, and what methods call it; answered by `kin`, then `answered`. Two side by side; answered by `paired`.
    case kin(InternalUnit, Job)
    case pair(InternalUnit, InternalUnit, Job)
    /// The layer on show beside another of the study; answered by `comparingLayers`, again and again, and `comparedLayers`.
    case compareLayers(with: LayerReference, UnitKind, Job)
    /// Answered by `listed`.
    case listUnits(UnitKind, Job)
    /// For a linear rest of the network: answered by `curved`, of a part of the images first where all take longer than a
    /// frame. `next`: units that may be added to the set.
    case curve(Steering, target: ConceptClass, over: ClosedRange<Double>, next: [InternalUnit], Job)
    /// Where a formula gives the accuracy at any β: answered by `swept`.
    case sweep(Steering, target: ConceptClass, at: [Double], Job)
    /// For any other: answered by `counted`, again and again until enough images are counted.
    /// `within`: until the 95 % intervals are no wider than twice this; nil counts all.
    case count(Steering, target: ConceptClass, within: Double?, Job)
    /// The β of the moving intervention that does most for the class within the bound; answered by `fitted`.
    case fit(Steering, target: ConceptClass, over: ClosedRange<Double>, bound: Double, Job)
    /// Answered by `measured`.
    case measureUnits(UnitKind, Job)
    /// Answered by `mapped`, again and again until the layout is whole.
    case map(UnitKind, Job)
    /// What happened to single images; answered by `inspected`.
    case inspect(Steering, Job)
    /// Some held-out images before and after; answered by `compared`.
    case compare(Steering, images: [Int], Job)
    /// Counts on classes of other words; nil for the study's own. Answered by `reworded`.
    case reword(ClassWords?, Job)
    /// Opens another layer of the study; the present one goes on answering until it is there. Answered by `opened`.
    case chooseLayer(LayerReference, Job)
    /// Describes units by the concept set of this name. Answered by `opened`.
    case chooseConceptSet(String, Job)
    /// Every table of the layer on show; answered by `evaluated`, again and again until it is whole, and `evaluating`.
    case evaluate(Job)
    /// Long work on a layer, or the making of a study, which needs none; answered by `working`, again and again, and
    /// `worked`.
    case work(LongWork, on: LayerReference?, Job)
    /// What studies were made of before; answered by `earlier`.
    case readEarlier(Job)
    /// What a field of a new study could go on as; answered by `advised`.
    case advise(on: String, StudyDraft.Field, Job)
    /// Puts the study in a folder in place of the one that is open; answered as its opening at the start is.
    case openStudy(String)
    case cancel(Job)
    /// Keeps a new finding of a layer; answered by `findings` or `notKept`. The runner knows the time.
    case store(Finding.Subject, of: LayerReference, by: Search = Search(), note: String)
    /// Likewise.
    case setNote(id: Int64, String)
    /// These two are answered by `findings`.
    case deleteFinding(id: Int64)
    /// Brings back the finding that was deleted last, whenever that was.
    case restoreFinding
    /// Those findings, to a file of this name in the folder where the program was started, or the next name that is free.
    /// Answered by `exported`.
    case export(ExportFormat, name: String, [Int64])
    /// Likewise. Answered by `wroteTable`, `wroteSession` or `wroteReport`.
    case write(FileToWrite, name: String)
    /// To the clipboard of the terminal.
    case copy(String)
    case saveSession(Session)
    case captureMouse(Bool)
    case redraw
    case suspend
    case quit
}
