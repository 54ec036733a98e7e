import NIOCore
import NIOHTTP2

/// One HTTP/2 connection: what its streams share. Used on its event loop only.
final class HTTP2Connection {
    let number: Int
    let listener: String
    private let channel: any Channel
    private let concurrentStreamsMax: Int
    private var awaitsFirstAccepted: Bool
    private var requests = 0
    /// The highest stream that was taken on: GOAWAY must not name a lower one.
    private var lastProcessed: HTTP2StreamID = .rootStream
    /// What the latest GOAWAY named.
    private var lastPromised: HTTP2StreamID = .maxID

    init(
        number: Int,
        listener: String,
        channel: any Channel,
        concurrentStreamsMax: Int,
        awaitsFirstAccepted: Bool
    ) {
        self.number = number
        self.listener = listener
        self.channel = channel
        self.concurrentStreamsMax = concurrentStreamsMax
        self.awaitsFirstAccepted = awaitsFirstAccepted
    }

    func nextOrdinal() -> Int {
        requests += 1
        return requests
    }

    /// True for a stream that a GOAWAY left out. The library drops what comes after it, but hands on what it had read by then.
    func leavesOut(_ streamID: HTTP2StreamID) -> Bool { streamID > lastPromised }

    func processed(_ streamID: HTTP2StreamID) {
        lastProcessed = max(lastProcessed, streamID)
    }

    /// A 2xx was sent: the first one lifts the limit of one stream.
    func accepted() {
        guard awaitsFirstAccepted else { return }
        awaitsFirstAccepted = false
        write(.settings(.settings([HTTP2Setting(parameter: .maxConcurrentStreams, value: concurrentStreamsMax)])))
    }

    func perform(_ action: ConnectionAction, streamID: HTTP2StreamID) {
        switch action {
        case .goaway(let last, let code, let debug):
            let last = self.last(last, streamID: streamID)
            lastPromised = min(lastPromised, last)
            let data = debug.isEmpty ? nil : channel.allocator.buffer(string: debug)
            write(
                .goAway(
                    lastStreamID: last,
                    errorCode: HTTP2ErrorCode(networkCode: Int(code)),
                    opaqueData: data
                )
            )
        case .settings(let concurrentStreamsMax, let initialWindowSize, let afterMilliseconds):
            var settings: [HTTP2Setting] = []
            if let value = concurrentStreamsMax {
                settings.append(HTTP2Setting(parameter: .maxConcurrentStreams, value: value))
            }
            if let value = initialWindowSize {
                settings.append(HTTP2Setting(parameter: .initialWindowSize, value: value))
            }
            let payload = HTTP2Frame.FramePayload.settings(.settings(settings))
            guard afterMilliseconds > 0 else { return write(payload) }
            let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
            channel.eventLoop.scheduleTask(in: .milliseconds(afterMilliseconds)) { bound.value.write(payload) }
        }
    }

    func close() {
        channel.close(mode: .all, promise: nil)
    }

    /// Nothing more is read from the socket: neither requests nor PINGs get an answer.
    func freeze() {
        ReadPause.begin(channel)
    }

    private func last(_ last: ConnectionAction.LastStream, streamID: HTTP2StreamID) -> HTTP2StreamID {
        switch last {
        case .this: max(streamID, lastProcessed)
        // What was taken on before is answered; the stream itself is not among it.
        case .before: lastProcessed
        case .max: .maxID
        case .stream(let id): max(HTTP2StreamID(Int(id)), lastProcessed)
        }
    }

    private func write(_ payload: HTTP2Frame.FramePayload) {
        channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: payload), promise: nil)
    }
}
