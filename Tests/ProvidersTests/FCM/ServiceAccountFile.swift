import CryptoExtras
import Domain

/// A key file like Google's. Its key was made for these tests and opens nothing; making one takes seconds each time.
enum ServiceAccountFile {
    static let tokenURI = "https://oauth2.example/token"

    /// `nil` removes a member.
    static func json(changing changes: [String: JSONValue?] = [:]) -> [UInt8] {
        var file = JSONObject()
        file["type"] = "service_account"
        file["project_id"] = "one-pocket"
        file["private_key_id"] = "0123456789abcdef"
        file["private_key"] = .string(pem)
        file["client_email"] = "push@one-pocket.iam.example"
        file["token_uri"] = .string(tokenURI)
        for (name, value) in changes { file[name] = value }
        return JSONWriter.bytes(.object(file))
    }

    static func publicKey() throws -> _RSA.Signing.PublicKey {
        try _RSA.Signing.PrivateKey(pemRepresentation: pem).publicKey
    }

    private static let pem = "-----BEGIN PRIVATE KEY-----\n\(key)\n-----END PRIVATE KEY-----\n"
    private static let key = """
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCh9D+FHLqVWgnYxkyfLPVVXSqwQDt4HNApDjm9hCKwmvYtSJXD
        1V1jlDhMDCPbbLmvnXfCJD4T8PlP66yN+bzeEWshDhtc9AVpBsLvMN7WXsuz76cbpCHgpigpcIwQVwpyyva5lRZ5CouTC9TjPRSI
        kU5KCIOXV7IaPwfhRhRCyIiqV2FcbfZeIIUQ+BPV+4H6FryOi9YimAPL2S+4DRr658oqKB+BrAQ4SAmM7X7X95tXNoLGhPrWHBMC
        wYs75s+6PitC9HCwtZxBiDOxEcuRes4poH5KWtdn5TbYISLuubD8naQph9dzzWTVtiuqGWxrOAHPwoQoSuP6uAJEjbP1AgMBAAEC
        ggEAC4gjP7ywcnMDUXqpOQpP+8CTChLAyUgv8ERxixOODsox7j6FX3jhWfZTXeLdaMHgpOcPAHVpMC1P60dqNX/LWXqfCK8C9sbv
        Xa+cEMEHlPcSBSFy4i55NRBPusenSYCRH2RhVgyOGZdNIe7NPVL7k8/Y5b+ecxfM+D51tq4xQiH9KYBoPiU/ZhlDXNY9JTtRYJkx
        s8ayh8dolto+AXraEpQOtbFaQf63Q6d/4uviE6on++IGz0vlhst7LyoDrpJZJt5GGpADoorZQP+zFQ67o/YZ7N856+bkycyPTUjB
        6LFrnwekV2aLmLjBfuvg4+2BufvfhJfcM86DVYYiCEUvoQKBgQDgzylWXKtWB4u/JSJTKUFaKLtcr/eotTw+sr7Uz3ByHmcJrWM/
        C3vpYJ+xHx9qNyJgNZXlOLvAwKtdDmlNq6Xfi1aIEMWySvx6bMNqKCrilH48/eMbAjhXkKnQqBB890HrqOYW/V3E6B4naJgWwI+n
        lQg3qYTbUlA36Us1Ssq4EQKBgQC4bJSBoQTkyIrDcnQhv+AAmR9XllzAwKpV215HSMmrK1QNqRB5sQaW999y/C1Q6nDpt+LK2Yj/
        IIx/f7QOPifF5wQcY4WaL+9KDRyOry0ldbDXHiBdbqfvB5I8T7cpmpLFjJdpPMr5btY0lY45WW3PSa/is19hs64w2j0R910BpQKB
        gBcBvHZFJ5e3T/rw3vFp0HFcp8gVjh/q5E56VoNK83QKXnskDnsePsEkjVNAHyPsno0ADuYVh0lzrlXoqqgzP9d/2Aw2wzS67dnN
        lbYghDsJ/V1akkpqUL/NY0OiX4WafFmUwG9r4JPNOYDI+H+jl1AMNXoU1C7p3qHKM1Mx40sxAoGAQOC5sYyCmzVNU4pc/k5wr+Uu
        GHLl+E0O3xtH5E3f3B5m+FNEX3r+NXfHnLzH+FIxHJc66l9yiUXbBzNWlTgaZ81oLdB4/I/mXyeTp0JK4IWxi0um2ReHblg8gokM
        h09AWMynqzbetLbgFimSmewy7BwhCuBNKqK6Iad0mnBpwJ0CgYBC+UnRzlvysBiBjPxCgjjejUZ3lucEYjcZE69GD0D1o4UT6Q3X
        1KlUdFh0F1NM6ryxMp5UEpPKhcLn5sDX+gWHiZ3o6C6dA6/O4g0nrWPpaC5Q+/KrxKDoVf3CIh48blz919f3mDQAXOlW+cqt5/OK
        ynO/rA7bvhyX3ttaHqA5cA==
        """
}
