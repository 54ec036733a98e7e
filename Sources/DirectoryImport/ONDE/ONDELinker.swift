import Domain

/// Ties guardians to pupils and gives them keys. Deterministic, without I/O.
struct ONDELinker {
    private let contents: ONDEContents
    private let known: [ExactText: [String]]
    private let index: ONDEIndex
    private var warnings: ImportWarnings
    /// Keys of the guardians of each pupil, in the order of the file.
    private var links: [[String]]
    /// Of one key the later record.
    private var guardians: [(key: String, record: ONDEGuardian)] = []
    private var places: [ExactText: Int] = [:]

    init(contents: ONDEContents, known: [String: [String]]) {
        self.contents = contents
        self.known = Dictionary(known.map { (ExactText($0), $1) }, uniquingKeysWith: { first, _ in first })
        index = ONDEIndex(contents.pupils)
        warnings = contents.warnings
        links = Array(repeating: [], count: contents.pupils.count)
    }

    mutating func link() {
        var children: [[Int]] = []
        for guardian in contents.guardians {
            var sure: [Int] = []
            for child in guardian.children {
                let candidates = candidates(child)
                if candidates.count == 1 {
                    if !sure.contains(candidates[0]) { sure.append(candidates[0]) }
                } else {
                    warn(guardian, child, candidates)
                }
            }
            keep(guardian, children: sure, &children)
        }
        for (place, guardian) in guardians.enumerated() {
            for pupil in children[place] { links[pupil].append(guardian.key) }
        }
    }

    /// Without a class in the text, names that only one pupil of the school has are enough.
    private func candidates(_ child: ONDEGuardian.Child) -> [Int] {
        let found = index.candidates(child)
        return found.isEmpty && child.classLabel.isEmpty ? index.namesakes(child) : found
    }

    private mutating func keep(_ guardian: ONDEGuardian, children sure: [Int], _ children: inout [[Int]]) {
        let key = key(of: guardian, children: sure)
        guard let place = places[ExactText(key)] else {
            places[ExactText(key)] = guardians.count
            guardians.append((key, guardian))
            children.append(sure)
            return
        }
        if Set(children[place]) != Set(sure) {
            let first = guardians[place].record
            let detail =
                "A guardian of the same names with a child in common stands in record \(first.number), line \(first.line), "
                + "with other children; this record counts. Merge the two in ONDE."
            warn(guardian, "duplicateKey", detail)
        }
        guardians[place].record = guardian
        children[place] = sure
    }

    /// The key the directory knows; else one made of the names and a child, so that a namesake who comes when this one leaves is another
    /// person.
    private func key(of guardian: ONDEGuardian, children sure: [Int]) -> String {
        let prefix = ONDEKeys.guardianPrefix(guardian)
        let had = sure.flatMap { pupil in
            [contents.pupils[pupil].key, contents.pupils[pupil].nameKey].flatMap { known[ExactText($0)] ?? [] }
        }
        if let key = had.filter({ $0.hasPrefix(prefix) }).min() { return key }
        let anchor =
            sure.map { contents.pupils[$0].key }.min()
            ?? guardian.children.map { FoldedText.of($0.lastName) + " " + FoldedText.of($0.firstName) }.min() ?? ""
        return prefix + ONDEKeys.anchor(anchor)
    }

    // MARK: Records

    func records(of school: SchoolRecord) -> ONDERecords {
        var records = [ONDERecords.Placed(record: .school(school), file: contents.pupilFile, line: 1)]
        for pupil in contents.replaced { records.append(placed(pupil, guardians: [], school)) }
        for (place, pupil) in contents.pupils.enumerated() {
            records.append(placed(pupil, guardians: links[place], school))
        }
        for guardian in guardians {
            let person = PersonRecord(
                key: guardian.key,
                lastName: guardian.record.lastName,
                firstName: guardian.record.firstName
            )
            records.append(.init(record: .guardian(person), file: contents.guardianFile, line: guardian.record.line))
        }
        for teacher in contents.teachers {
            let person = PersonRecord(
                key: ONDEKeys.staff(school: school.uai, lastName: teacher.lastName, firstName: teacher.firstName),
                lastName: teacher.lastName,
                firstName: teacher.firstName,
                schools: [school.key]
            )
            records.append(.init(record: .staff(person), file: contents.teacherFile, line: teacher.line))
        }
        return ONDERecords(records: records, warnings: warnings, peakBytes: contents.peakBytes)
    }

    private func placed(_ pupil: ONDEPupil, guardians: [String], _ school: SchoolRecord) -> ONDERecords.Placed {
        var memberships = [PupilRecord.Membership(place: .school(key: school.key))]
        if let key = pupil.classKey {
            let label = pupil.classLabel.isEmpty ? key : pupil.classLabel
            memberships.append(.init(place: .schoolClass(key: key, school: school.key, name: label)))
        }
        let record = PupilRecord(
            person: PersonRecord(
                key: pupil.key,
                lastName: pupil.lastName.isEmpty ? pupil.usageName : pupil.lastName,
                firstName: pupil.firstName
            ),
            memberships: memberships,
            guardians: guardians.map { .init(key: $0, raw: "") }
        )
        return .init(record: .pupil(record), file: contents.pupilFile, line: pupil.line)
    }

    // MARK: Warnings

    private mutating func warn(_ guardian: ONDEGuardian, _ child: ONDEGuardian.Child, _ candidates: [Int]) {
        if candidates.isEmpty {
            let others = index.namesakes(child)
            let detail =
                others.isEmpty
                ? "Child \(child.number) is no pupil of the extraction; linked to nobody."
                : "Child \(child.number) has the names of \(list(others)) in another class; linked to nobody. Export both files on one day."
            warn(guardian, "unknownChild", detail)
        } else {
            let detail =
                "Child \(child.number) may be any of \(list(candidates)); linked to nobody. Tell them apart in ONDE by usage name or class, "
                + "or link them by NDJSON."
            warn(guardian, "ambiguousChild", detail)
        }
    }

    /// Keys only: a warning holds no name.
    private func list(_ pupils: [Int]) -> String {
        let shown = pupils.prefix(10).map { contents.pupils[$0].key }.joined(separator: ", ")
        return pupils.count > 10 ? "\(shown) and \(pupils.count - 10) more" : shown
    }

    private mutating func warn(_ guardian: ONDEGuardian, _ code: String, _ detail: String) {
        let record = "\(guardian.number)"
        warnings.add(
            .init(file: contents.guardianFile, line: guardian.line, record: record, code: code, detail: detail)
        )
    }
}
