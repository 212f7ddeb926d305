# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs moltzer in a real window and finds things in it as a screen reader does: by role and name, over AT-SPI.

Everything is this program's own: an X server, a session bus, a home. Import it before anything that speaks D-Bus."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import ctl
import tap

TIMEOUT = int(os.environ.get("MOLTZER_TIMEOUT", "20"))  # seconds that anything may take to show up; the machine may be busy

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"

_started = []


def _stop_all():
    for process in reversed(_started):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


atexit.register(_stop_all)


def _missing():
    for tool, package in (("Xvfb", "xvfb"), ("dbus-daemon", "dbus-daemon"), ("xdotool", "xdotool"), ("import", "imagemagick"),
                          ("xwininfo", "x11-utils")):
        if shutil.which(tool) is None:
            return f"there is no {tool} (package {package})"
    if not os.path.exists(LAUNCHER):
        return "there is no at-spi-bus-launcher (package at-spi2-core)"
    return None


def _start_display():
    """An X server on a free display number. It does not start over when its last program has gone: the next one might come just then."""
    reader, writer = os.pipe()
    process = subprocess.Popen(["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"],
                               pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _started.append(process)
    os.close(writer)
    with os.fdopen(reader) as stream:
        number = stream.readline().strip()
    if not number:
        tap.skip_all("the X server did not start")
    os.environ["DISPLAY"] = ":" + number
    os.environ.pop("WAYLAND_DISPLAY", None)
    # It names its number before it takes everybody.
    for _ in range(50):
        if subprocess.run(["xdotool", "getmouselocation"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return
    tap.skip_all("the X server takes nobody")


# Only what makes programs accessible is started on demand: no keyring asks for a password in the middle of a test.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def _start_bus():
    folder = tempfile.mkdtemp(prefix="moltzer-bus-")
    atexit.register(shutil.rmtree, folder, True)
    with open(os.path.join(folder, "org.a11y.Bus.service"), "w", encoding="ascii") as stream:
        stream.write(f"[D-BUS Service]\nName=org.a11y.Bus\nExec={LAUNCHER}\n")
    config = os.path.join(folder, "session.conf")
    with open(config, "w", encoding="ascii") as stream:
        stream.write(BUS.format(folder=folder))
    process = subprocess.Popen(["dbus-daemon", "--config-file", config, "--nofork", "--print-address=1"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    _started.append(process)
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = process.stdout.readline().strip()


_reason = _missing()
if _reason is None:
    try:
        import gi
        gi.require_version("Atspi", "2.0")
    except (ImportError, ValueError):
        _reason = "there are no Python bindings for AT-SPI (packages python3-gi, gir1.2-atspi-2.0)"
if _reason is not None:
    tap.skip_all(_reason)

os.environ.pop("AT_SPI_BUS_ADDRESS", None)
_start_display()
_start_bus()

from gi.repository import Atspi, Gio, GLib  # noqa: E402  (the bus is there first)

Atspi.init()

CACHED = Atspi.Cache.PARENT | Atspi.Cache.ROLE | Atspi.Cache.INTERFACES  # what never changes; the rest is asked anew
TEXT = "text"
BUTTONS = ("push button", "toggle button", "button")


class Notification:
    def __init__(self, number, title, body, actions):
        self.number, self.title, self.body = number, title, body
        self.actions = dict(zip(actions[1::2], actions[0::2]))  # by label


class Notifications:
    """The desktop's notification server (Desktop Notifications Specification 1.2), as far as a program asks for it."""

    NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    XML = """
    <node><interface name="org.freedesktop.Notifications">
      <method name="GetCapabilities"><arg type="as" direction="out"/></method>
      <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
        <arg type="s" direction="out"/></method>
      <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
        <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
        <arg type="u" direction="out"/></method>
      <method name="CloseNotification"><arg type="u" direction="in"/></method>
      <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
      <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
    </interface></node>
    """

    def __init__(self):
        self.shown, self.closed, self.seen = [], [], 0
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self.bus.register_object(self.PATH, Gio.DBusNodeInfo.new_for_xml(self.XML).interfaces[0], self._call, None, None)
        owned = []
        Gio.bus_own_name_on_connection(self.bus, self.NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: owned.append(True), None)
        tap.check(iterate(lambda: owned), "the name of the notification server is taken")

    def _call(self, bus, sender, path, interface, method, arguments, invocation):
        if method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body", "persistence"],)))
        elif method == "GetServerInformation":
            invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))
        elif method == "Notify":
            values = arguments.unpack()
            number = len(self.shown) + 1
            self.shown.append(Notification(number, values[3], values[4], values[5]))
            invocation.return_value(GLib.Variant("(u)", (number,)))
        else:
            self.closed.append(arguments.unpack()[0])
            invocation.return_value(None)

    def forget(self):
        self.seen = len(self.shown)

    def wait(self):
        """The first since forget()."""
        tap.check(iterate(lambda: len(self.shown) > self.seen), "nothing was notified")
        return self.shown[self.seen]

    def press(self, notification, label):
        tap.check(label in notification.actions, f"no button {label!r}, only {list(notification.actions)}")
        self._invoke(notification, notification.actions[label])

    def activate(self, notification):
        self._invoke(notification, "default")

    def _invoke(self, notification, key):
        self.bus.emit_signal(None, self.PATH, self.NAME, "ActionInvoked", GLib.Variant("(us)", (notification.number, key)))


class Keyring:
    """gnome-keyring on the bus, unlocked with an empty password, for as long as the block lasts."""

    NAME = "org.freedesktop.secrets"

    def __init__(self, home):
        self.home = home
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)

    def __enter__(self):
        environment = self.home.environment()
        environment.pop("G_DEBUG", None)
        self.process = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"], env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _started.append(self.process)
        self.process.stdin.write(b"\n")
        self.process.stdin.close()
        if not iterate(self.is_there, 10):
            raise tap.Skip("gnome-keyring-daemon does not come up")
        return self

    def is_there(self):
        return self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                                  GLib.Variant("(s)", (self.NAME,)), None, Gio.DBusCallFlags.NONE, 5000, None).unpack()[0]

    def count(self):
        """How many secrets of this program there are."""
        found = self.bus.call_sync(self.NAME, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "SearchItems",
                                   GLib.Variant("(a{ss})", ({"xdg:schema": "io.github.moltzer.Moltzer"},)), None, Gio.DBusCallFlags.NONE, 5000, None)
        return sum(len(items) for items in found.unpack())

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(10)
        iterate(lambda: not self.is_there(), 10)


def program():
    return os.environ.get("MOLTZER") or os.path.join(ctl.ROOT, "_build", "src", "ui", "moltzer")


def shots():
    """Where screenshots are left: the build's folder."""
    folder = os.environ.get("MOLTZER_SCREENSHOTS") or os.path.join(ctl.ROOT, "_build", "screenshots")
    os.makedirs(folder, exist_ok=True)
    return folder


def iterate(until, timeout=TIMEOUT):
    """Lets events come until the condition holds; looked at again after each event and ten times a second. Returns its value."""
    context = GLib.MainContext.default()
    deadline = time.monotonic() + timeout
    while True:
        value = until()
        if value or time.monotonic() > deadline:
            return value
        tick = GLib.timeout_source_new(100)
        tick.attach(context)
        context.iteration(True)
        tick.destroy()


def _children(node):
    try:
        return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count())) if child is not None]
    except GLib.Error:  # it went away meanwhile
        return []


