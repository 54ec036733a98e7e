/// What a simulator is started with.
package struct SimulatorSettings: Sendable {
    /// 0 takes a free port.
    package var httpsPort = 0
    package var httpPort = 0
    /// Certificate chain and key of the TLS listener, PEM.
    package var certificatePEM: [UInt8] = []
    package var privateKeyPEM: [UInt8] = []
    package var apns: [APNsAccount] = []
    package var fcm: [ServiceAccount] = []
    package var webPush: [WebPushListener] = []
    package var subscriptions = Subscriptions()
    package var users = UserDirectory()
    package var script = Script()
    package var logFile: String?
    package var logLinesMax = PushLog.linesMaxDefault
    /// Before every answer of a provider or the ENT; the control endpoints answer at once.
    package var latencyMilliseconds: Int64 = 0
    /// SETTINGS_MAX_CONCURRENT_STREAMS; 1000 as APNs announces.
    package var concurrentStreamsMax = 1000
    /// Announce one stream until the connection's first 2xx, as APNs does with provider tokens.
    package var isSingleStreamUntilAccepted = false
    /// Refuse every defect of a request as the real provider does. False takes whatever names a target, defects in the log.
    package var isStrict = true
    /// What the token endpoint says as `expires_in`, and how long its tokens live.
    package var accessTokenSeconds: Int64 = 3599
    /// Answer 429 TooManyProviderTokenUpdates as Apple does.
    package var limitsProviderTokenUpdates = false
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int64 = SystemClock.milliseconds

    package init() {}
}
