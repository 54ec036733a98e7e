package import Domain
package import Store

/// The answer to an accepted event: it is on the disk.
package struct Receipt: Hashable, Sendable {
    package var id: EventID
    package var state: EventState
    package var isDuplicate: Bool
    package var unresolved: [AudienceMember]
    package var warnings: [ReceiptWarning] = []
    /// When quiet hours end that hold it up; nil: nothing does.
    package var opensAt: Instant?
}
