"""What deploy/bench makes of figures: medians, ratios, verdicts, its table, its file and its drawings. Nothing is measured here."""
import json, os, re, subprocess, sys, xml.etree.ElementTree

CHECK, FOLDER = sys.argv[3], sys.argv[2]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(ROOT, "deploy/benchmark"))

from drawing import curve, draw
from results import Measure, Results, Row, Yardstick, least, loaded, most, ratio
from table import BEGIN, END, documented, lines, report, shown, spread, table

MACHINE = {"cores": 2, "model": "A processor", "kernel": "6.1", "memoryMiB": 4000, "loadBefore": 0.1, "loadAfter": 1.9}
DOCUMENTS = os.path.join(ROOT, "Sources/Carillon.docc")


def recorded():
    """Met, missed, not judged, without a target, and not measured."""
    found = Results("2027-01-02T03:04:05Z", "0123456789ab", {"quick": False}, MACHINE)
    engine = Row("T1", "engine alone")
    engine.add("CPU", "s/10,000", [0.030, 0.060, 0.031], ratio(1.0, "h2load"), Yardstick("h2load", [0.031, 0.060, 0.030]))
    accepts = Row("T5", "accepts", notes=["a note"])
    accepts.add("at full speed", "/s", [14_000, 14_999, 16_000], least(15_000, "≥ 15,000/s"))
    accepts.add("p99", "ms", [1, 19.5, 400], most(20, "< 20 ms"))
    browsers = Row("T4", "browsers")
    browsers.add("CPU", "µs each", [150, 160], ratio(1.3, "the bare cryptography"))
    sizes = Row("T9", "cost")
    for size, cost in ((1000, 0.30), (20_000, 0.31), (1_000_000, 0.35)):
        sizes.add(f"{size:,} devices", "CPU s/10,000", [cost, cost + 0.02, cost - 0.02], size=size)
    found.rows = [engine, accepts, browsers, sizes, Row("T15", "newcomer")]
    return found


def verdicts_are_of_medians():
    """One bad run of many changes no verdict; a ratio is of each run with the yardstick beside it."""
    engine, accepts, browsers, sizes, _ = recorded().rows
    assert [round(figure, 3) for figure in engine.measures[0].ratios] == [0.968, 1.0, 1.033] and engine.met is True
    assert [measure.met for measure in accepts.measures] == [False, True] and accepts.met is False
    assert browsers.measures[0].ratios == [] and browsers.met is None
    assert [measure.met for measure in sizes.measures] == [None] * 3 and sizes.met is None
    assert Measure("", "", [2.1], ratio(2.0, "h2load"), Yardstick("h2load", [1.0])).met is False
    assert Measure("", "", [1, 2, 3], most(2, "≤ 2")).met is True and Measure("", "", [1, 2, 3], least(3, "≥ 3")).met is False
    # The runs' medians would say 0.8.
    assert Measure("", "", [0.030, 0.066, 0.040], ratio(1.0, "one"), Yardstick("one", [0.020, 0.060, 0.050])).met is False
    # Fewer yardsticks than runs: median over median.
    assert Measure("", "", [4, 8, 6], ratio(2.0, "one"), Yardstick("one", [3])).ratios == [2.0]
    mixed = Row("T0", "one of two could not be judged")
    mixed.add("", "", [1], most(2, "≤ 2"))
    mixed.add("", "", [], most(2, "≤ 2"))
    assert mixed.met is None


def figures_become_a_table():
    assert [shown(figure) for figure in (0, 0.0312, 1.234, 12.34, 123.4, 14_999)] == ["0", "0.031", "1.23", "12.3", "123", "14,999"]
    assert (spread([3, 1, 2]), spread([5]), spread([])) == ("1.00 / **2.00** / 3.00", "5.00", "not measured")
    rows = recorded().rows
    assert lines(rows[0]) == [["T1", "engine alone: CPU", "≤ 1.0 of h2load", "0.030 / **0.031** / 0.060 s/10,000", "h2load: 0.030 / **0.031** / 0.060",
                               "1.00", "yes"]]
    assert [line[0] + line[-1] for line in lines(rows[1])] == ["T5no", "yes"]
    assert lines(rows[2])[0][-1] == "not judged" and lines(rows[4])[0][3] == "not measured"
    text = table(rows).splitlines()
    assert len({len(line) for line in text}) == 1, "the columns are not aligned"
    assert re.fullmatch(r"(\|-+){7}\|", text[1]) and all(line.count("|") == 8 for line in text)
    told = report(recorded())
    assert "- T5: a note" in told and "1 of 3 rows with a target are met, 1 are not, 1 could not be judged." in told
    assert "2 cores, A processor, Linux 6.1" in told and "before 0.1, after 1.9" in told and "0123456789ab" in told


