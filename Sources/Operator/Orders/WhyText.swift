import ArgumentParser

/// The reason of an order.
enum WhyText {
    static func check(_ why: String) throws {
        guard why.contains(where: { !$0.isWhitespace }), why.utf8.count <= 1000 else {
            throw ValidationError(say("--why must say something, in at most 1000 bytes."))
        }
    }
}
