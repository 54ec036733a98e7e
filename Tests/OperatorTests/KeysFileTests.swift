import Domain
import Testing

@testable import Operator

struct KeysFileTests {
    @Test(
        arguments: [
            (#"{"items":[{"name":"one","keys":[{"id":"new"}]}]}"#, true),
            (#"{"items":[{"name":"one","keys":[{"id":"new"},{"id":"old"}]}]}"#, false),
            (#"{"items":[{"name":"one","keys":[]}]}"#, false),
            (#"{"items":[{"name":"two","keys":[{"id":"new"}]}]}"#, false),
            // It may be the old one.
            (#"{"items":[{"name":"one","keys":[{"id":"new"},{"id":2}]}]}"#, false),
            (#"{"items":[{"name":"one","keys":[{"id":"new"}]},{"name":2}]}"#, false),
        ]
    )
    func `a key is in force or revoked when the whole list says so`(list: String, isInForce: Bool) throws {
        let answer = try #require(try JSONParser.parse(list).object)
        #expect(KeysFile.isInForce(answer, of: "one", having: "new", lacking: "old") == isInForce)
    }
}
