"""An invented region as an AAF 1D delivery: region.py FOLDER [PUPILS] [GUARDIANS]. The same figures make the same bytes."""
import os, sys

SCHOOLS_OF, CLASS_OF = 250, 25


def attribute(name, *values):
    return f'<attr name="{name}">' + "".join(f"<value>{value}</value>" for value in values) + "</attr>"


def request(category, kind, key, *attributes):
    return (f'<addRequest><operationalAttributes><attr name="{category}"><value>{kind}</value></attr></operationalAttributes>'
            f"<identifier><id>{key}</id></identifier><attributes>{''.join(attributes)}</attributes></addRequest>\n")


def write(folder, kind, rows):
    with open(os.path.join(folder, f"ENT42_Complet_20260901_{kind}_0000.xml"), "w", encoding="UTF-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<ficAlimMENESR>\n<!-- dateGenerationExport="01/09/2026" -->\n')
        file.writelines(rows)
        file.write("</ficAlimMENESR>\n")


def region(folder, pupils=200_000, guardians=350_000):
    os.makedirs(folder, exist_ok=True)
    schools = -(-pupils // SCHOOLS_OF)
    write(folder, "EtabEducNat", (
        request("categorieStructure", "EtabEducNat", 4000 + number, attribute("ENTStructureJointure", 4000 + number),
                attribute("ENTStructureUAI", f"042{number:04}A"), attribute("ENTStructureNomCourant", f"École {number}"))
        for number in range(schools)))

    def pupil(number):
        school, room = 4000 + number // SCHOOLS_OF, 70_000 + number // CLASS_OF
        # Siblings share their parents: every guardian has a pupil, most pupils have two guardians.
        parents = {9_000_000 + number * guardians // pupils, 9_000_000 + (number * guardians // pupils + 1) % guardians}
        return request("categoriePersonne", "Eleve", 1_000_000 + number, attribute("ENTPersonJointure", 1_000_000 + number),
                       attribute("ENTPersonNom", f"NOM{number}"), attribute("ENTPersonPrenom", f"Prénom{number}"),
                       attribute("ENTPersonStructRattach", school), attribute("ENTPersonClasses", f"{school}$CP$CLASSE${room}$CP {room}"),
                       attribute("ENTEleveAutoriteParentale", *(f"{parent}$1$1$1$1" for parent in sorted(parents))))
    write(folder, "Eleve", (pupil(number) for number in range(pupils)))
    write(folder, "PersRelEleve", (
        request("categoriePersonne", "PersRelEleve", 9_000_000 + number, attribute("ENTPersonJointure", 9_000_000 + number),
                attribute("ENTPersonNom", f"NOM{number}"), attribute("ENTPersonPrenom", "Parent"))
        for number in range(guardians)))


if __name__ == "__main__":
    region(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
