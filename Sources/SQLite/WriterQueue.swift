import Database
internal import Glibc

/// One job on its way: the body bound to a place for its result, and the answer.
struct WriterJob: Sendable {
    let durability: Durability
    /// Starts a batch at once instead of waiting for company.
    let isUrgent: Bool
    let isIsolated: Bool
    let bytes: Int
    /// Runs the body and keeps its result or error; rethrows the error so that the transaction can react.
    let run: @Sendable (Connection) throws -> Void
    /// Answers with the kept result, or with the error of the whole transaction.
    let answer: @Sendable (_ failure: (any Error)?) -> Void
}

/// The bounded queue between any thread and the writer's thread.
///
/// `@unchecked Sendable`: `state` is touched only between `pthread_mutex_lock` and `unlock`. A pthread condition and not a
/// `Mutex`, because the writer waits with a deadline.
final class WriterQueue: @unchecked Sendable {
    enum Next {
        case batch([WriterJob])
        /// Nothing came for the time given.
        case idle
        /// Stopped and drained.
        case stopped
    }

    private struct State {
        var jobs: [WriterJob] = []
        var bytes = 0
        var urgentJobs = 0
        var firstSubmitted = ContinuousClock.now
        var isWaiting = false
        var end: WriterError?
    }

    private let options: WriterOptions
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state = State()

    init(options: WriterOptions) {
        self.options = options
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A deadline on the wall clock would move with it.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        state.jobs.reserveCapacity(options.batchJobsMax)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func push(_ job: WriterJob) throws(WriterError) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let end = state.end { throw end }
        // A single job above the byte limit is let in when it is alone, or it could never run.
        guard state.jobs.count < options.queuedJobsMax,
            state.jobs.isEmpty || state.bytes + job.bytes <= options.queuedBytesMax
        else { throw .overloaded }
        if state.jobs.isEmpty { state.firstSubmitted = .now }
        state.jobs.append(job)
        state.bytes += job.bytes
        if job.isUrgent { state.urgentJobs += 1 }
        // While it lingers the writer is woken only for what it would not linger for.
        if state.isWaiting, state.jobs.count == 1 || isDue(at: nil) { pthread_cond_signal(condition) }
    }

    /// Waits for jobs and takes up to `batchJobsMax` in the order they came. Only the writer's thread calls it.
    func take(idleAfter idle: Duration?) -> Next {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let idleDeadline = idle.map { ContinuousClock.now + $0 }
        while !isDue(at: .now) {
            if state.jobs.isEmpty {
                if state.end != nil { return .stopped }
                if let idleDeadline, idleDeadline <= .now { return .idle }
                wait(until: idleDeadline)
            } else {
                wait(until: state.firstSubmitted + options.linger)
            }
        }
        return .batch(removeBatch())
    }

    /// No more jobs; what waits is still taken.
    func stop() {
        pthread_mutex_lock(mutex)
        if state.end == nil { state.end = .stopped }
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// No more jobs, and what waits is handed back unrun.
    func fail(_ error: WriterError) -> [WriterJob] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let left = state.jobs
        state = State(end: error)
        return left
    }

    /// Jobs waiting now.
    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return state.jobs.count
    }

    /// A batch should start; without an instant, whatever its age.
    private func isDue(at now: ContinuousClock.Instant?) -> Bool {
        guard !state.jobs.isEmpty else { return false }
        if state.end != nil || state.urgentJobs > 0 || state.jobs.count >= options.batchJobsMax { return true }
        if state.bytes * 2 >= options.queuedBytesMax { return true }
        guard let now else { return false }
        return state.firstSubmitted + options.linger <= now
    }

    private func removeBatch() -> [WriterJob] {
        if state.jobs.count <= options.batchJobsMax {
            let batch = state.jobs
            state = State(end: state.end)
            return batch
        }
        let batch = Array(state.jobs.prefix(options.batchJobsMax))
        state.jobs.removeFirst(batch.count)
        for job in batch {
            state.bytes -= job.bytes
            if job.isUrgent { state.urgentJobs -= 1 }
        }
        return batch
    }

    private func wait(until deadline: ContinuousClock.Instant?) {
        state.isWaiting = true
        defer { state.isWaiting = false }
        guard let deadline else {
            pthread_cond_wait(condition, mutex)
            return
        }
        let left = ContinuousClock.now.duration(to: deadline).components
        guard left.seconds > 0 || left.attoseconds > 0 else { return }
        var at = timespec()
        clock_gettime(CLOCK_MONOTONIC, &at)
        at.tv_sec += Int(left.seconds)
        at.tv_nsec += Int(left.attoseconds / 1_000_000_000)
        if at.tv_nsec >= 1_000_000_000 {
            at.tv_sec += 1
            at.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(condition, mutex, &at)
    }
}
