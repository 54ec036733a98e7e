import Domain

/// What one event meant for one person.
package struct PersonalEvent: Sendable {
    package var event: StoredEvent
    package var standing: EventReport.Standing
    package var rows: [DeliveryRow]
}
