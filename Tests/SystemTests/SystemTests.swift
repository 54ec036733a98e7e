import Glibc
import Synchronization
import System
import Testing

struct SystemTests {
    @Test func `a thread runs its function under its name`() async throws {
        let name: String = await withCheckedContinuation { continuation in
            SystemThread.startAtLaunch(name: "a-name-of-more-than-fifteen-bytes") {
                var name = [UInt8](repeating: 0, count: 32)
                let descriptor = open("/proc/thread-self/comm", O_RDONLY)
                let count = read(descriptor, &name, name.count)
                close(descriptor)
                continuation.resume(returning: String(decoding: name.prefix(max(0, count)), as: UTF8.self))
            }
        }
        #expect(name == "a-name-of-more-\n")
    }

    @Test func `more than a pipe holds is written as a whole`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (input, output) = (ends[0], ends[1])
        let bytes = [UInt8](repeating: 7, count: 1 << 18)
        async let failure = withCheckedContinuation { continuation in
            SystemThread.startAtLaunch(name: "writes") {
                let failure = bytes.withUnsafeBytes { Descriptor.writeAll($0, to: output) }
                close(output)
                continuation.resume(returning: failure)
            }
        }
        var count = 0
        var chunk = [UInt8](repeating: 0, count: 1000)
        while case let got = read(input, &chunk, chunk.count), got > 0 { count += got }
        close(input)
        #expect(await failure == nil)
        #expect(count == bytes.count)
    }

    @Test func `a failure is given back`() {
        #expect([1].withUnsafeBytes { Descriptor.writeAll($0, to: -1) } == EBADF)
    }
}
