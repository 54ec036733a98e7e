import Domain
import Providers
import Testing

@Suite struct LostAnswerTests {
    @Test(arguments: [
        (LostAnswer.refusedStream, Verdict.resend(.keep), "refusedStream"),
        (.goAway, .resend(.retire), "goAway"),
        (.neverWritten, .resend(.retire), "neverWritten"),
        (.malformed, .payloadRefused, "malformed"),
        (.deadline, .ambiguous, "timeout"),
        (.reset, .ambiguous, "reset"),
        (.connectionLost, .ambiguous, "connectionLost"),
        (.shutdown, .ambiguous, "shutdown"),
    ])
    func `only what was surely not processed is sent again for free`(lost: LostAnswer, verdict: Verdict, word: String) {
        #expect(lost.classification == Classification(verdict, status: 0, reason: word))
    }
}
