"""Every row, in the order of the table: its number, what it is, how long five runs of it take, who measures it."""
from dataclasses import dataclass
from typing import Callable

import row_accepts, row_deliveries, row_engine, row_idle, row_latency, row_more, row_newcomer, row_readers, row_region, row_restart, row_sizes


@dataclass
class Entry:
    number: str
    what: str
    time: str
    measure: Callable


ROWS = [
    Entry("T1", "engine alone, against h2load", "1 min", row_engine.engine),
    Entry("T2", "one event to 100,000 phones of APNs, against h2load", "1 min", row_deliveries.apns),
    Entry("T3", "one event to 100,000 phones of FCM, against h2load", "1 min", row_deliveries.fcm),
    Entry("T4", "one event to 20,000 browsers, against a loop that only encrypts", "1 min", row_deliveries.web_push),
    Entry("T5", "durable accepts of single events, against the server's own /livez", "3 min", row_accepts.accepts),
    Entry("T6", "idle: POST to request at the push service, 1,000 in a row", "2 min", row_latency.idle),
    Entry("T7", "a small event beside one to 100,000", "2 min", row_latency.beside_large),
    Entry("T8", "1,000,000 waiting over a restart: first push, memory", "6 min", row_restart.restart),
    Entry("T9", "cost of a delivery with 1,000 to 1,200,000 devices in the registry", "10 min", row_sizes.by_devices),
    Entry("T10", "bytes written to disk per delivery", "1 min", row_deliveries.written),
    Entry("T11", "device registrations, userinfo cached", "1 min", row_accepts.registrations),
    Entry("T12", "first push of an event to 1,000 to 1,000,000 phones", "6 min", row_sizes.first_push),
    Entry("T13", "an idle gateway: CPU, wake-ups, memory", "6 min", row_idle.idle),
    Entry("T14", "small events end to end, one phone each", "1 min", row_accepts.end_to_end),
    Entry("T15", "newcomer: demo and tests from nothing (with --cold)", "40 min with --cold, else nothing", row_newcomer.cold),
    Entry("d", "audience of a large event, forecasts", "1 min", row_more.audience),
    Entry("f", "a large event beside a lane whose push service is gone", "1 min", row_more.isolation),
    Entry("g", "commands that read beside the writer", "3 min", row_readers.readers),
    Entry("h", "import of a region's directory", "2 min", row_region.region),
    Entry("i", "a morning: what quiet hours have held is let go", "4 min", row_more.morning),
]
NUMBERS = [entry.number for entry in ROWS]
# T9 begins with a small registry, which the others of its kind want large: it goes before them.
LARGE = ["T9", "T8", "T12"]


def in_running_order(numbers):
    chosen = [entry for entry in ROWS if entry.number in numbers]
    return [entry for entry in chosen if entry.number not in LARGE] + [ROWS[NUMBERS.index(number)] for number in LARGE if number in numbers]
