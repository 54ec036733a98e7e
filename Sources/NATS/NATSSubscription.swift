internal import CNATS
internal import Glibc

/// One connection with one subscription, over libnats. Its calls block: it belongs to a thread that may wait.
///
/// The library is not left to reconnect by itself: it gives up at a refused credential, and asks for messages that nobody waits for any more.
/// A connection that breaks is the end of this object.
package final class NATSSubscription {
    private static let connectMilliseconds: Int64 = 5000
    private static let pingMilliseconds: Int64 = 20_000

    private let connection: OpaquePointer
    private let subscription: OpaquePointer
    private let isKept: Bool
    private let takeMax: Int

    /// Connects, and subscribes: the durable consumer of a stream is made when the stream has none of the name.
    package init(_ options: NATSOptions) throws(NATSError) {
        let connection = try Self.connect(options)
        do throws(NATSError) {
            subscription =
                if let stream = options.stream {
                    try Self.consume(stream, options.subject, connection)
                } else {
                    try Self.subscribe(options, connection)
                }
        } catch {
            natsConnection_Destroy(connection)
            throw error
        }
        self.connection = connection
        isKept = options.stream != nil
        // What one take returns is bounded whatever the size of the messages.
        let payloadMax = max(1, Int(natsConnection_GetMaxPayload(connection)))
        takeMax = max(1, min(NATSOptions.takeMax, NATSOptions.takeBytesMax / payloadMax))
    }

    /// A consumer that a stream keeps for us stays.
    deinit {
        natsSubscription_Destroy(subscription)
        natsConnection_Destroy(connection)
    }

    /// What is there; waits so long for the first. Empty when nothing came.
    ///
    /// - Throws: when the connection has ended, or the stream or its consumer is gone.
    package func take(within milliseconds: Int64) throws(NATSError) -> [NATSMessage] {
        isKept ? try fetch(milliseconds) : try next(milliseconds)
    }

    /// Tells the stream what became of a message; lost with the connection, and then the message comes again.
    package func answer(_ message: NATSMessage.Kept, _ answer: NATSAnswer) throws(NATSError) {
        try check(natsConnection_PublishString(connection, message.replyTo, answer.text))
    }

    /// Returns when the server has every answer.
    package func flush(within milliseconds: Int64) throws(NATSError) {
        try check(natsConnection_FlushTimeout(connection, milliseconds))
    }

    /// Nothing more comes; what has come is still taken.
    package func drain() throws(NATSError) {
        if !isKept { try check(natsSubscription_Drain(subscription)) }
    }

    /// Messages that came and were dropped, because too many were not taken yet.
    package var dropped: Int {
        var count: Int64 = 0
        natsSubscription_GetDropped(subscription, &count)
        return Int(count)
    }

    // MARK: - Taking

    private func next(_ milliseconds: Int64) throws(NATSError) -> [NATSMessage] {
        var messages: [NATSMessage] = []
        for _ in 0..<takeMax {
            var message: OpaquePointer?
            let status = natsSubscription_NextMsg(&message, subscription, messages.isEmpty ? milliseconds : 0)
            // Said once of what was dropped; `dropped` has the number.
            if status == NATS_SLOW_CONSUMER { continue }
            // After a drain: that was all.
            if status == NATS_TIMEOUT || status == NATS_INVALID_SUBSCRIPTION { break }
            // What has come is worth more than the news, which comes again.
            if status != NATS_OK, !messages.isEmpty { break }
            try check(status)
            guard let message else { break }
            messages.append(NATSMessage(message, isKept: false))
            natsMsg_Destroy(message)
        }
        return messages
    }

    private func fetch(_ milliseconds: Int64) throws(NATSError) -> [NATSMessage] {
        var list = natsMsgList()
        var code = jsErrCode(0)
        let status = natsSubscription_Fetch(&list, subscription, Int32(takeMax), milliseconds, &code)
        if status == NATS_TIMEOUT { return [] }
        try check(status)
        defer { natsMsgList_Destroy(&list) }
        return (0..<Int(list.Count)).compactMap { index in
            list.Msgs[index].map { NATSMessage($0, isKept: true) }
        }
    }
}

// MARK: - What the library is told

extension NATSSubscription {
    /// Each address apart: SetURL takes a list with commas for one address, and finds no server. The library copies them.
    private static func setServers(_ urls: String, _ settings: OpaquePointer?) throws(NATSError) {
        var servers = urls.split(separator: ",").map { UnsafePointer<CChar>?(strdup(String($0.drop { $0 == " " }))) }
        defer { for server in servers { free(UnsafeMutablePointer(mutating: server)) } }
        try check(natsOptions_SetServers(settings, &servers, Int32(servers.count)))
    }

