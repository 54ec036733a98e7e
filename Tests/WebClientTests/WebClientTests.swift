import FoundationEssentials
import Glibc
import Testing
import WebClient

@Suite(.timeLimit(.minutes(1)))
struct WebClientTests {
    private let server = PythonServer.shared

    private struct Echo: Decodable {
        let method: String
        let length: Int
        let sum: Int
        let headers: [String: String]
    }

    @Test(arguments: [200, 204, 401, 404, 500])
    func `a status is an answer, not an error`(status: Int) async throws {
        let response = try await with { try await $0.send(WebRequest(url: "\(server.url)/status/\(status)")) }
        #expect(response.status == status)
        #expect(response.body.isEmpty)
    }

    @Test func `header names arrive in lower case, all values in order, blanks cut`() async throws {
        let response = try await with { try await $0.send(WebRequest(url: "\(server.url)/status/200")) }
        #expect(response.headers.filter { $0.name == "x-twice" }.map(\.value) == ["a", "b"])
        #expect(response.header("x-twice") == "a")
    }

    @Test func `a redirect is not followed`() async throws {
        let response = try await with { try await $0.send(WebRequest(url: "\(server.url)/redirect")) }
        #expect(response.status == 302)
        #expect(response.header("location") == "/status/200")
        #expect(response.body == Array("elsewhere".utf8))
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE"])
    func `the method is the one asked for, without a body of its own`(method: String) async throws {
        let echo = try await echo(WebRequest(method: method, url: "\(server.url)/echo"))
        #expect(echo.method == method)
        #expect(echo.length == 0)
        #expect(echo.headers["content-type"] == nil && echo.headers["expect"] == nil)
    }

    @Test func `a body and headers arrive as given`() async throws {
        let body = (0..<300).map { UInt8($0 % 256) }
        let echo = try await echo(
            WebRequest(
                method: "PUT",
                url: "\(server.url)/echo",
                headers: [WebHeader("Content-Type", "application/json"), WebHeader("X-Empty", "")],
                body: .bytes(body)
            )
        )
        #expect(echo.method == "PUT")
        #expect(echo.length == 300 && echo.sum == body.reduce(0) { $0 + Int($1) })
        #expect(echo.headers["content-type"] == "application/json")
        #expect(echo.headers["x-empty"] == "")
    }

    @Test func `a file is streamed with its length`() async throws {
        let path = temporaryPath()
        let file = try #require(fopen(path, "w"))
        for _ in 0..<100_000 { fputs("0123456789", file) }
        fclose(file)
        defer { unlink(path) }
        let echo = try await echo(WebRequest(method: "POST", url: "\(server.url)/echo", body: .file(path: path)))
        #expect(echo.method == "POST")
        #expect(echo.length == 1_000_000 && echo.sum == 100_000 * (48 * 10 + 45))
        #expect(echo.headers["content-length"] == "1000000")
    }

    @Test func `a file that is not there sends nothing`() async throws {
        let error = await failure(
            WebRequest(method: "POST", url: "\(server.url)/echo", body: .file(path: "/nowhere/x"))
        )
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["big/1001", "endless"])
    func `an answer above the cap is refused`(path: String) async throws {
        let error = await failure(WebRequest(url: "\(server.url)/\(path)", responseBytesMax: 1000))
        #expect(error == .tooLarge(limit: 1000))
    }

    @Test func `an answer of exactly the cap is taken`() async throws {
        let response = try await with {
            try await $0.send(WebRequest(url: "\(server.url)/big/1000", responseBytesMax: 1000))
        }
        #expect(response.body.count == 1000)
    }

    @Test func `headers without end are refused`() async throws {
        #expect(await failure(WebRequest(url: "\(server.url)/headers")) == .tooLarge(limit: 65536))
    }

    @Test func `an answer that does not come in time is a timeout`() async throws {
        let holding = PythonServer("tcp")
        let error = await failure(WebRequest(url: "\(holding.url)/hold", timeout: .milliseconds(100)))
        #expect(error == .timedOut)
    }

    @Test func `a closed port is unreachable`() async throws {
        let port = try closedPort()
        let error = await failure(WebRequest(url: "http://127.0.0.1:\(port)/"))
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a connection dropped after the request is a lost answer`() async throws {
        let error = await failure(WebRequest(url: "\(server.url)/drop"))
        guard case .answerLost = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["", "nonsense", "ftp://127.0.0.1/", "file:///etc/hostname", "http://127.0.0.1/a b", "http://"])
    func `anything but an http URL is refused`(url: String) async {
        #expect(await failure(WebRequest(url: url)) == .invalidURL)
    }

    @Test(arguments: [WebHeader("X", "a\r\nY: b"), WebHeader("X\n", "a"), WebHeader("X: Y", "a"), WebHeader("", "a")])
    func `a header cannot smuggle another one in`(header: WebHeader) async {
        let error = await failure(WebRequest(url: "\(server.url)/echo", headers: [header]))
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a Unix socket takes the place of the host`() async throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let admin = PythonServer("unix", path)
        let response = try await with {
            try await $0.send(WebRequest(url: "http://admin/status/202", unixSocketPath: path))
        }
        #expect(response.status == 202)
        withExtendedLifetime(admin) {}
    }

    @Test func `a certificate is trusted through the extra file and not without`() async throws {
        let secure = PythonServer("tls")
        let request = WebRequest(url: "https://127.0.0.1:\(secure.port)/status/200")
        let response = try await with(.init(caFile: secure.certificatePath)) { try await $0.send(request) }
        #expect(response.status == 200 && response.certificateEnd == nil)
        let asking = WebRequest(url: request.url, wantsCertificate: true)
        let end = try await with(.init(caFile: secure.certificatePath)) { try await $0.send(asking).certificateEnd }
        #expect(end?.hasSuffix(" GMT") == true && end?.split(separator: " ").count == 5, "\(end ?? "none")")
        guard case .tls = await failure(request) else {
            Issue.record("an unknown certificate was accepted")
            return
        }
    }

    @Test func `a server that prefers HTTP/2 is spoken to in HTTP/1.1`() async throws {
        let server = PythonServer("tls")
        let client = WebClient(options: .init(caFile: server.certificatePath))
        let answer = try await client.send(WebRequest(url: "https://127.0.0.1:\(server.port)/protocol"))
        #expect(String(decoding: answer.body, as: UTF8.self) == "http/1.1")
        await client.stop()
    }

    @Test func `cancelling the task aborts the transfer`() async throws {
        let holding = PythonServer("tcp")
        try await with { client in
            let task = Task { try await client.send(WebRequest(url: "\(holding.url)/hold", timeout: .seconds(50))) }
            #expect(await holding.nextLine() == "held")
            task.cancel()
            await #expect(throws: WebClientError.cancelled) { try await task.value }
            #expect(await holding.nextLine() == "gone")
        }
    }

    @Test func `a task cancelled before it sends is answered as cancelled`() async throws {
        try await with { client in
            let url = "\(server.url)/endless"
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(WebRequest(url: url, responseBytesMax: .max))
            }
            await #expect(throws: WebClientError.cancelled) { try await task.value }
        }
    }

