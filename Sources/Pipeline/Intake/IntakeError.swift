package import Domain
package import Store

/// Why an event was not taken; nothing was stored.
package enum IntakeError: Error, Hashable, Sendable {
    /// `data.school` is not in the directory: 422.
    case unknownSchool(String)
    /// `data.school` or a school of the audience is outside the publisher's rights: 403.
    case forbiddenSchool(String)
    /// The key of this entry of the audience is that of several, in the schools of these UAIs: 422.
    case ambiguousKey(index: Int, schools: [String])
    /// The CloudEvents source is not the publisher's: 403.
    case forbiddenSource(String)
    /// Urgent, while there are quiet hours, from a publisher without that right: 403.
    case urgentForbidden
    /// Same identity, other body: 409.
    case conflict(EventID)
    /// The event named is of the same or a newer revision of the same subject: 409.
    case staleRevision(EventID)
    /// The store cannot promise now: 503 with Retry-After.
    case unavailable(StoreError)
}