    private static func connect(_ options: NATSOptions) throws(NATSError) -> OpaquePointer {
        var settings: OpaquePointer?
        try check(natsOptions_Create(&settings))
        defer { natsOptions_Destroy(settings) }
        try setServers(options.url, settings)
        try check(natsOptions_SetName(settings, "carillon"))
        try check(natsOptions_SetAllowReconnect(settings, false))
        try check(natsOptions_SetTimeout(settings, connectMilliseconds))
        try check(natsOptions_SetPingInterval(settings, pingMilliseconds))
        // Its own writes to standard error; what it says we ask for.
        try check(natsOptions_SetErrorHandler(settings, { _, _, _, _ in }, nil))
        switch options.credentials {
        case nil: break
        case .file(let path): try check(natsOptions_SetUserCredentialsFromFiles(settings, path, nil))
        case .user(let name, let password): try check(natsOptions_SetUserInfo(settings, name, password))
        case .token(let token): try check(natsOptions_SetToken(settings, token))
        }
        if options.url.hasPrefix("tls://") {
            try check(natsOptions_SetSecure(settings, true))
            // Beside the system's store. The name of the host is always checked.
            if let file = options.caFile { try check(natsOptions_LoadCATrustedCertificates(settings, file)) }
        }
        var connection: OpaquePointer?
        try check(natsConnection_Connect(&connection, settings))
        guard let connection else { preconditionFailure("A connection that was made is there.") }
        return connection
    }

    private static func subscribe(
        _ options: NATSOptions,
        _ connection: OpaquePointer
    ) throws(NATSError) -> OpaquePointer {
        var made: OpaquePointer?
        try check(natsConnection_QueueSubscribeSync(&made, connection, options.subject, options.queueGroup))
        guard let made else { preconditionFailure("A subscription that was made is there.") }
        do throws(NATSError) {
            try check(
                natsSubscription_SetPendingLimits(
                    made,
                    Int32(NATSOptions.pendingMax),
                    Int32(NATSOptions.pendingBytesMax)
                )
            )
            try check(natsConnection_FlushTimeout(connection, connectMilliseconds))
            // A subject that is not permitted is told beside, and the connection stays.
            var text: UnsafePointer<CChar>?
            try check(natsConnection_GetLastError(connection, &text))
        } catch {
            natsSubscription_Destroy(made)
            throw error
        }
        return made
    }

    private static func consume(
        _ stream: NATSOptions.Stream,
        _ subject: String,
        _ connection: OpaquePointer
    ) throws(NATSError) -> OpaquePointer {
        var context: OpaquePointer?
        try check(natsConnection_JetStream(&context, connection, nil))
        defer { jsCtx_Destroy(context) }
        var found: UnsafeMutablePointer<jsConsumerInfo>?
        var code = jsErrCode(0)
        let status = js_GetConsumerInfo(&found, context, stream.name, stream.durable, nil, &code)
        let keeps = found?.pointee.Config.map { $0.pointee.AckPolicy == js_AckExplicit && $0.pointee.MaxDeliver <= 0 }
        jsConsumerInfo_Destroy(found)
        // One that is there is taken as it is: an operator may have made it, and we may not be allowed to. But it has to keep what is not
        // answered: where one answer is for several, or none is waited for, or not for ever, what is put off would be lost.
        if status != NATS_NOT_FOUND || code != JSConsumerNotFoundErr { try check(status) }
        guard keeps ?? true else {
            throw NATSError(
                reason:
                    "the consumer \(stream.durable) has to wait for each answer: ack_policy explicit, max_deliver -1"
            )
        }
        var options = jsSubOptions()
        try check(jsSubOptions_Init(&options))
        if status != NATS_OK {
            options.Config.AckWait = NATSOptions.answerWait.components.seconds * 1_000_000_000
            options.Config.MaxAckPending = Int64(NATSOptions.unansweredMax)
        }
        var made: OpaquePointer?
        let subscribed = stream.name.withCString { name in
            stream.durable.withCString { durable in
                options.Stream = name
                if status == NATS_OK { options.Consumer = durable }
                let durable = status == NATS_OK ? nil : durable
                return js_PullSubscribe(&made, context, subject, durable, nil, &options, &code)
            }
        }
        try check(subscribed)
        guard let made else { preconditionFailure("A subscription that was made is there.") }
        return made
    }
}

/// - Throws: what the library says of the call that this thread made last.
private func check(_ status: natsStatus) throws(NATSError) {
    guard status != NATS_OK else { return }
    // Its own file and line stand in brackets before what it says.
    let said = nats_GetLastError(nil).map { String(cString: $0) } ?? ""
    let detail = said.firstRange(of: "): ").map { String(said[$0.upperBound...]) } ?? said
    let text = natsStatus_GetText(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
    throw NATSError(reason: detail.isEmpty || detail == text ? text : "\(text): \(detail)")
}
