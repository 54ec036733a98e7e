import Glibc
import POSIX
import Testing

struct DescriptorTests {
    /// More than a pipe holds at once, so that the system takes it in parts.
    @Test func `all of it is written, in as many parts as the system takes it`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try DetachedThread.start("writer") {
            do throws(Descriptor.WriteError) { try Descriptor.write(sent, to: writing) } catch {}
            close(writing)
        }
        var came: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(reading, &buffer, buffer.count)
            guard count > 0 else { break }
            came += buffer[..<count]
        }
        close(reading)
        #expect(came == sent)
    }

    @Test func `what cannot be written is told with the system's code`() {
        let error = #expect(throws: Descriptor.WriteError.self) { try Descriptor.write([1], to: -1) }
        #expect(error?.code == EBADF)
    }
}
