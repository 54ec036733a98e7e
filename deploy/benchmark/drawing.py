"""A figure against size as a small SVG: no library, readable on light and dark ground."""
import math, os, statistics

from table import shown

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 76, 48, 48, 56
STYLE = """
  :root { color-scheme: light dark }
  text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px }
  .axis { stroke: #57606a } .grid { stroke: #d0d7de; stroke-width: .5 } .line { stroke: #0969da; stroke-width: 2; fill: none }
  .range { stroke: #0969da; stroke-width: 1 } .point { fill: #0969da } .target { stroke: #bc4c00; stroke-dasharray: 6 4 } .bound { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .axis { stroke: #8b949e } .grid { stroke: #373e47 } .line, .range { stroke: #58a6ff } .point { fill: #58a6ff }
    .target { stroke: #ffa657 } .bound { fill: #ffa657 }
  }"""


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def step(highest):
    """Of a scale from zero: 1, 2 or 5 times a power of ten, four to eight of them."""
    rough = highest / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def curve(title, x_label, y_label, points, bounds=()):
    """points: (size, runs); bounds: (size, bound), a target at that size. Sizes stand on a logarithmic scale, figures on one from zero."""
    points = sorted(points)
    low, high = math.log10(points[0][0]), math.log10(points[-1][0])
    top = max([max(runs) for _, runs in points] + [bound for _, bound in bounds]) * 1.08
    room = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM)

    def x(size):
        return LEFT + 16 + (room[0] - 32) * ((math.log10(size) - low) / (high - low) if high > low else 0.5)

    def y(value):
        return TOP + room[1] * (1 - value / top)
    parts = [f'<text class="title" x="{LEFT}" y="26">{escaped(title)}</text>']
    each = step(top)
    for number in range(int(top / each) + 1):
        at = y(number * each)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>'
                     f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{shown(number * each)}</text>')
    for size, runs in points:
        middle, at = statistics.median(runs), x(size)
        parts.append(f'<line class="axis" x1="{at:.1f}" y1="{HEIGHT - BOTTOM}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM + 5}"/>'
                     f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>'
                     f'<line class="range" x1="{at:.1f}" y1="{y(min(runs)):.1f}" x2="{at:.1f}" y2="{y(max(runs)):.1f}"/>'
                     f'<circle class="point" cx="{at:.1f}" cy="{y(middle):.1f}" r="3.5"/>'
                     f'<text class="small" x="{at + 7:.1f}" y="{y(middle) - 7:.1f}">{shown(middle)}</text>')
    path = " ".join(f"{x(size):.1f},{y(statistics.median(runs)):.1f}" for size, runs in points)
    parts.append(f'<polyline class="line" points="{path}"/>')
    for size, bound in bounds:
        parts.append(f'<line class="target" x1="{x(size) - 26:.1f}" y1="{y(bound):.1f}" x2="{x(size) + 26:.1f}" y2="{y(bound):.1f}"/>'
                     f'<text class="small bound" x="{x(size) - 26:.1f}" y="{y(bound) - 5:.1f}">target {shown(bound)}</text>')
    middle = TOP + room[1] / 2
    parts.append(f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>'
                 f'<text x="{LEFT + room[0] / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escaped(x_label)}</text>'
                 f'<text x="18" y="{middle}" text-anchor="middle" transform="rotate(-90 18 {middle})">{escaped(y_label)}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escaped(title)}">'
            f"<style>{STYLE}\n</style>\n" + "\n".join(parts) + "\n</svg>\n")


DRAWN = {
    "T9": ("cost-by-devices.svg", "Cost of a delivery by the size of the registry", "devices in the registry (log scale)",
           "CPU seconds for 10,000 deliveries"),
    "T12": ("first-push-by-size.svg", "First push by the size of the event", "phones of the event (log scale)", "milliseconds after the POST"),
}


def draw(results, folder):
    """The curves of the rows that have one; returns the files written."""
    os.makedirs(folder, exist_ok=True)
    written = []
    for row in results.rows:
        sized = [measure for measure in row.measures if measure.size and measure.runs]
        if row.number not in DRAWN or len(sized) < 2:
            continue
        name, title, x_label, y_label = DRAWN[row.number]
        bounds = [(measure.size, measure.target.bound) for measure in sized if measure.target]
        text = curve(title, x_label, y_label, [(measure.size, measure.runs) for measure in sized], bounds)
        written.append(os.path.join(folder, name))
        with open(written[-1], "w") as file:
            file.write(text)
    return written
