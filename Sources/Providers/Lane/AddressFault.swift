package enum AddressFault: Error, Hashable, Sendable {
    /// It is not an address of this lane: the device has registered with another provider or push service meanwhile.
    case foreign
    /// It can never be used, though it was checked at registration.
    case unusable
}
