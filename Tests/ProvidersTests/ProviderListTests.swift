import Domain
import Providers
import Settings
import Testing

@Suite struct ProviderListTests {
    @Test func `names and numbers are the outside's and the store's, each once`() {
        #expect(Array(ProviderList.all.map { $0.name }.prefix(3)) == ["fcm", "apns", "webpush"])
        #expect(Array(ProviderList.all.map { $0.id.rawValue }.prefix(3)) == [1, 2, 3])
        #expect(Set(ProviderList.all.map { $0.id }).count == ProviderList.all.count)
        #expect(Set(ProviderList.all.map { $0.name }).count == ProviderList.all.count)
        for provider in ProviderList.all {
            #expect(ProviderID(name: provider.name) == provider.id && provider.id.name == provider.name)
            #expect(provider.targetForm([]).provider == provider.name)
        }
        #expect(ProviderID(name: "pigeon") == nil)
        #expect(ProviderID(200).name == "provider 200", "a store of a newer version")
    }

    /// Every provider reads the answers in which it says its own words.
    @Test func `each provider reads the body it writes`() {
        let words = ["fcm": ("UNREGISTERED", 404), "apns": ("Unregistered", 410), "webpush": ("103", 410)]
        for (name, (word, status)) in words {
            guard let provider = ProviderList.named(name) else {
                Issue.record("\(name) is not there")
                continue
            }
            let body = Array(JSONWriter.text(provider.body(saying: word)).utf8)
            let classification = provider.classify(
                status: status,
                body: body,
                retryAfter: nil,
                host: "updates.push.services.mozilla.com",
                now: Samples.now
            )
            guard case .tokenDead = classification.verdict else {
                Issue.record("\(name): \(classification)")
                continue
            }
        }
    }
}
