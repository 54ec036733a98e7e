import Domain
import FanOut
import Providers
import Testing

@testable import Delivery

/// What a request that came back without an answer counts as.
struct LostAnswerTests {
    @Test(
        arguments: [
            (.goAway, .goAway, .resend(.retire)), (.refusedStream, .refusedStream, .resend(.keep)),
            (.neverWritten, .neverWritten, .resend(.retire)), (.malformed, .malformed, .payloadRefused),
        ] as [(NotProcessed, LostAnswer, Verdict)]
    )
    func `what was surely not processed is sent again for free, unless it never can be`(
        why: NotProcessed,
        lost: LostAnswer,
        verdict: Verdict
    ) {
        #expect(why.lost == lost && why.lost.classification.verdict == verdict)
    }

    @Test(
        arguments: [
            (.deadline, .deadline), (.reset(code: 2), .reset), (.connectionLost("reset by peer"), .connectionLost),
            (.shutdown, .shutdown),
        ] as [(Ambiguity, LostAnswer)]
    )
    func `whatever may have been processed is an attempt`(why: Ambiguity, lost: LostAnswer) {
        #expect(why.lost == lost && why.lost.classification.verdict == .ambiguous)
    }
}
