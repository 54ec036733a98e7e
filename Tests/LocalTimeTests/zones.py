"""Answers of an independent implementation, Python's zoneinfo: reads {"offsets":[[zone,seconds]],"openings":[…]} and writes the same shape."""
import datetime, json, sys, zoneinfo

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def offset(zone, seconds):
    moment = datetime.datetime.fromtimestamp(seconds, zoneinfo.ZoneInfo(zone))
    return int(moment.utcoffset().total_seconds())


def minute(text):
    words = text.split(" ")
    hour, minutes = words[-1].split(":")
    return (DAYS.index(words[0]) if len(words) == 2 else None), int(hour) * 60 + int(minutes)


def holds(pause, local):
    (day, start), (_, end) = minute(pause[0]), minute(pause[1])
    here = local.hour * 60 + local.minute
    length = 1440
    if day is not None:
        here += local.weekday() * 1440
        start += day * 1440
        end += DAYS.index(pause[1].split(" ")[0]) * 1440
        length = 7 * 1440
    end %= length
    return start <= here < end if start < end else here >= start or here < end


def opening(question):
    """Minute after minute; None when none of `days` days lets ring."""
    rules = [(zoneinfo.ZoneInfo(rule["zone"]), rule["pauses"], [[datetime.date.fromisoformat(day) for day in days] for days in rule["days"]])
             for rule in question["rules"]]
    moment = question["at"]
    while moment < question["at"] + question["length"]:
        quiet = False
        for zone, pauses, holidays in rules:
            local = datetime.datetime.fromtimestamp(moment, zone)
            quiet = quiet or any(holds(pause, local) for pause in pauses) or any(first <= local.date() <= last for first, last in holidays)
        if not quiet:
            return moment
        moment = moment - moment % 60 + 60
    return None


question = json.load(sys.stdin)
json.dump({"offsets": [offset(*item) for item in question["offsets"]], "openings": [opening(item) for item in question["openings"]]}, sys.stdout)
