import API
import Domain
import HTTPTypes
import Providers
import Testing

struct OnePocketTests {
    private let parent = ["Authorization": "Bearer token-of-u1"]

    @Test func `One Pocket registers, lists and removes its token with the shapes it knows`() async throws {
        try await Gateway.run { _, api async throws in
            let path = "/timeline/pushNotif/fcmToken?fcmToken=abc%3AAPA91b-_x"
            let put = try await api.send(.put, path, parent)
            #expect(put.status == 200)
            #expect(put.body == Array("{}".utf8))
            #expect(try await api.send(.put, path, parent).status == 200)
            let list = try await api.send(.get, "/timeline/pushNotif/fcmTokens", parent)
            #expect(list.body == Array(#"["abc:APA91b-_x"]"#.utf8))
            let foreign = try await api.send(.delete, path, ["Authorization": "Bearer token-of-u2"])
            #expect(foreign.status == 200)
            #expect(try await api.send(.delete, path, parent).body == Array("{}".utf8))
            #expect(try await api.send(.get, "/timeline/pushNotif/fcmTokens", parent).body == Array("[]".utf8))
        }
    }

    @Test(arguments: ["", "?fcmToken=", "?fcmToken=%20", "?fcmToken=null", "?fcmToken=a%0Ab", "?fcmToken=a%ZZ"])
    func `a blank or invalid token is 400`(query: String) async throws {
        try await Gateway.run { _, api async throws in
            for method in [HTTPRequest.Method.put, .delete] {
                let answer = try await api.send(method, "/timeline/pushNotif/fcmToken" + query, parent)
                #expect(answer.status == 400)
            }
        }
    }

    @Test func `without a session it is 401 and never a redirect`() async throws {
        try await Gateway.run { _, api async throws in
            let answer = try await api.send(.put, "/timeline/pushNotif/fcmToken?fcmToken=abc")
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate] != nil)
        }
    }
}
