import Contract

/// Says how far an import has come while its answer is waited for: a bar on a terminal, else a line now and then on standard error.
struct ImportWatch {
    private static let interval = Duration.milliseconds(500)

    /// False: only a bar; lines would be in the way of whoever reads both outputs.
    let withLines: Bool

    func during<T: Sendable>(_ channel: any AdminChannel, _ body: () async throws -> T) async throws -> T {
        let context = OperatorContext.current
        guard context.bar != nil || withLines else { return try await body() }
        let telling = Task { await tell(channel, context) }
        func end() async {
            telling.cancel()
            await telling.value
            context.bar?("")
        }
        return try await withCleanup(end, body)
    }

    private func tell(_ channel: any AdminChannel, _ context: OperatorContext) async {
        let clock = ContinuousClock()
        let start = clock.now
        var pace = ImportPace()
        while true {
            // Cancelled: the import has ended.
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let seconds = Int((clock.now - start).components.seconds)
            let isDue = pace.isDue(at: seconds)
            guard context.bar != nil || isDue, let view = await progress(channel), !Task.isCancelled else { continue }
            if let bar = context.bar {
                bar(ImportProgressText.bar(view, seconds: seconds, columns: context.barColumns))
            } else {
                context.talk(ImportProgressText.line(view, seconds: seconds))
            }
        }
    }

    /// nil: this service does not tell, or not now.
    private func progress(_ channel: any AdminChannel) async -> ImportProgressView? {
        var request = AdminRequest("/admin/directory/imports/progress")
        (request.method, request.body, request.timeout) = ("GET", .bytes([]), AdminClient.quickTimeout)
        do {
            let answer = try await channel.send(request)
            return answer.status == 200 ? ImportProgressView(shown: answer.object) : nil
        } catch { return nil }
    }
}
