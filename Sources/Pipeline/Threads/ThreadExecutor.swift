import Glibc
import Synchronization
import System

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
        SystemThread.startAtLaunch(name: "executor") { [self] in loop() }
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

    /// A counting semaphore. `@unchecked Sendable`: sem_t is made for several threads; it lives as long as this object.
    private final class Signal: @unchecked Sendable {
        private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }

        func raise() { sem_post(semaphore) }

        func wait() { while sem_wait(semaphore) != 0 {} }
    }
}