    @Test func `requests above the bound wait, those above the second bound are refused`() async throws {
        let holding = PythonServer("tcp")
        try await with(.init(transfersMax: 1, waitingMax: 1)) { client in
            let first = Task { try await client.send(WebRequest(url: "\(holding.url)/hold", timeout: .seconds(50))) }
            #expect(await holding.nextLine() == "held")
            // Of two more one waits and one is refused, whichever comes first.
            let others = (1...2).map { _ in
                Task { try await client.send(WebRequest(url: "\(server.url)/status/200", timeout: .seconds(50))) }
            }
            var refusals = 0
            let refused = await withTaskGroup(of: WebClientError?.self) { group in
                for other in others { group.addTask { await error(of: other) } }
                guard case .some(.overloaded) = await group.next() else { return false }
                first.cancel()
                return await group.next() == .some(nil)
            }
            refusals += refused ? 1 : 0
            #expect(refusals == 1)
        }
    }

    @Test func `a request that waits too long for its turn is a timeout`() async throws {
        let holding = PythonServer("tcp")
        try await with(.init(transfersMax: 1)) { client in
            let first = Task { try await client.send(WebRequest(url: "\(holding.url)/hold", timeout: .seconds(50))) }
            #expect(await holding.nextLine() == "held")
            await #expect(throws: WebClientError.timedOut) {
                try await client.send(WebRequest(url: "\(server.url)/status/200", timeout: .milliseconds(50)))
            }
            first.cancel()
        }
    }

    @Test func `after the stop nothing is sent`() async {
        let client = WebClient()
        await client.stop()
        await client.stop()
        await #expect(throws: WebClientError.stopped) {
            try await client.send(WebRequest(url: "\(server.url)/status/200"))
        }
    }

    private func echo(_ request: WebRequest) async throws -> Echo {
        let response = try await with { try await $0.send(request) }
        return try JSONDecoder().decode(Echo.self, from: Data(response.body))
    }

    /// A client for the length of `body`; its thread has ended afterwards.
    private func with<T>(_ options: WebClient.Options = .init(), _ body: (WebClient) async throws -> T) async throws
        -> T
    {
        let client = WebClient(options: options)
        do {
            let result = try await body(client)
            await client.stop()
            return result
        } catch {
            await client.stop()
            throw error
        }
    }

    private func failure(_ request: WebRequest) async -> WebClientError? {
        do {
            _ = try await with { try await $0.send(request) }
            return nil
        } catch {
            return error as? WebClientError
        }
    }

    private func error(of task: Task<WebResponse, any Error>) async -> WebClientError? {
        do {
            _ = try await task.value
            return nil
        } catch {
            return error as? WebClientError
        }
    }

    private func temporaryPath() -> String {
        "/tmp/carillon-web-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    }

    /// A port that was free a moment ago: bound, read, closed.
    private func closedPort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
