import Delivery
package import Store

/// A reader of the store on a thread of its own; questions wait for one another, never for the writer.
package actor Reading<Reader> {
    private let executor: ThreadExecutor
    private let reader: Reader

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter open: makes the reader; it is used on the thread only.
    package init(_ open: @Sendable () throws -> sending Reader) rethrows {
        executor = ThreadExecutor("reader")
        reader = try open()
    }

    package func read<T: Sendable>(_ body: @Sendable (Reader) throws -> T) throws(StoreError) -> T {
        do { return try body(reader) } catch { throw StoreError(error) }
    }
}
