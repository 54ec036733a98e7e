/// As `defer`, for what has to be waited for.
///
/// - Parameters:
///   - cleanup: runs behind `body`, also when that threw.
///   - body: the work.
/// - Returns: what `body` returned.
/// - Throws: what `body` threw.
func withCleanup<T, Failure: Error>(
    _ cleanup: () async -> Void,
    _ body: () async throws(Failure) -> T
) async throws(Failure) -> T {
    let result: Result<T, Failure>
    do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
    await cleanup()
    return try result.get()
}
