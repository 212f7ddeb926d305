#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desktop file, metainfo, schema, icons, D-Bus service and the list of files to translate."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import tap  # noqa: E402

SOURCE, BUILD = sys.argv[1:3]
del sys.argv[1:3]
ID = "io.github.moltzer.Moltzer"

suite = tap.Suite(limit=60)


def run(*command):
    if shutil.which(command[0]) is None:
        raise tap.Skip(f"there is no {command[0]}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    tap.check(done.returncode == 0, f"{os.path.basename(command[0])}: {done.stdout}{done.stderr}")
    return done.stdout


def built(name):
    return os.path.join(BUILD, "data", name)


def source(*names):
    return os.path.join(SOURCE, *names)


def desktop():
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read(built(ID + ".desktop"), encoding="utf-8")
    return parser


@suite.test("the desktop file is valid")
def desktop_file():
    out = run("desktop-file-validate", "--warn-kde", built(ID + ".desktop"))
    tap.equal(out, "", "warnings")


@suite.test("the desktop file names what is there")
def desktop_names():
    entry = desktop()["Desktop Entry"]
    tap.equal(entry["Icon"], ID, "icon")
    for action in filter(None, entry["Actions"].split(";")):
        tap.check(f"Desktop Action {action}" in desktop(), f"no action {action}")
    service = configparser.ConfigParser(interpolation=None)
    service.optionxform = str
    service.read(built(ID + ".service"), encoding="utf-8")
    tap.equal(service["D-BUS Service"]["Name"], ID, "name on the bus")
    tap.check(service["D-BUS Service"]["Exec"].endswith("/moltzer --gapplication-service"), "what the bus starts")


@suite.test("the metainfo is valid")
def metainfo():
    run("appstreamcli", "validate", "--no-net", "--explain", built(ID + ".metainfo.xml"))


@suite.test("metainfo and NEWS know the same newest version")
def releases():
    newest = ElementTree.parse(built(ID + ".metainfo.xml")).getroot().find("releases/release").get("version")
    with open(source("NEWS.md"), encoding="utf-8") as stream:
        first = re.search(r"^## (\d+\.\d+\.\d+)", stream.read(), re.MULTILINE)
    tap.equal(newest, first.group(1), "version")


@suite.test("the schema is valid, and each key says what it is for")
def schema():
    run("glib-compile-schemas", "--strict", "--dry-run", source("data"))
    for key in ElementTree.parse(source("data", ID + ".gschema.xml")).getroot().iter("key"):
        for part in ("summary", "description"):
            tap.check((key.findtext(part) or "").strip(), f"{key.get('name')} has no {part}")


@suite.test("the icons are SVG of the right sizes")
def icons():
    for path, size in ((("scalable", "apps", ID + ".svg"), "128"), (("symbolic", "apps", ID + "-symbolic.svg"), "16")):
        root = ElementTree.parse(source("data", "icons", "hicolor", *path)).getroot()
        tap.equal((root.tag, root.get("width"), root.get("height")), ("{http://www.w3.org/2000/svg}svg", size, size), path[-1])


@suite.test("every file with texts is in po/POTFILES, and nothing else is")
def potfiles():
    with open(source("po", "POTFILES"), encoding="utf-8") as stream:
        listed = [line.strip() for line in stream if line.strip() and not line.startswith("#")]
    found = []
    for folder, _, names in os.walk(source("src")):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
            if name.endswith(".c"):
                has_texts = re.search(r"\b(?:N?C?_|ngettext|g_dngettext|dgettext) ?\(\s*\"", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
            else:
                has_texts = name.endswith(".ui") and 'translatable="yes"' in text
            if has_texts:
                found.append(os.path.relpath(path, SOURCE))
    data = [f"data/{ID}.{kind}" for kind in ("desktop.in", "gschema.xml", "metainfo.xml.in")]
    tap.equal(sorted(set(found) | set(data)), listed, "the list")


sys.exit(suite.run())
