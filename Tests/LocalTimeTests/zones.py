"""Answers of an independent implementation, Python's zoneinfo: reads {"zones":true,"offsets":[[zone,seconds]],"openings":[…],"policies":[…]} and writes the
same shape."""
import datetime, json, sys, zoneinfo

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
# The time of schools overseas, by the beginning of a UAI [Annexes of the code of the INSEE, zone1970.tab].
OVERSEAS = {"971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne", "974": "Indian/Reunion", "975": "America/Miquelon",
            "976": "Indian/Mayotte", "977": "America/St_Barthelemy", "978": "America/Marigot", "983": "Pacific/Noumea", "988": "Pacific/Noumea",
            "984": "Pacific/Tahiti", "987": "Pacific/Tahiti", "986": "Pacific/Wallis"}


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
    """Minute after minute; None when none of `length` seconds lets ring."""
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


def department(text):
    """How a UAI begins."""
    return {"2A": "620", "2B": "720"}.get(text, text.zfill(3))


def rule(policy, school):
    """The hours of a school, as the configuration and the calendar say; None for one that is never quiet."""
    own = policy["schools"].get(school)
    if own == []:
        return None
    holidays = []
    if policy["holidays"]:
        holidays = [days for zone in policy["calendar"] if school[:3] in map(department, zone["departments"]) for days in zone["holidays"]]
    pauses = policy["pauses"] if own is None else own
    return {"zone": OVERSEAS.get(school[:3], "Europe/Paris"), "pauses": pauses, "days": holidays} if pauses or holidays else None


def policy(question):
    """The opening for somebody who is concerned through these schools and may have hours of his or her own."""
    rules = [rule(question["policy"], school) for school in question["schools"]]
    if question["own"]:
        rules.append({**question["own"], "days": []})
    return opening({**question, "rules": [rule for rule in rules if rule]})


question = json.load(sys.stdin)
json.dump({
    "zones": sorted(zoneinfo.available_timezones()) if question.get("zones") else [],
    "offsets": [offset(*item) for item in question.get("offsets", [])],
    "openings": [opening(item) for item in question.get("openings", [])],
    "policies": [policy(item) for item in question.get("policies", [])]}, sys.stdout)
