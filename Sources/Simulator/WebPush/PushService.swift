/// The push service whose dialect of errors a listener speaks.
package enum PushService: String, CaseIterable, Hashable, Sendable {
    case mozilla
    case fcm
    case apple
    case wns
    case unifiedpush
}
