/// One `addRequest`, `modifyRequest` or `deleteRequest` as written, before its values are understood.
struct AAFRequest {
    enum Kind: String {
        case add = "addRequest"
        case modify = "modifyRequest"
        case remove = "deleteRequest"
    }

    struct Attribute {
        let name: String
        let line: Int
        /// `replace`, or nil in an add.
        let operation: String?
        /// White space around is gone; `<value/>` leaves nothing.
        var values: [String] = []
    }

    let kind: Kind
    let line: Int
    var category = ""
    var id = ""
    /// Those of ``AAFAttribute`` only: nothing else of a child or a parent stays in memory.
    var attributes: [Attribute] = []

    subscript(_ attribute: AAFAttribute) -> Attribute? { attributes.first { $0.name == attribute.rawValue } }
}

/// The attributes the directory is made of.
enum AAFAttribute: String {
    case lastName = "ENTPersonNom"
    case firstName = "ENTPersonPrenom"
    case personJoinKey = "ENTPersonJointure"
    case schools = "ENTPersonStructRattach"
    case classes = "ENTPersonClasses"
    case groups = "ENTPersonGroupes"
    case guardians = "ENTEleveAutoriteParentale"
    case classEntries = "ENTEleveDateEntreeClasses"
    case classExits = "ENTEleveDateSortieClasses"
    case schoolEntry = "ENTEleveDateEntreeStructRattach"
    case schoolExit = "ENTEleveDateSortieStructRattach"
    case schoolJoinKey = "ENTStructureJointure"
    case uai = "ENTStructureUAI"
    case schoolName = "ENTStructureNomCourant"

    /// Attributes of AAF 1D that say nothing we need; any name beyond these is worth a warning.
    static let knownAndUnused: Set<String> = [
        "ENTStructureSIREN", "ENTStructureTypeStruct", "ENTStructureCodeTypeStruct", "ENTEcoleMinistereTutelle",
        "ENTEcoleCodeMinistereTutelle", "ENTEtablissementContrat", "ENTStructureBoitePostale", "ENTStructureAdresse",
        "ENTStructureCodePostal", "ENTStructureVille", "ENTStructureTelephone", "ENTStructureFax",
        "ENTServAcAcademie", "ENTServAcCodeAcademie", "ENTEcoleSecteur", "ENTEcoleCirconscription",
        "ENTEcoleCommune", "ENTEcoleRPI", "ENTStructureEmail", "ENTStructureMailSI", "categorieStructure",
        "categoriePersonne", "ENTEleveINE", "ENTPersonDateNaissance", "ENTPersonAutresPrenoms", "ENTPersonNomPatro",
        "ENTPersonCivilite", "ENTPersonMail", "ENTEleveNiveau", "ENTEleveCycle", "ENTEleveTypeClasse",
        "ENTEleveRestaurantScolaire", "ENTEleveTransport", "ENTEleveGarderieMatin", "ENTEleveGarderieSoir",
        "ENTEleveEtudesSurveillees", "ENTPersonTelPerso", "ENTPersRelEleveTelPro", "ENTPersonAdresse",
        "ENTPersonCodePostal", "ENTPersonVille", "ENTPersonPays", "ENTPersonAdresseDiffusion",
        "ENTPersRelEleveTelMobile", "ENTPersRelEleveEleve", "ENTPersonFonctions", "ENTEnsFonctionDir",
        "ENTEnsSpecialites", "ENTPersonCategorieEnseignant", "ENTPersonStructRattachDate", "ENTPersonFonctionsDate",
        "ENTEnsFonctionDirDate", "ENTEnsSpecialitesDate", "ENTPersonCategorieEnseignantDate",
    ]
}
