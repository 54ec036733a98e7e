import Glibc
import POSIX
import Synchronization

/// Threads that run the tasks of one listener and nobody else's: what keeps one listener busy does not keep another waiting.
final class OwnThreads: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var first = 0
        var isStopped = false
    }

    /// A queue under a lock that the threads wait on. `@unchecked Sendable`: both are made for several threads and live as long as this.
    private final class JobQueue: @unchecked Sendable {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var state = State()

        init() {
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(condition, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            pthread_cond_destroy(condition)
            mutex.deallocate()
            condition.deallocate()
        }

        func withLock<T>(_ body: (inout State) -> T) -> T {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return body(&state)
        }

        /// nil when it is over.
        func next() -> UnownedJob? {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            while state.first == state.jobs.count {
                if state.isStopped { return nil }
                state.jobs.removeAll(keepingCapacity: true)
                state.first = 0
                pthread_cond_wait(condition, mutex)
            }
            defer { state.first += 1 }
            return state.jobs[state.first]
        }
    }

    private let queue = JobQueue()

    /// - Parameters:
    ///   - name: of each thread, at most 15 bytes.
    ///   - count: how many.
    init(_ name: String, count: Int) {
        for _ in 0..<count {
            DetachedThread.startOrEnd(name) { [queue] in
                while let job = queue.next() { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        pthread_cond_signal(queue.condition)
    }

    /// Ends the threads once what is queued has run.
    func stop() {
        queue.withLock { $0.isStopped = true }
        pthread_cond_broadcast(queue.condition)
    }
}
