"""What was measured, and what follows from it: medians, ratios, whether a target is met. Nothing here measures."""
import dataclasses, json, statistics
from dataclasses import dataclass, field

FORMAT = 1
# How the note of a row begins that could not be measured.
FAILED = "failed: "


@dataclass
class Target:
    """kind: `most` and `least` bound the median of the runs, `ratio` the median of measured over yardstick from above."""
    kind: str
    bound: float
    text: str


def most(bound, text):
    return Target("most", bound, text)


def least(bound, text):
    return Target("least", bound, text)


def ratio(bound, of):
    return Target("ratio", bound, f"≤ {bound:.1f} of {of}")


@dataclass
class Yardstick:
    name: str
    runs: list


@dataclass
class Measure:
    """One figure of a row. `size`: what it was taken at, for figures that are drawn against it."""
    name: str
    unit: str
    runs: list
    target: Target | None = None
    yardstick: Yardstick | None = None
    size: int | None = None

    @property
    def ratios(self):
        """Of each run with the yardstick's run beside it: what the machine did to both cancels out."""
        if not self.yardstick or not self.runs or not self.yardstick.runs:
            return []
        if len(self.runs) == len(self.yardstick.runs):
            return [mine / theirs for mine, theirs in zip(self.runs, self.yardstick.runs)]
        return [statistics.median(self.runs) / statistics.median(self.yardstick.runs)]

    @property
    def met(self):
        """None: there is no target, or what it asks for was not measured."""
        if not self.target:
            return None
        figures = self.ratios if self.target.kind == "ratio" else self.runs
        if not figures:
            return None
        middle = statistics.median(figures)
        return middle >= self.target.bound if self.target.kind == "least" else middle <= self.target.bound


@dataclass
class Row:
    number: str
    what: str
    measures: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    load: list = field(default_factory=list)

    def add(self, name, unit, runs, target=None, yardstick=None, size=None):
        self.measures.append(Measure(name, unit, runs, target, yardstick, size))

    @property
    def failed(self):
        return any(note.startswith(FAILED) for note in self.notes)

    @property
    def met(self):
        """Of all its targets; None when one could not be judged and none is missed."""
        judged = [measure.met for measure in self.measures if measure.target]
        if not judged or False not in judged and None in judged:
            return None
        return False not in judged


@dataclass
class Results:
    date: str
    commit: str
    options: dict
    machine: dict
    rows: list = field(default_factory=list)

    def save(self, path):
        """Every run's figure; what follows from them stands beside them for whoever reads without this program."""
        content = {"format": FORMAT, **dataclasses.asdict(self)}
        for row, shown in zip(self.rows, content["rows"]):
            shown["met"] = row.met
            for measure, figures in zip(row.measures, shown["measures"]):
                figures.update(median=statistics.median(measure.runs) if measure.runs else None, ratios=measure.ratios, met=measure.met)
        with open(path, "w") as file:
            json.dump(content, file, indent=1, ensure_ascii=False)
            file.write("\n")


def loaded(path):
    with open(path) as file:
        content = json.load(file)
    if content["format"] != FORMAT:
        raise ValueError(f"{path}: format {content['format']}, this program reads {FORMAT}")
    return Results(content["date"], content["commit"], content["options"], content["machine"], [row(found) for found in content["rows"]])


def row(found):
    return Row(found["number"], found["what"], [measure(figures) for figures in found["measures"]], found["notes"], found["load"])


def measure(found):
    target, yardstick = found["target"], found["yardstick"]
    return Measure(found["name"], found["unit"], found["runs"], Target(**target) if target else None,
                   Yardstick(**yardstick) if yardstick else None, found["size"])
