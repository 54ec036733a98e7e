"""The one table at the end: for people at a terminal, and as it stands a table of Markdown."""
import statistics

HEADINGS = ["row", "what", "target", "measured (min / median / max)", "yardstick (min / median / max)", "ratio", "met"]
BEGIN, END = "<!-- deploy/bench: begin -->", "<!-- deploy/bench: end -->"
WORDS = {True: "yes", False: "no", None: ""}


def shown(value):
    """Three digits are all that such a figure is worth."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f}"


def spread(runs):
    if not runs:
        return "not measured"
    if len(runs) == 1:
        return shown(runs[0])
    return f"{shown(min(runs))} / **{shown(statistics.median(runs))}** / {shown(max(runs))}"


def lines(row):
    """The cells of a row: a line for each of its figures, the row's number and name on the first."""
    found = []
    for measure in row.measures:
        first = not found
        met = measure.met
        verdict = "not judged" if measure.target and met is None else WORDS[met]
        found.append([
            row.number if first else "", f"{row.what}: {measure.name}" if first else measure.name, measure.target.text if measure.target else "",
            f"{spread(measure.runs)} {measure.unit}" if measure.runs else spread([]),
            f"{measure.yardstick.name}: {spread(measure.yardstick.runs)}" if measure.yardstick else "",
            shown(statistics.median(measure.ratios)) if measure.ratios else "", verdict])
    return found or [[row.number, row.what, "", "not measured", "", "", ""]]


def table(rows):
    cells = [HEADINGS] + [line for row in rows for line in lines(row)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in cells]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def machine(results):
    found = results.machine
    after = f", after {found['loadAfter']:.1f}" if found.get("loadAfter") is not None else ""
    return (f"{found['cores']} cores, {found['model']}, Linux {found['kernel']}, {found['memoryMiB']:,} MiB; loopback; "
            f"load of the machine before {found['loadBefore']:.1f}{after}; commit {results.commit}, {results.date}")


def notes(results):
    """What a figure cannot say."""
    return "\n".join(f"- {row.number}: {note}" for row in results.rows for note in row.notes)


def documented(results):
    """As it stands in a document, between BEGIN and END."""
    return "\n\n".join([BEGIN, machine(results), table(results.rows), notes(results), END])


def put(results, path):
    """Takes the place of what an earlier run has left in a document."""
    with open(path) as file:
        before, _, rest = file.read().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{path} has no place for a table: {BEGIN} … {END}")
    with open(path, "w") as file:
        file.write(before + documented(results) + after)


def report(results):
    """The table, and below it what it comes to."""
    parts = [table(results.rows)] + ([notes(results)] if notes(results) else [])
    judged = [row.met for row in results.rows if any(measure.target for measure in row.measures)]
    parts.append(f"{judged.count(True)} of {len(judged)} rows with a target are met, {judged.count(False)} are not, "
                 f"{judged.count(None)} could not be judged.")
    failed = [row.number for row in results.rows if row.failed]
    if failed:
        parts.append(f"Not measured, since something failed: {', '.join(failed)}.")
    if results.options.get("quick"):
        parts.append("These are the small sizes of --quick: they show that the bench works, not how fast anything is.")
    return "\n\n".join(parts + [machine(results)])
