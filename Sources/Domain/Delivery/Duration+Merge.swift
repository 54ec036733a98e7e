extension Duration {
    /// When a delivery that another event stands in for is looked at first: most are answered by then.
    package static let mergeLook = Duration.seconds(2)
    /// The longest between two looks.
    private static let mergeLookMax = Duration.seconds(300)

    /// Until the next look at a delivery that has waited so long for another event's.
    package static func mergeLook(after waited: Duration) -> Duration { min(max(waited / 4, mergeLook), mergeLookMax) }
}
