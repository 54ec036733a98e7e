import Glibc
import POSIX
import Synchronization

/// Runs an actor on a thread of its own, so that what blocks (SQLite, cryptography of a page) never holds one of the two threads of
/// the cooperative pool. The thread ends with its executor.
package final class ThreadExecutor: SerialExecutor {
    private let queue = JobQueue()

    /// - Parameter name: of the thread, at most 15 bytes.
    package init(_ name: String) {
        let executor = Unmanaged.passUnretained(self)
        DetachedThread.startOrEnd(name) { [queue] in
            while let jobs = queue.next() {
                for job in jobs {
                    // Whoever has a job here has this executor. It may go with the job, on this thread.
                    let executor = executor.takeUnretainedValue()
                    job.runSynchronously(on: executor.asUnownedSerialExecutor())
                }
            }
        }
    }

    deinit { queue.stop() }

    package func enqueue(_ job: consuming ExecutorJob) { queue.add(UnownedJob(job)) }
}

/// Jobs on their way to a thread. `@unchecked Sendable`: sem_t is made for several threads; it lives as long as this object.
private final class JobQueue: @unchecked Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func add(_ job: UnownedJob) {
        state.withLock { $0.jobs.append(job) }
        sem_post(semaphore)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        sem_post(semaphore)
    }

    /// Waits for jobs; nil when no more will come.
    func next() -> [UnownedJob]? {
        while sem_wait(semaphore) != 0 {}
        return state.withLock { state in
            guard state.jobs.isEmpty else {
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return state.jobs
            }
            return state.isStopped ? nil : []
        }
    }
}
