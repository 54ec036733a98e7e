import Simulator
import Testing

struct SubscriptionsTests {
    @Test func `the sample's keys are read, every pair fitting`() throws {
        let folder = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
        let file = try Files.read(folder + "/SampleData/saint-etienne/devices/webpush-keys.json")
        let read = try Subscriptions.parse(file)
        #expect(read.count > 100)
        #expect(Set(read.map(\.id)).count == read.count)
    }

    @Test func `JSON lines and single objects are read`() throws {
        let line = #"{"id":"a","auth":"8C1hP0jfkcEeJiXQomkEUQ"}"#
        #expect(try Subscriptions.parse(Array((line + "\n" + #"{"id":"b"}"# + "\n").utf8)).map(\.id) == ["a", "b"])
        #expect(try Subscriptions.parse(Array(line.utf8)).map(\.id) == ["a"])
    }

    @Test(arguments: [
        ("[]", "line 1 is not an object"), (#"{"id":"a b"}"#, "subscription a b: an id is letters, digits, - and _"),
        (#"{"id":"a","auth":"AAAA"}"#, "subscription a: auth is not 16 bytes"),
        (#"{"id":"a","d":"+"}"#, "subscription a: d is not base64url"),
        (#"{"id":"a","p256dh":"AAAA"}"#, "subscription a: p256dh is not the public key of d"),
    ])
    func `a mistake is named with its place`(text: String, expected: String) {
        do throws(Subscriptions.ParseError) {
            _ = try Subscriptions.parse(Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.description == expected)
        }
    }
}
