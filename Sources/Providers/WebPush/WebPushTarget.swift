package import Domain

extension Target {
    package static func webpush(_ subscription: Subscription) -> Target {
        subscription.target(of: WebPush.id, form: WebPush.form)
    }
}

extension ProviderID {
    package static let webpush = WebPush.id
}
