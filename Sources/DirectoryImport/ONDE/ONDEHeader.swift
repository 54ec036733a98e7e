/// One of the three extractions of ONDE, told by the names of its columns; those of other columns do not matter.
enum ONDEHeader: Hashable {
    case pupils(PupilColumns)
    case guardians(GuardianColumns)
    case teachers(TeacherColumns)

    struct PupilColumns: Hashable {
        var lastName: Int
        var usageName: Int?
        var firstName: Int
        var birthDate: Int?
        var ine: Int?
        /// The label, which is all that the older extraction has.
        var classLabel: Int
        var classID: Int?
    }

    struct GuardianColumns: Hashable {
        struct Child: Hashable {
            var usageName: Int?
            var lastName: Int
            var firstName: Int
            var classLabel: Int
        }

        var title: Int?
        var lastName: Int
        var usageName: Int?
        var firstName: Int
        /// As many as the school's largest family has.
        var children: [Child]
    }

    struct TeacherColumns: Hashable {
        var lastName: Int
        var usageName: Int?
        var firstName: Int
    }

    /// nil when the cells are the header of none of the three, or lack a column that is needed.
    init?(_ cells: [String]) {
        let columns = Columns(cells)
        if let firstName = columns["prenomeleve"], let lastName = columns["nomeleve", "nomdefamilleeleve"],
            let label = columns["libelleclasse", "classe", "classes"]
        {
            self = .pupils(
                PupilColumns(
                    lastName: lastName,
                    usageName: columns["nomdusageeleve", "nomusageeleve"],
                    firstName: firstName,
                    birthDate: columns[
                        "datenaissance",
                        "datedenaissance",
                        "datenaissanceeleve",
                        "datedenaissanceeleve"
                    ],
                    ine: columns["ine", "ineeleve", "numeroine"],
                    classLabel: label,
                    classID: columns["identifiantclasse"]
                )
            )
        } else if let firstName = columns["prenomresponsable"],
            let lastName = columns["nomresponsable", "nomdefamilleresponsable"], let children = columns.children
        {
            self = .guardians(
                GuardianColumns(
                    title: columns["civiliteresponsable", "civilite"],
                    lastName: lastName,
                    usageName: columns["nomusageresponsable", "nomdusageresponsable"],
                    firstName: firstName,
                    children: children
                )
            )
        } else if let firstName = columns["prenom"], let lastName = columns["nom", "nomdefamille"],
            columns["directeur", "classe", "classes"] != nil
        {
            self = .teachers(
                TeacherColumns(
                    lastName: lastName,
                    usageName: columns["nomusage", "nomdusage"],
                    firstName: firstName
                )
            )
        } else {
            return nil
        }
    }

    /// The number of columns a record must have to be one; trailing empty cells may be left out.
    var columnsMin: Int {
        switch self {
        case .pupils(let columns): max(columns.firstName, columns.classLabel, columns.classID ?? 0) + 1
        case .guardians(let columns): (columns.children.first?.classLabel ?? columns.firstName) + 1
        case .teachers(let columns): columns.firstName + 1
        }
    }

    /// For messages.
    var name: String {
        switch self {
        case .pupils: "pupils"
        case .guardians: "responsables"
        case .teachers: "teachers"
        }
    }
}

/// The places of columns by their names without accents, blanks and apostrophes.
private struct Columns {
    private var places: [String: [Int]] = [:]

    init(_ cells: [String]) {
        for (place, cell) in cells.enumerated() { places[FoldedText.compact(cell), default: []].append(place) }
    }

    /// The first column that has one of the names.
    subscript(_ names: String...) -> Int? { names.lazy.compactMap { places[$0]?.first }.first }

    /// The groups of columns that come again for each child; nil when one of them is not whole.
    var children: [ONDEHeader.GuardianColumns.Child]? {
        let firstNames = places["prenomenfant"] ?? []
        let lastNames = places["nomdefamilleenfant"] ?? places["nomenfant"] ?? []
        let labels = places["classesenfants"] ?? places["classesenfant"] ?? places["classeenfant"] ?? []
        let usageNames = places["nomdusageenfant"] ?? places["nomusageenfant"] ?? []
        guard !firstNames.isEmpty, lastNames.count == firstNames.count, labels.count == firstNames.count,
            usageNames.isEmpty || usageNames.count == firstNames.count
        else { return nil }
        return firstNames.indices.map { index in
            .init(
                usageName: usageNames.isEmpty ? nil : usageNames[index],
                lastName: lastNames[index],
                firstName: firstNames[index],
                classLabel: labels[index]
            )
        }
    }
}
