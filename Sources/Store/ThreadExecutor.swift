import Glibc
import Synchronization

/// Runs an actor on a thread of its own, so that what blocks (SQLite, cryptography of a page) never holds one of the two threads of
/// the cooperative pool.
package final class ThreadExecutor: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal: Signal

    package init() {
        signal = Signal()
        let start = Start(executor: self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                start.executor.loop()
                return nil
            },
            Unmanaged.passRetained(start).toOpaque()
        )
        precondition(code == 0, "The system refuses a thread at start.")
        pthread_detach(thread)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        signal.raise()
    }

    private func loop() {
        while true {
            signal.wait()
            let jobs = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return state.jobs
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private final class Start {
        let executor: ThreadExecutor

        init(executor: ThreadExecutor) { self.executor = executor }
    }

    /// A counting semaphore. `@unchecked Sendable`: sem_t is made for several threads; it lives as long as this object.
    private final class Signal: @unchecked Sendable {
        private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }

        func raise() { sem_post(semaphore) }

        func wait() { while sem_wait(semaphore) != 0 {} }
    }
}
