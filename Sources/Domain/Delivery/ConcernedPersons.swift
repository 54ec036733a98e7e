/// The persons of one expansion step with the pupils through whom they are concerned: written once beside the pages, so that
/// who was meant, and why, can be told even when the directory has changed since.
package struct ConcernedPersons: Hashable, Sendable {
    package enum Role: UInt8, Hashable, Sendable {
        case guardian = 0
        /// Named directly and no guardian: a teacher, a pupil, an account the directory does not know.
        case other = 1
        /// Left out because he or she is the author; counted nowhere.
        case author = 2
        /// A pupil of the audience without any guardian; counted among the pupils only.
        case pupilWithoutGuardian = 3
    }

    package struct Entry: Hashable, Sendable {
        package var person: PersonID
        package var role: Role
        /// Sorted.
        package var through: [PersonID]

        package init(person: PersonID, role: Role, through: [PersonID]) {
            self.person = person
            self.role = role
            self.through = through
        }
    }

    /// Sorted by person.
    package var entries: [Entry]

    package init(entries: [Entry]) {
        self.entries = entries
    }

    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = [1]
        Varint.append(UInt64(entries.count), to: &bytes)
        var person: Int64 = 0
        for entry in entries {
            precondition(entry.person.rawValue >= person, "Concerned persons are sorted")
            Varint.append(UInt64(entry.person.rawValue - person), to: &bytes)
            bytes.append(entry.role.rawValue)
            Varint.append(UInt64(entry.through.count), to: &bytes)
            var pupil: Int64 = 0
            for next in entry.through {
                precondition(next.rawValue >= pupil, "The pupils of an entry are sorted")
                Varint.append(UInt64(next.rawValue - pupil), to: &bytes)
                pupil = next.rawValue
            }
            person = entry.person.rawValue
        }
        return bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(BlobError) {
        var reader = VarintReader(bytes)
        let version = try reader.byte()
        guard version == 1 else { throw .unknownVersion(version) }
        entries = []
        var person: Int64 = 0
        let count = try reader.count()
        entries.reserveCapacity(count)
        for _ in 0..<count {
            person = try Self.advance(person, by: try reader.next())
            guard let role = Role(rawValue: try reader.byte()) else { throw .outOfRange }
            var through: [PersonID] = []
            var pupil: Int64 = 0
            for _ in 0..<(try reader.count()) {
                pupil = try Self.advance(pupil, by: try reader.next())
                through.append(PersonID(rawValue: pupil))
            }
            entries.append(Entry(person: PersonID(rawValue: person), role: role, through: through))
        }
        guard reader.isAtEnd else { throw .outOfRange }
    }

    private static func advance(_ value: Int64, by step: UInt64) throws(BlobError) -> Int64 {
        guard let step = Int64(exactly: step) else { throw .outOfRange }
        let (sum, overflow) = value.addingReportingOverflow(step)
        guard !overflow else { throw .outOfRange }
        return sum
    }
}
