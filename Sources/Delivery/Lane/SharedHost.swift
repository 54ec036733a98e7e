/// The health of a host, shared by the feeds of its lanes. `@unchecked Sendable`: the loop thread's only.
final class SharedHost: @unchecked Sendable {
    var health = HostHealth()
}
