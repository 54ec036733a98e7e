package import Domain
package import Store

/// A small audience, read to its end in one snapshot.
package struct WholeAudience: Sendable, Equatable {
    /// Sorted by person, each once; the author with role `author`, users nobody knows at the end.
    package var persons: [Audience.Person] = []
    package var pupils = 0
    /// Sorted.
    package var pupilsWithoutGuardian: [PersonID] = []
    package var unknownUsers: [String] = []
}

extension RegistryReader {
    /// Arguments as for ``audienceReading(of:in:on:author:schools:above:)``.
    package func audience(
        of members: [AudienceMember],
        in school: String? = nil,
        on day: (_ uai: String?) -> CalendarDay,
        author: String?,
        schools: Set<String>? = nil
    ) throws -> WholeAudience {
        try snapshot { reader in
            var reading = try reader.audienceReading(of: members, in: school, on: day, author: author, schools: schools)
            var audience = WholeAudience()
            while !reading.isAtEnd { audience.persons += try reading.next(max: 4096, from: reader) }
            audience.pupils = reading.pupils
            audience.pupilsWithoutGuardian = reading.pupilsWithoutGuardian
            audience.unknownUsers = reading.unknownUsers
            return audience
        }
    }
}
