import Providers

extension AccessTokens.Refresh {
    /// nil when there is none to send with.
    var token: AccessToken? {
        switch self {
        case .current(let token), .renewed(let token), .kept(let token, _): token
        case .failed: nil
        }
    }
}
