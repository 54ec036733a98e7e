package import Domain

/// What the three extractions say, linked as far as they prove it.
package struct ONDERecords: Sendable {
    /// One record and where it stands.
    package struct Placed: Hashable, Sendable {
        package var record: DirectoryRecord
        package var file: String
        package var line: Int
    }

    /// The school, then pupils, guardians and staff, each in the order of its file.
    package var records: [Placed]
    package var warnings: ImportWarnings
    /// The most bytes that waited in the reader of the files.
    package var peakBytes: Int
}

/// A pupil as his or her extraction has it.
struct ONDEPupil {
    var key: String
    /// The key of the same pupil in a file without INE.
    var nameKey: String
    var lastName: String
    var usageName: String
    var firstName: String
    /// nil without a class.
    var classKey: String?
    var classLabel: String
    var line: Int

    func hasSameContents(as other: ONDEPupil) -> Bool {
        lastName.hasSameBytes(as: other.lastName) && usageName.hasSameBytes(as: other.usageName)
            && firstName.hasSameBytes(as: other.firstName) && (classKey ?? "").hasSameBytes(as: other.classKey ?? "")
            && classLabel.hasSameBytes(as: other.classLabel)
    }
}

/// A guardian as the extraction of responsables has him or her.
struct ONDEGuardian {
    struct Child {
        /// From 1, in the record.
        var number: Int
        var usageName: String
        var lastName: String
        var firstName: String
        var classLabel: String
    }

    /// Of the record, from 1.
    var number: Int
    var line: Int
    var isWoman: Bool?
    var lastName: String
    var firstName: String
    var children: [Child]
}
