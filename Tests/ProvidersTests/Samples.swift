import Domain
import Providers

enum Samples {
    /// 2026-09-14T14:31:00Z
    static let now = Instant(seconds: 1_789_396_260)
    static let receiver = Array("5a1e0c52-98f1-4d0c-9a6e-0f4d7a1b2c3d".utf8)
    static let collapseID = Array("0123456789abcdef0123456789abcdef".utf8)
    static let token = Array("dQw4w9WgXcQ:APA91bH-fake_token".utf8)

    static func message(
        title: String = "Nouveau billet de blog",
        body: String = "Mme Exemple : Le blog des CP",
        params: JSONValue = ["resourceUri": "/blog#/view/b/p", "username": "Mme Exemple"],
        urgency: Urgency = .normal
    ) -> Message {
        Message(
            event: EventID(rawValue: 7),
            app: "BLOG",
            action: "PUBLISH-POST",
            title: title,
            body: body,
            authorID: "teacher-1",
            resourceID: "blog-1",
            resourceSubID: "post-1",
            params: params,
            urgency: urgency,
            channel: "vie-scolaire"
        )
    }
}

extension APNsMessage {
    func bytes(receiver: [UInt8] = Samples.receiver) -> [UInt8] {
        var body: [UInt8] = []
        appendBody(receiver: receiver.span, to: &body)
        return body
    }
}

extension FCMMessage {
    func bytes(
        kind: TargetKind = .token,
        target: [UInt8] = Samples.token,
        receiver: [UInt8] = Samples.receiver,
        expiry: Expiry = .at(Samples.now + .seconds(3600)),
        now: Instant = Samples.now
    ) -> [UInt8] {
        var body: [UInt8] = []
        appendBody(
            kind: kind,
            target: target.span,
            receiver: receiver.span,
            collapseID: Samples.collapseID.span,
            expiry: expiry,
            now: now,
            to: &body
        )
        return body
    }
}
