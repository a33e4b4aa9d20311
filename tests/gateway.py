"""A gateway as somebody else would write it: fetches from the folder of each body and brings to the folder of another.

    gateway.py CODE=FOLDER ... [--twice]

`--twice`: everything is brought a second time, under another name and with one more entry in its trace.
It keeps nothing in memory: killed at any moment, it goes on from what lies in the folders.
"""
import json
import os
import sys
import time


def put(folder, name, content):
    unfinished = os.path.join(folder, "." + name)
    with open(unfinished, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(unfinished, os.path.join(folder, name))
    settle(folder)


def settle(folder):
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def traced(content):
    entry = "<edXML:TraceHeader><edXML:OrganId>000.00.00.G00</edXML:OrganId><edXML:Timestamp>2026/11/24 14:05:09</edXML:Timestamp></edXML:TraceHeader>"
    return content.replace(b"<edXML:Bussiness", entry.encode() + b"<edXML:Bussiness", 1)


def deliver(bodies, home, name, twice):
    message, to = name.removesuffix(".edxml").rsplit("~", 1)
    with open(os.path.join(home, "taken", name), "rb") as file:
        content = file.read()
    if to in bodies:
        put(os.path.join(bodies[to], "in"), name, content)
        if twice:
            put(os.path.join(bodies[to], "in"), "again-" + name, traced(content))
        said = {"id": message, "state": "delivered"}
    else:
        said = {"id": message, "state": "rejected", "reason": "Cổng không biết " + to}
    put(os.path.join(home, "status"), message + ".json", json.dumps(said).encode())


def names(folder):
    try:
        return sorted(n for n in os.listdir(folder) if not n.startswith(".") and n.endswith(".edxml"))
    except FileNotFoundError:
        return []


def main():
    twice = "--twice" in sys.argv
    bodies = dict(a.split("=", 1) for a in sys.argv[1:] if "=" in a)
    while True:
        for home in bodies.values():
            for name in names(os.path.join(home, "out")):
                try:
                    os.rename(os.path.join(home, "out", name), os.path.join(home, "taken", name))
                except FileNotFoundError:
                    continue  # withdrawn meanwhile
                settle(os.path.join(home, "taken"))
                settle(os.path.join(home, "out"))
            for name in names(os.path.join(home, "taken")):
                answer = os.path.join(home, "status", name.rsplit("~", 1)[0] + ".json")
                if not os.path.exists(answer):
                    try:
                        deliver(bodies, home, name, twice)
                    except FileNotFoundError:
                        continue  # heard and cleared away meanwhile
        time.sleep(0.05)


main()
