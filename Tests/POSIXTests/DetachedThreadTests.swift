import Glibc
import POSIX
import Testing

struct DetachedThreadTests {
    @Test func `a thread runs its body once, under its name`() async throws {
        let name: String = try await withCheckedThrowingContinuation { continuation in
            do {
                try DetachedThread.start("under-a-name") {
                    var bytes = [UInt8](repeating: 0, count: 64)
                    let comm = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
                    let count = read(comm, &bytes, bytes.count)
                    close(comm)
                    continuation.resume(returning: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        #expect(name == "under-a-name\n")
    }
}
