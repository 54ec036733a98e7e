import StoreConformance
import Testing

/// SQLite against what every engine promises.
@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test(arguments: StoreCase.all)
    func `the engine keeps its promise`(_ promise: StoreCase) async throws { try await promise.check(folder.place) }

    @Test(arguments: [41, 42, 43] as [UInt64])
    func `the store agrees with a plain model on a random walk`(seed: UInt64) async throws {
        try await QueueModel(folder.place).walk(seed: seed)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `the registry agrees with a plain model on a random walk`(seed: UInt64) async throws {
        try await RegistryModel(folder.place).walk(seed: seed)
    }

    @Test(arguments: [7, 8, 9, 10, 11, 12] as [UInt64])
    func `orders agree with a plain model on a random walk`(seed: UInt64) async throws {
        try await OrderModel(folder.place).walk(seed: seed)
    }
}
