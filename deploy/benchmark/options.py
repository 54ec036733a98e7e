"""What deploy/bench is asked for. The rows come from the catalogue, so that help and order are said once."""
import argparse
from dataclasses import dataclass


@dataclass
class Sizes:
    """How much is measured."""
    requests: int        # of the engine alone
    guardians: int       # of the school that rings through APNs, and of that of FCM
    browsers: int        # of the school that rings through Web Push
    accepts: int         # events of a run of accepts
    words: int           # events to one phone each, one after another
    small: int           # events to one phone each, as fast as they are taken
    registrations: int   # devices registered in a run
    idle: int            # seconds
    steps: list          # schools that the registry grows by, and how many devices it then has
    events: int          # of one school of 1,000 phones, in a run at each size of the registry
    previews: int        # questions for the forecast


def sizes(quick, full):
    if quick:
        steps = [[("0430001A", "l1", 200)], [("0430002A", "l2", 800)], [("0430003A", "l3", 2000)], [("0430004A", "l4", 4000)]]
        return Sizes(5000, 2000, 400, 1000, 50, 500, 500, 3, steps, 3, 20)
    steps = [
        [("0430001A", "l1", 1000)],
        [("0430002A", "l2", 9000), ("0430003A", "l3", 10_000)],
        [("0430004A", "l4", 80_000), ("0430005A", "l5", 100_000)],
        [("0430006A", "l6", 1_000_000)],
    ]
    if full:
        steps.append([(f"04300{number}A", f"l{number}", 380_000) for number in range(10, 20)])
    return Sizes(300_000, 100_000, 20_000, 10_000, 1000, 20_000, 20_000, 60, steps, 20, 500)


# Parts of the bench of old that are rows now: decision records name them.
ALIASES = {"a": ["T1"], "b": ["T2", "T3"], "c": ["T5", "T14"], "e": ["T7"]}


def parser(catalogue):
    rows = "\n".join(f"  {entry.number:<4} {entry.what}; about {entry.time}" for entry in catalogue)
    made = argparse.ArgumentParser(
        prog="deploy/bench", formatter_class=argparse.RawDescriptionHelpFormatter, usage="deploy/bench [options]",
        description="What the gateway costs on this machine, each figure beside a yardstick that is measured in the same run. Not a test: "
                    "nothing fails when the machine is slow. It builds with optimisation first (the first time some minutes).",
        epilog=f"rows, with the time of five runs on two cores:\n{rows}\n\nThe method and a table: Sources/Carillon.docc/Performance.md.")
    made.add_argument("bin", nargs="?", help=argparse.SUPPRESS)
    made.add_argument("tools", nargs="?", help=argparse.SUPPRESS)
    made.add_argument("--only", metavar="T2,T5,d", help="these rows only; a, b, c, e are T1, T2 and T3, T5 and T14, T7")
    made.add_argument("--runs", type=int, default=5, help="of each figure; what counts is the median (default 5)")
    made.add_argument("--quick", action="store_true", help="small sizes and one run, to try the bench itself: some five minutes")
    made.add_argument("--full", action="store_true", help="T9 up to 5,000,000 devices: some twenty minutes more, and 4 GB of disk")
    made.add_argument("--cold", action="store_true", help="T15: clone into a temporary folder and time demo and tests, up to an hour")
    made.add_argument("--results", metavar="FILE", help="where every run's figures go (default: results.json in the work folder)")
    made.add_argument("--draw", metavar="FOLDER", help="draw cost against size there, as SVG")
    made.add_argument("--document", metavar="FILE", help="put the table into this document, between its marks")
    made.add_argument("--show", metavar="FILE", help="measure nothing: table and drawings of recorded results")
    made.add_argument("--scratch", metavar="FOLDER", help="where it is built (default .build)")
    made.add_argument("--perf", action="store_true", help="record the large events of T2 and T3 with perf")
    return made


def read(catalogue, words):
    made = parser(catalogue)
    options = made.parse_args(words)
    numbers = [entry.number for entry in catalogue]
    asked = options.only.split(",") if options.only else numbers
    options.rows = [number for word in asked for number in ALIASES.get(word, [word])]
    unknown = [number for number in options.rows if number not in numbers]
    if unknown:
        made.error(f"no such row: {', '.join(unknown)}; there are {', '.join(numbers)}")
    if options.runs < 1:
        made.error("--runs is at least 1")
    if options.quick:
        options.runs = 1
    options.sizes = sizes(options.quick, options.full)
    return options
