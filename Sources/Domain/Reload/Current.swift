import Synchronization

/// A value that a reload replaces while it is in use: whoever asks gets the whole of the old one or the whole of the new one.
///
/// Asked once an event or request, never once a delivery.
package final class Current<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    package init(_ value: Value) { stored = Mutex(value) }

    package var value: Value { stored.withLock { $0 } }

    package func replace(_ value: Value) { stored.withLock { $0 = value } }
}
