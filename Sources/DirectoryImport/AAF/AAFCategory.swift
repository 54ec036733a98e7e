/// The four categories of an AAF 1D export, in the order they are read: each only names what came before it, except
/// that a pupil names guardians who follow.
package enum AAFCategory: String, Hashable, Sendable, CaseIterable {
    case school = "EtabEducNat"
    case pupil = "Eleve"
    case relative = "PersRelEleve"
    case staff = "PersEducNat"
}
