import Domain
import Store

/// Loads the pages of lanes that encrypt each message on a thread of its own: encryption takes 0.15 ms a message, and the dispatcher's thread has other
/// lanes to feed.
actor Sealer {
    private let executor = ThreadExecutor("sealer")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var loader: DeliveryLoader
    private let jobs: AsyncStream<Job>
    private nonisolated let submitting: AsyncStream<Job>.Continuation

    struct Job: Sendable {
        var load: @Sendable (inout DeliveryLoader) throws -> DeliveryLoader.Loaded
        var completion: @Sendable (Result<DeliveryLoader.Loaded, any Error>) -> Void
    }

    init(_ openLoader: @Sendable () throws -> sending DeliveryLoader) throws {
        loader = try openLoader()
        (jobs, submitting) = AsyncStream.makeStream(of: Job.self)
    }

    /// From any thread. Bounded by its caller: a lane hands over a page when the one before has come back.
    nonisolated func submit(_ job: Job) { submitting.yield(job) }

    nonisolated func stop() { submitting.finish() }

    func run() async {
        for await job in jobs { job.completion(Result { try job.load(&loader) }) }
    }
}