def results_are_kept_whole():
    """Every run is in the file, the file is read again as it was, and shown without a measurement."""
    path = os.path.join(FOLDER, "results.json")
    recorded().save(path)
    assert loaded(path) == recorded()
    with open(path) as file:
        content = json.load(file)
    measure = content["rows"][1]["measures"][0]
    assert (measure["runs"], measure["median"], measure["met"]) == ([14_000, 14_999, 16_000], 14_999, False), measure
    document = os.path.join(FOLDER, "document.md")
    with open(document, "w") as file:
        file.write(f"before\n\n{BEGIN}\nof an earlier run\n{END}\n\nafter\n")
    asked = subprocess.run([os.path.join(ROOT, "deploy/bench"), "--show", path, "--draw", FOLDER, "--document", document], capture_output=True,
                           text=True, cwd="/")
    assert asked.returncode == 0 and report(recorded()) in asked.stdout, asked
    assert os.path.exists(os.path.join(FOLDER, "cost-by-devices.svg"))
    with open(document) as file:
        assert file.read() == f"before\n\n{documented(recorded())}\n\nafter\n"
    with open(path, "w") as file:
        json.dump({**content, "format": 99}, file)
    later = subprocess.run([os.path.join(ROOT, "deploy/bench"), "--show", path], capture_output=True, text=True)
    assert later.returncode != 0 and "format 99" in later.stderr, later
    for words in (["--only", "T99"], ["--runs", "0"]):
        refused = subprocess.run([os.path.join(ROOT, "deploy/bench"), "--show", path, *words], capture_output=True, text=True)
        assert refused.returncode == 2 and "deploy/bench: error:" in refused.stderr, refused


def figures_become_drawings():
    """A point for each size on a logarithmic scale, lower figures lower; well-formed, with its labels."""
    text = curve("Cost", "devices", "CPU s & more", [(1_000_000, [3.0]), (1000, [1.0, 2.0, 3.0]), (10_000, [1.0])], [(10_000, 2.5)])
    root = xml.etree.ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    x, y = ([float(point.get(name)) for point in root.iter(space + "circle")] for name in ("cx", "cy"))
    assert len(x) == 3 and abs((x[1] - x[0]) * 3 - (x[2] - x[0])) < 0.2, "a tenfold is not a third of a thousandfold"
    assert y[1] > y[0] > y[2], "the medians 2, 1 and 3 do not stand in this order"
    words = ["".join(label.itertext()) for label in root.iter(space + "text")]
    assert {"Cost", "devices", "CPU s & more", "1,000", "10,000", "1,000,000", "target 2.50"} <= set(words), words
    assert "prefers-color-scheme: dark" in text and "http" not in text.replace("http://www.w3.org/2000/svg", "")
    few = Results("", "", {}, MACHINE, [Row("T12", "one size only", [Measure("", "ms", [1], size=5)])])
    assert draw(few, FOLDER) == []


def documents_show_what_was_recorded():
    """The table and the drawings in Performance.md are those of the results that lie beside them."""
    found = loaded(os.path.join(DOCUMENTS, "Resources/results.json"))
    with open(os.path.join(DOCUMENTS, "Performance.md")) as file:
        told = file.read()
    assert documented(found) in told, "deploy/bench --show Sources/Carillon.docc/Resources/results.json --document … puts another table there"
    for path in draw(found, FOLDER):
        name = os.path.basename(path)
        with open(path) as made, open(os.path.join(DOCUMENTS, "Resources", name)) as kept:
            assert made.read() == kept.read(), f"{name} is not of the recorded results: draw it anew with --show and --draw"
        assert f"({name})" in told, f"Performance.md does not show {name}"


next(check for check in (verdicts_are_of_medians, figures_become_a_table, results_are_kept_whole, figures_become_drawings,
                         documents_show_what_was_recorded) if check.__name__ == CHECK)()