def _states(node):
    try:
        return node.get_state_set()
    except GLib.Error:
        return Atspi.StateSet.new([])


def is_showing(node):
    """Shown, or scrolled out of view: it has a place. GTK 4.8 says "showing" of windows alone."""
    if not _states(node).contains(Atspi.StateType.VISIBLE):
        return False
    try:
        if node.get_component_iface() is None:  # a page of a stack, say: what is in it counts
            return True
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
    except GLib.Error:
        return False
    return box.width > 0 and box.height > 0


CLIPBOARD = """
import sys
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, GLib, Gtk
Gtk.init()
loop = GLib.MainLoop()


def read(clipboard, result):
    try:
        sys.stdout.write(clipboard.read_text_finish(result) or "")
    except GLib.Error:
        pass
    loop.quit()


Gdk.Display.get_default().get_clipboard().read_text_async(None, read)
loop.run()
"""


def clipboard():
    """The text another program would paste."""
    return subprocess.run([sys.executable, "-W", "ignore", "-c", CLIPBOARD], env={**os.environ, "GDK_BACKEND": "x11", "GTK_A11Y": "none"},
                          capture_output=True, text=True, timeout=TIMEOUT, check=False).stdout


class Node:
    """One thing on the screen."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        try:
            name = self.accessible.get_name() or ""
        except GLib.Error:
            return ""
        # GTK 4.8 says the label and the text of the label that belongs to it: of a button with a mnemonic, of a switch in a row.
        half = len(name) // 2
        twice = name[half:half + 1] == " " and name[:half].replace("_", "", 1) == name[half + 1:]
        return name[half + 1:] if twice else name

    @property
    def role(self):
        try:
            return self.accessible.get_role_name()
        except GLib.Error:
            return ""

    @property
    def description(self):
        try:
            return self.accessible.get_description() or ""
        except GLib.Error:
            return ""

    def has(self, state):
        return _states(self.accessible).contains(getattr(Atspi.StateType, state.upper()))

    @property
    def enabled(self):
        return self.has("sensitive")

    def walk(self):
        """All that is showing below it, itself included."""
        if not is_showing(self.accessible) and self.role != "application":
            return
        yield self
        for child in _children(self.accessible):
            yield from Node(child).walk()

    def texts(self):
        """The words on the screen, in order."""
        return [node.text or node.name for node in self.walk() if node.role in ("label", "text", "heading", "paragraph")]

    @property
    def text(self):
        """The text in it, as the person may select it."""
        try:
            if not self.accessible.get_text_iface():
                return ""
            return Atspi.Text.get_text(self.accessible, 0, Atspi.Text.get_character_count(self.accessible))
        except GLib.Error:
            return ""

    def actions(self):
        try:
            return [Atspi.Action.get_action_name(self.accessible, i) for i in range(Atspi.Action.get_n_actions(self.accessible))]
        except GLib.Error:
            return []

    def do(self, action):
        names = self.actions()
        tap.check(action in names, f"{self} has no action {action}, only {names}")
        Atspi.Action.do_action(self.accessible, names.index(action))

    def click(self):
        iterate(lambda: self.enabled, 5)
        tap.check(self.enabled, f"{self} is not sensitive")
        if "click" in self.actions():
            self.do("click")
        else:
            self.press()

    def extents(self):
        box = Atspi.Component.get_extents(self.accessible, Atspi.CoordType.WINDOW)
        return box.x, box.y, box.width, box.height

    def press(self, button=1):
        """With the mouse, where it is on the screen."""
        x, y, width, height = self.extents()
        subprocess.run(["xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", str(button)], check=True)

    def focus(self):
        """With the mouse: GTK 4.8 does not give the focus on demand."""
        self.press()
        iterate(lambda: self.has("focused"), 2)

    def set_text(self, text):
        tap.check(Atspi.EditableText.set_text_contents(self.accessible, text), f"{self} takes no text")

    def find(self, role=None, name=None, showing=True):
        """The first of its kind below it, or None. A name ending in an ellipsis is a beginning; a pattern is searched."""
        for node in self.walk():
            if role is not None and node.role not in (role if isinstance(role, tuple) else (role,)):
                continue
            if name is None or _matches(name, node.name):
                return node
        return None

    def find_all(self, role=None, name=None):
        return [node for node in self.walk()
                if (role is None or node.role in (role if isinstance(role, tuple) else (role,))) and (name is None or _matches(name, node.name))]

    def __repr__(self):
        return f"<{self.role} {self.name!r}>"


def _matches(wanted, name):
    if isinstance(wanted, re.Pattern):
        return wanted.search(name) is not None
    if wanted.endswith("…"):
        return name.startswith(wanted[:-1])
    return name == wanted


# GIO warns when there is none.
notifications = Notifications()


class App:
    """moltzer, started in a home of its own. As a context: stopped at its end, and a CRITICAL or WARNING in its log is an error."""

    def __init__(self, *arguments, home=None, settings=None, environment=None, size=(1080, 760)):
        self.own_home = home is None
        self.home = home or ctl.Home()
        self.arguments = arguments
        self.settings = settings
        self.extra = environment or {}
        self.size = size
        self.process = None
        self.log = self.home.file("moltzer.log")

    def environment(self):
        return self.home.environment({
            "DISPLAY": os.environ["DISPLAY"],
            "DBUS_SESSION_BUS_ADDRESS": os.environ["DBUS_SESSION_BUS_ADDRESS"],
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi",
            "GIO_USE_PORTALS": "0",
            "ADW_DISABLE_PORTAL": "1",
            "GSETTINGS_BACKEND": "keyfile",
            "GSETTINGS_SCHEMA_DIR": os.environ.get("GSETTINGS_SCHEMA_DIR") or os.path.join(ctl.ROOT, "_build", "data"),
            "G_DEBUG": "fatal-warnings",
            "GTK_IM_MODULE": "gtk-im-context-simple",
            "XDG_DATA_DIRS": os.path.join(ctl.ROOT, "data") + ":/usr/local/share:/usr/share",
            **self.extra,
        })

    def __enter__(self):
        self.write_settings()
        self.start()
        return self

    def write_settings(self):
        folder = self.home.file("config/glib-2.0/settings")
        keyfile = os.path.join(folder, "keyfile")
        if os.path.exists(keyfile):
            return
        os.makedirs(folder, exist_ok=True)
        with open(keyfile, "w", encoding="utf-8") as stream:
            stream.write("[io/github/moltzer/Moltzer]\n")
            values = {"window-width": str(self.size[0]), "window-height": str(self.size[1]), **(self.settings or {})}
            stream.writelines(f"{key}={value}\n" for key, value in values.items())

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([program(), *self.arguments], env=self.environment(), stdout=log, stderr=subprocess.STDOUT)
        self.root = self.wait_application()
        self.window = self.wait("frame")

    def run_again(self, *arguments):
        """A second start: it hands over to the one that runs."""
        return subprocess.run([program(), *arguments], env=self.environment(), timeout=TIMEOUT, check=False, capture_output=True, text=True)

    def wait_application(self):
        def find():
            self.check_alive()
            for accessible in _children(Atspi.get_desktop(0)):
                try:
                    if accessible.get_process_id() == self.process.pid and accessible.get_child_count() > 0:
                        accessible.set_cache_mask(CACHED)
                        return Node(accessible)
                except GLib.Error:
                    pass
            return None
        node = iterate(find)
        tap.check(node is not None, f"there is no window\n{self.read_log()}")
        return node

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"moltzer ended with {self.process.returncode}\n{self.read_log()}")

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as stream:
            return stream.read()[-4000:]

    def find(self, role=None, name=None):
        return self.root.find(role, name)

    def find_all(self, role=None, name=None):
        return self.root.find_all(role, name)

    def wait(self, role=None, name=None, timeout=TIMEOUT):
        def look():
            self.check_alive()
            return self.root.find(role, name)
        node = iterate(look, timeout)
        if node is None:
            raise AssertionError(f"no {role} {name!r} came; there are {self.outline()}\n{self.read_log()}")
        return node

    def wait_gone(self, role=None, name=None, timeout=TIMEOUT):
        gone = iterate(lambda: self.root.find(role, name) is None, timeout)
        tap.check(gone, f"{role} {name!r} is still there")

    def wait_text(self, text, timeout=TIMEOUT):
        """Until these words are on the screen, anywhere."""
        def look():
            self.check_alive()
            return any(text in line for line in self.words())
        if not iterate(look, timeout):
            raise AssertionError(f"{text!r} is not on the screen; there are {self.words()}\n{self.read_log()}")

    def words(self):
        found = []
        for node in self.root.walk():
            found.extend(word for word in (node.name, node.text, node.description) if word)
        return found

    def wait_for(self, condition, what, timeout=TIMEOUT):
        def look():
            self.check_alive()
            return condition()
        value = iterate(look, timeout)
        tap.check(value, f"{what}; there are {self.outline()}")
        return value

    def outline(self):
        return [f"{node.role}:{node.name[:60]}" for node in self.root.walk() if node.name][-60:]

    def button(self, name):
        return self.wait(BUTTONS, name)

    def click(self, name):
        self.button(name).click()

    def fill(self, name, text):
        node = self.wait(("text", "entry", "password text"), name)
        node.set_text(text)
        return node

    def send(self, text):
        self.fill("Message", text)
        self.click("Send")

    def key(self, *keys):
        """Presses keys as a person does; xdotool's names."""
        self.raise_window()
        subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True)

    def type(self, text):
        self.raise_window()
        subprocess.run(["xdotool", "type", "--delay", "12", text], check=True)

    def window_ids(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], capture_output=True, text=True, check=False)
        return found.stdout.split()

    def toplevel_ids(self):
        """Without menus and the like, which get their keys from the window below them."""
        found = []
        for number in self.window_ids():
            told = subprocess.run(["xwininfo", "-id", number], capture_output=True, text=True, check=False).stdout
            if "Override Redirect State: no" in told:
                found.append(number)
        return found

    def raise_window(self):
        """There is no window manager to give the focus."""
        def look():
            self.check_alive()
            return self.toplevel_ids()
        ids = iterate(look)
        tap.check(ids, "the program has no X window")
        subprocess.run(["xdotool", "windowfocus", "--sync", ids[-1]], check=True, timeout=10)

    def scroll(self, x, y, up=0, down=0):
        """Turns the mouse's wheel there."""
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)
        for button, count in (("4", up), ("5", down)):
            if count:
                subprocess.run(["xdotool", "click", "--repeat", str(count), "--delay", "15", button], check=True)

    def settled(self, look):
        """What it says once it says the same for half a second."""
        last = [look(), time.monotonic()]

        def same():
            now = look()
            if now != last[0]:
                last[:] = [now, time.monotonic()]
            return time.monotonic() - last[1] > 0.5
        iterate(same)
        return last[0]

    def scroll_value(self):
        """Where the conversation is scrolled to, and how much there is to scroll."""
        value, highest = 0, 0
        for node in self.root.walk():
            try:  # the range in a scroll bar
                if node.accessible.get_value_iface():
                    maximum = Atspi.Value.get_maximum_value(node.accessible)
                    if maximum > highest:
                        value, highest = Atspi.Value.get_current_value(node.accessible), maximum
            except GLib.Error:
                pass
        return value, highest

    def content_height(self):
        return self.scroll_value()[1]

    def at_end(self):
        """Whether the end of the conversation is in view."""
        value, highest = self.scroll_value()
        return highest > 0 and value + self.window.extents()[3] >= highest

    def wait_growth(self):
        before = self.content_height()
        return self.wait_for(lambda: self.content_height() > before + 50, "the conversation does not grow")

    def rows(self):
        """The rows of the conversation in view, by their names."""
        return [node.name for node in self.root.walk() if node.name.startswith(("You:", "Assistant:", "Reasoning", "Tool ", "Error:"))]

    def first_row(self):
        rows = self.rows()
        return rows[0] if rows else None

    def scroll_to_top(self, until, times):
        x, y, width, height = self.window.extents()
        for _ in range(times):
            self.scroll(x + width * 2 // 3, y + height // 2, up=10)
            if iterate(until, 0.2):
                return
        raise AssertionError(f"after much scrolling: {self.rows()}")

    def sidebar_row(self, title):
        def look():
            return next((node for node in self.root.walk() if node.role == "list item" and (node.name == title or node.name.startswith(title + ","))), None)
        return self.wait_for(look, f"{title!r} is not in the sidebar")

    def open_chat(self, title):
        self.sidebar_row(title).press()
        self.wait_for(lambda: self.window.name.startswith(title), f"the window shows {self.window.name!r}")

    def session_menu(self, title, item):
        self.sidebar_row(title).press(button=3)
        self.wait("menu item", item).click()

    def choose_file(self, button, path):
        """Through GTK's own dialog: a path is typed as people who know it do."""
        before = set(self.window_ids())
        self.click(button)
        ids = iterate(lambda: [number for number in self.window_ids() if number not in before], 10)
        tap.check(ids, "no file dialog came")
        subprocess.run(["xdotool", "windowfocus", "--sync", ids[-1]], check=True, timeout=10)
        subprocess.run(["xdotool", "type", "--delay", "8", path], check=True)
        self.settled(lambda: len(self.window_ids()))
        subprocess.run(["xdotool", "key", "Return"], check=True)
        self.wait_for(lambda: ids[-1] not in self.window_ids(), "the file dialog does not close")

    def activate_window(self, action):
        """An action of the window, by its name."""
        self.wait_for(lambda: "win." + action in self.window.actions(), f"the window has no action {action}")
        self.window.do("win." + action)

    def lose_focus(self):
        """The person looks elsewhere. There is no other window: the focus goes where the pointer is, which is beside all of them."""
        subprocess.run(["xdotool", "mousemove", "1399", "999", "windowfocus", "1"], check=True, timeout=10)
        self.wait_for(lambda: not self.window.has("active"), "the window stays active")

    def activate(self, action):
        """An action of the application, as D-Bus activation and notifications do."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        name, parameter = action if isinstance(action, tuple) else (action, None)
        bus.call_sync("io.github.moltzer.Moltzer", "/io/github/moltzer/Moltzer", "org.freedesktop.Application", "ActivateAction",
                      GLib.Variant("(sava{sv})", (name, [parameter] if parameter is not None else [], {})), None, Gio.DBusCallFlags.NONE, 5000, None)

    def screenshot(self, name):
        """Of what stands still: pages fade into each other. What never does, as a spinner, is taken as it is after a second."""
        path = os.path.join(shots(), name + ".png")
        deadline = time.monotonic() + 1
        before = None
        while True:
            subprocess.run(["import", "-window", "root", "-silent", "-define", "png:exclude-chunks=date,time", path], check=True, timeout=30)
            with open(path, "rb") as file:
                now = file.read()
            if now == before or time.monotonic() > deadline:
                return path
            before = now

    def crop(self, path):
        """Only the window, not the empty screen around it."""
        x, y, width, height = self.window.extents()
        subprocess.run(["mogrify", "-crop", f"{width}x{height}+0+0", "+repage", path], check=True, timeout=30)

    def settled_screenshot(self, name):
        self.settled(self.rows)
        path = self.screenshot(name)
        self.crop(path)
        return path

    def stop(self):
        """As a person ends it: by its action. Its end is awaited."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.activate("quit")
            self.process.wait(10)
        except (GLib.Error, subprocess.TimeoutExpired):
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"moltzer did not end by itself\n{self.read_log()}") from None

    def __exit__(self, kind, value, traceback):
        try:
            if kind is None:
                self.stop()
                code = self.process.returncode
                tap.check(code == 0, f"moltzer ended with {code}\n{self.read_log()}")
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.own_home:
                self.home.__exit__(None, None, None)
