"""The disks a power cut may leave, made of what disk-recorder.c wrote down.

What was synced is there. Of what was written since, each file has nothing, all, some writes, some sectors, or sectors of noise: a disk
keeps its own order and ends in the middle of a sector's neighbour, not in a sector (SQLite's test6.c; powersafe overwrite). A file that was
made, or unlinked, since its folder was synced may be there or not.
"""
import os, struct

HEADER = struct.Struct("<QQIBB")
SECTOR = 512


def records(trace):
    """(nanoseconds, kind, name, offset, bytes) in the order of the calls; a last one cut short is left out."""
    with open(trace, "rb") as file:
        content = file.read()
    position = 0
    while position + HEADER.size <= len(content):
        time, offset, size, length, kind = HEADER.unpack_from(content, position)
        position += HEADER.size
        if position + length + size > len(content):
            return
        name = content[position:position + length].decode()
        yield time, chr(kind), name, offset, content[position + length:position + length + size]
        position += length + size


class Disk:
    """What is synced and what is not, after the records so far."""

    def __init__(self, folder=None):
        self.synced, self.pending, self.made, self.unlinked = {}, {}, set(), {}
        for name in os.listdir(folder) if folder else []:
            if name.endswith((".db", ".db-wal", ".db-journal")):
                with open(os.path.join(folder, name), "rb") as file:
                    self.synced[name] = bytearray(file.read())

    def apply(self, kind, name, offset, data):
        if kind == "C":
            self.synced[name], self.pending[name] = bytearray(), []
            self.made.add(name)
        elif kind in "WTA":
            self.pending.setdefault(name, []).append((kind, offset, data))
        elif kind == "S":
            for change in self.pending.pop(name, []):
                carry_out(self.synced[name], *change)
        elif kind == "U":
            if name in self.made:
                self.made.discard(name)
            else:
                self.unlinked[name] = bytes(self.synced[name])
            self.synced.pop(name, None)
            self.pending.pop(name, None)
        elif kind == "D":
            self.made.clear()
            self.unlinked.clear()

    def unsynced(self):
        return sum(map(len, self.pending.values()))

    def cut(self, folder, chance):
        """Writes the files of one possible disk into a new folder; returns what was made of each."""
        os.makedirs(folder, 0o700)
        ways = {}
        for name, content in [*self.unlinked.items(), *self.synced.items()]:
            if name in self.unlinked and (name in self.synced or chance.random() < 0.5):
                continue
            if name in self.made and chance.random() < 0.5:
                ways[name] = "absent"
                continue
            content = bytearray(content)
            changes = self.pending.get(name, [])
            if changes:
                ways[name] = chance.choice(WAYS)
                for change in ways[name](changes, chance):
                    carry_out(content, *change)
                ways[name] = ways[name].__name__
            with open(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(content)
        return ways


def carry_out(content, kind, offset, data):
    if kind == "T":
        del content[offset:]
    end = offset + len(data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if kind == "W":
        content[offset:end] = data


# --- what becomes of changes that were not synced -----------------------------------------------------------------------------------
def nothing(changes, chance):
    return []


def everything(changes, chance):
    return changes


def some_writes(changes, chance):
    """In any order on their way to the disk, so any of them may be missing."""
    return [change for change in changes if chance.random() < 0.5]


def some_sectors(changes, chance):
    return [sector for sector in sectors(changes) if sector[0] != "W" or chance.random() < 0.7]


def torn_end(changes, chance):
    """In order, up to the middle of a write."""
    whole = sectors(changes)
    return whole[:chance.randint(0, len(whole))]


def only_the_last(changes, chance):
    whole = sectors(changes)
    return whole[chance.randint(0, len(whole)):]


def noise(changes, chance):
    """Sectors that were being written hold anything."""
    return [(kind, offset, chance.randbytes(len(data)) if kind == "W" and chance.random() < 0.2 else data)
            for kind, offset, data in some_sectors(changes, chance)]


WAYS = [nothing, everything, some_writes, some_sectors, torn_end, only_the_last, noise]


def sectors(changes):
    """The same changes with writes cut at the sectors of the file."""
    parts = []
    for kind, offset, data in changes:
        if kind != "W":
            parts.append((kind, offset, data))
            continue
        position = 0
        while position < len(data):
            size = min(SECTOR - (offset + position) % SECTOR, len(data) - position)
            parts.append((kind, offset + position, data[position:position + size]))
            position += size
    return parts
