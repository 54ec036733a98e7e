import Domain
import Providers
import Testing

@Suite struct RetryAfterTests {
    @Test(arguments: [
        ("0", Duration.seconds(0)),
        ("120", .seconds(120)),
        ("3600", .seconds(3600)),
        ("86400", .seconds(3600)),
        ("99999999999999999999", .seconds(3600)),
        ("Mon, 14 Sep 2026 14:31:45 GMT", .seconds(45)),
        ("Mon, 14 Sep 2026 14:30:00 GMT", .zero),
        ("Tue, 14 Sep 2027 14:31:00 GMT", .seconds(3600)),
    ])
    func `seconds and dates are read and kept within an hour`(value: String, wait: Duration) {
        #expect(RetryAfter.parse(value, now: Samples.now) == wait)
    }

    @Test(arguments: [
        "", "-5", "1.5", "soon", "14 Sep 2026", "Mon, 14 Sep 2026 25:31:45 GMT", "Mon, 31 Sep 2026 14:31:45 GMT", "٣",
    ])
    func `what is neither is as good as absent`(value: String) {
        #expect(RetryAfter.parse(value, now: Samples.now) == nil)
    }

    /// The first is RFC 9110's own example.
    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Int64(784_111_777)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
        ("Mon, 01 Mar 2027 00:00:00 GMT", 1_803_859_200),
    ])
    func `a date becomes seconds since 1970`(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == Instant(seconds: seconds))
    }
}
