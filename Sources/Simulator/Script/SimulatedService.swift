/// Whose part the simulator plays; the names are those of scripts, log and counts.
package enum SimulatedService: String, CaseIterable, Hashable, Sendable {
    case apns
    case fcm
    case webpush
    /// Google's token endpoint.
    case google
    case ent
}
