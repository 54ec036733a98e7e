import Crypto
import Simulator
import Testing

struct MessageDecryptionTests {
    private let fixture = WebPushFixture()

    @Test func `the example of RFC 8291 Appendix A opens`() throws {
        let body = try #require(
            Base64URL.decode(
                ("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6"
                    + "PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN").utf8
            )
        )
        let keys = JSON.object([
            "d": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        ])

        let opened = try MessageDecryption.open(body, subscription: try Subscription(keys, id: "rfc"))

        #expect(String(decoding: opened.plaintext, as: UTF8.self) == "When I grow up, I want to be a watermelon")
    }

    @Test(arguments: [0, 1, 241, 3000]) func `padding of any length is taken off`(padding: Int) throws {
        let body = try fixture.encrypted(Array("ding".utf8), padding: padding)
        #expect(try MessageDecryption.open(body, subscription: fixture.subscription).plaintext == Array("ding".utf8))
    }

    @Test(arguments: ["short", "recordSize", "keyLength", "point"]) func `a wrong header is no layout`(part: String)
        throws
    {
        var body = try fixture.encrypted(Array("ding".utf8))
        switch part {
        case "short": body.removeLast(body.count - 102)
        case "recordSize": body[18] = 15
        case "keyLength": body[20] = 64
        default: body[40] ^= 1
        }
        #expect(defect(body) == .badLayout)
    }

    @Test func `another's keys, a bent byte and a wrong delimiter do not open`() throws {
        let good = try fixture.encrypted(Array("ding".utf8))
        var bent = good
        bent[bent.count - 1] ^= 1
        let foreign = try fixture.encrypted(Array("ding".utf8), secret: Array(repeating: 7, count: 16))
        let unfinished = try fixture.encrypted(Array("ding".utf8), delimiter: 1)
        for body in [bent, foreign, unfinished] {
            #expect(defect(body) == .undecryptable)
        }
        #expect(defect(good, Subscription(id: "x")) == .undecryptable)
    }

    private func defect(_ body: [UInt8], _ subscription: Subscription? = nil) -> WebPushFault.Kind? {
        do throws(WebPushFault) {
            _ = try MessageDecryption.open(body, subscription: subscription ?? fixture.subscription)
            return nil
        } catch {
            return error.kind
        }
    }
}
