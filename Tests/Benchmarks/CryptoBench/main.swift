// What cryptography alone costs, through the product's own types: the yardstick "a loop that only encrypts" for deliveries over Web Push.
//
//   CryptoBench [rounds 15]
//
// One line of JSON: microseconds of this thread's processor time for one operation, the median of the rounds; `Min`: of the best round.

import Cryptography
import Domain
import Glibc
import Providers
import Store

/// Processor time of this thread, in microseconds: what others on the machine take does not count.
func processorMicros() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
var figures = JSONObject()

@MainActor func measure(_ name: String, _ operations: Int, _ operation: () throws -> Void) rethrows {
    var micros: [Double] = []
    for _ in 0..<rounds {
        let begin = processorMicros()
        for _ in 0..<operations { try operation() }
        micros.append((processorMicros() - begin) / Double(operations))
    }
    micros.sort()
    func rounded(_ micros: Double) -> JSONValue { .number(String(Double(Int(micros * 1000)) / 1000)) }
    figures[name] = rounded(micros[rounds / 2])
    figures[name + "Min"] = rounded(micros[0])
}

let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
let cipher = AESGCM(key)
let nonce = [UInt8](repeating: 2, count: AESGCM.nonceBytes)
let bound = [UInt8](repeating: 3, count: 50)
let text = [UInt8](repeating: 4, count: 300)
let sealed = cipher.seal(Array(text.prefix(200)), nonce: nonce, authenticating: bound)
var output = [UInt8](repeating: 0, count: 200)

try output.withUnsafeMutableBytes { output in
    try sealed.withUnsafeBytes { sealed in
        try nonce.withUnsafeBytes { nonce in
            try bound.withUnsafeBytes { bound in
                try measure("open200Micros", 20_000) {
                    try cipher.open(sealed, nonce: nonce, authenticating: bound, into: output)
                }
            }
        }
    }
}
measure("seal300Micros", 20_000) { _ = cipher.seal(text, nonce: nonce, authenticating: bound) }

// As a page of deliveries is loaded: the address of each device.
let installation = "installation-0123456789abcdef"
let seal = TargetSeal(keys: [.init(id: "k1", key: key)], hashKey: [UInt8](repeating: 5, count: 32))
let address = seal.seal(.fcmToken("c" + String(repeating: "x", count: 198)), of: installation)
try measure("address200Micros", 20_000) {
    _ = try address.withUnsafeBytes { try seal.open($0, of: installation) }
}

let browser = P256.AgreementKey()
let subscription = Subscription(
    endpoint: "https://push.example.net/a",
    p256dh: browser.publicKey,
    auth: [UInt8](repeating: 6, count: 16)
)
try measure("webPush300Micros", 500) { _ = try WebPushEncryption.encrypt(text, for: subscription) }

let signer = P256.SigningKey()
try measure("es256Micros", 1_000) { _ = try signer.signature(of: text) }

let authenticator = HMACSHA256(key)
measure("hmac40Micros", 20_000) { _ = authenticator.code(of: Array(text.prefix(40))) }

print(JSONWriter.text(.object(figures)))
