import API
import NATS
import Settings

extension Gateway {
    /// nil without `nats.url`.
    func brokerConsumer(_ delivery: DeliveryServices, _ services: APIServices) -> BrokerConsumer? {
        guard let nats = effective.settings.nats else { return nil }
        let options = NATSOptions(
            url: nats.url,
            subject: nats.subject,
            queueGroup: nats.queueGroup,
            credentials: nats.credentials.map(Self.credentials),
            stream: nats.stream.map { .init(name: $0, durable: nats.durable) },
            caFile: effective.settings.tls.caFile
        )
        return BrokerConsumer(
            services: services,
            publisher: nats.publisher,
            isKept: nats.stream != nil,
            status: delivery.broker,
            connect: { () async throws(NATSError) in try await NATSSource.connect(options) },
            logger: Self.logger("nats", effective.settings)
        )
    }

    private static func credentials(_ credentials: Settings.NATS.Credentials) -> NATSOptions.Credentials {
        switch credentials {
        case .file(let path): .file(path: path)
        case .user(let name, let password): .user(name, password: password.text)
        case .token(let token): .token(token.text)
        }
    }
}
