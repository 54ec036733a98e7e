/// The time zone of a school: the first three digits of its UAI are the department, or the collectivity overseas.
package enum SchoolZone {
    package static let paris = "Europe/Paris"

    package static func name(uai: String?) -> String {
        switch uai?.prefix(3) {
        case "971": "America/Guadeloupe"
        case "972": "America/Martinique"
        case "973": "America/Cayenne"
        case "974": "Indian/Reunion"
        case "975": "America/Miquelon"
        case "976": "Indian/Mayotte"
        case "977": "America/St_Barthelemy"
        case "978": "America/Marigot"
        case "983", "988": "Pacific/Noumea"
        case "984", "987": "Pacific/Tahiti"
        case "986": "Pacific/Wallis"
        default: paris
        }
    }
}
