package import Domain

/// What was read of an export of ONDE, before it is linked.
package struct ONDEContents: Sendable {
    struct Teacher: Sendable {
        var lastName: String
        var firstName: String
        var line: Int
    }

    /// Of one key the later record only.
    private(set) var pupils: [ONDEPupil] = []
    /// Earlier records of a key with other contents; whoever takes the records sees both.
    private(set) var replaced: [ONDEPupil] = []
    var guardians: [ONDEGuardian] = []
    var teachers: [Teacher] = []
    var warnings: ImportWarnings
    var peakBytes = 0
    var pupilFile = ""
    var guardianFile = ""
    var teacherFile = ""
    private var places: [ExactText: Int] = [:]

    init(warningsMax: Int) { warnings = ImportWarnings(limit: warningsMax) }

    mutating func add(_ pupil: ONDEPupil) {
        guard let place = places.updateValue(pupils.count, forKey: ExactText(pupil.key)) else {
            return pupils.append(pupil)
        }
        places[ExactText(pupil.key)] = place
        if !pupils[place].hasSameContents(as: pupil) { replaced.append(pupils[place]) }
        pupils[place] = pupil
    }

    /// The keys under which the directory may know the pupils: with INE, and by names as before they had one.
    package var pupilKeys: [String] { pupils.flatMap { $0.key == $0.nameKey ? [$0.key] : [$0.key, $0.nameKey] } }

    /// Links guardians to pupils and makes records of all.
    ///
    /// A child that is several pupils is linked to none of them; a warning names the candidates by their keys.
    ///
    /// - Parameters:
    ///   - school: whose extractions they are; its key is what classes and persons name.
    ///   - known: the keys of the guardians the directory has, by the key of the pupil: a guardian who is known for one of the children keeps
    ///     the key, whatever else has changed.
    /// - Returns: the records in the order they are to be taken, and all warnings.
    package func linked(to school: SchoolRecord, known: [String: [String]] = [:]) -> ONDERecords {
        var linker = ONDELinker(contents: self, known: known)
        linker.link()
        return linker.records(of: school)
    }
}
