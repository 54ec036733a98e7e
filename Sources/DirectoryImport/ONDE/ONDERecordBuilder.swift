import Domain

/// Understands the records of the three files, without I/O. Nil, with a warning, for a record that names nobody.
enum ONDERecordBuilder {
    static func pupil(_ cells: inout ONDECells, _ columns: ONDEHeader.PupilColumns, _ limits: Limits) -> ONDEPupil? {
        let lastName = cells.name(columns.lastName)
        let usageName = cells.name(columns.usageName)
        let firstName = cells.name(columns.firstName)
        let label = cells.name(columns.classLabel)
        let id = cells.name(columns.classID)
        let birthDate = birthDate(&cells, columns.birthDate)
        let ine = ine(&cells, columns.ine)
        guard cells.faults.isEmpty, isNamed(&cells, lastName, usageName, firstName) else { return nil }
        let nameKey = ONDEKeys.pupil(
            lastName: lastName.isEmpty ? usageName : lastName,
            firstName: firstName,
            birthDate: birthDate
        )
        if ine.isEmpty, birthDate.isEmpty {
            cells.warn("noIdentity", "The pupil has neither INE nor birth date: known by names alone.")
        }
        let classKey = id.isEmpty ? label : id
        if classKey.isEmpty { cells.warn("noClass", "The pupil has no class: reached through the school only.") }
        return ONDEPupil(
            key: ine.isEmpty ? nameKey : ine,
            nameKey: nameKey,
            lastName: lastName,
            usageName: usageName,
            firstName: firstName,
            classKey: classKey.isEmpty ? nil : classKey,
            classLabel: label,
            line: cells.record.line
        )
    }

    static func guardian(_ cells: inout ONDECells, _ columns: ONDEHeader.GuardianColumns) -> ONDEGuardian? {
        let lastName = cells.name(columns.lastName)
        let usageName = cells.name(columns.usageName)
        let firstName = cells.name(columns.firstName)
        let title = FoldedText.compact(cells.name(columns.title))
        var children: [ONDEGuardian.Child] = []
        for (index, column) in columns.children.enumerated() {
            let child = ONDEGuardian.Child(
                number: index + 1,
                usageName: cells.name(column.usageName),
                lastName: cells.name(column.lastName),
                firstName: cells.name(column.firstName),
                classLabel: cells.name(column.classLabel)
            )
            if !(child.lastName.isEmpty && child.usageName.isEmpty && child.firstName.isEmpty) {
                children.append(child)
            }
        }
        guard cells.faults.isEmpty, isNamed(&cells, lastName, usageName, firstName) else { return nil }
        let women: Set = ["mme", "mlle", "madame", "mademoiselle"]
        return ONDEGuardian(
            number: cells.record.number,
            line: cells.record.line,
            isWoman: women.contains(title) ? true : title == "m" || title == "monsieur" ? false : nil,
            lastName: lastName.isEmpty ? usageName : lastName,
            firstName: firstName,
            children: children
        )
    }

    static func teacher(_ cells: inout ONDECells, _ columns: ONDEHeader.TeacherColumns) -> ONDEContents.Teacher? {
        let lastName = cells.name(columns.lastName)
        let usageName = cells.name(columns.usageName)
        let firstName = cells.name(columns.firstName)
        guard cells.faults.isEmpty, isNamed(&cells, lastName, usageName, firstName) else { return nil }
        return .init(
            lastName: lastName.isEmpty ? usageName : lastName,
            firstName: firstName,
            line: cells.record.line
        )
    }

    private static func isNamed(
        _ cells: inout ONDECells,
        _ lastName: String,
        _ usageName: String,
        _ firstName: String
    ) -> Bool {
        guard (lastName.isEmpty && usageName.isEmpty) || firstName.isEmpty else { return true }
        cells.warn("noName", "The record has no name or no first name; it was left out. Fill it in in ONDE.")
        return false
    }

    /// `dd/mm/yyyy` or `yyyy-mm-dd`, in one form; what is neither stays as it is, with a warning.
    private static func birthDate(_ cells: inout ONDECells, _ column: Int?) -> String {
        let text = cells.name(column)
        if text.isEmpty { return text }
        if let day = CalendarDay(french: text) { return "\(day.daysSince1970)" }
        let parts = text.prefix(10).split(separator: "-")
        if parts.map(\.utf8.count) == [4, 2, 2],
            let day = CalendarDay(french: "\(parts[2])/\(parts[1])/\(parts[0])")
        {
            return "\(day.daysSince1970)"
        }
        cells.warn("birthDate", "The birth date is none of the forms dd/mm/yyyy and yyyy-mm-dd.")
        return text
    }

    /// Empty, with a warning, for what a spreadsheet made of one.
    private static func ine(_ cells: inout ONDECells, _ column: Int?) -> String {
        let text = cells.name(column)
        let isSound = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard text.isEmpty || (isSound && (8...20).contains(text.utf8.count)) else {
            cells.warn(
                "ine",
                "The INE is none: letters and digits, 11 of them. The pupil is known by names and birth date."
            )
            return ""
        }
        return text
    }
}
