"""Many clients scan into the same kits, over HTTP, while the server's processes are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from hoffice import clock
from hoffice.accounts.rules import Role
from hoffice.audit import queries as audit
from hoffice.db import db
from hoffice.demo.models import DemoMark
from hoffice.kits import service
from hoffice.kits.models import CustodyEntry, Item, KitItem, Location, Scan, Teardown
from hoffice.kits.rules import Holder, HolderKind, ItemKind, LocationKind
from hoffice.kits.service import teardown
from hoffice.settings import Settings
from tests import makers
from tests.browser import live
from tests.conftest import Given
from tests.kits import scene
from tests.pageclient import PageClient
from tests.ports import free_port

CLIENTS = 8
DESKS_AT_ONCE = 3
ROUNDS_PER_DESK = 60
"""So many scans are tried at a group of desks before the clients go on to the next ones."""
KINDS = (ItemKind.PC, ItemKind.MONITOR, ItemKind.MOUSE, ItemKind.LAMP)
ENDS_WITHIN_S = 180


@dataclass
class Crowd:
    """What the clients know: which scans were accepted, and how."""

    url: tuple[str, int]
    cookie: str
    token: str
    desks: list[int]
    known: list[str]
    """Tags of devices that stand at desks by the ledger; all others are new."""
    accepted: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """By scan: the desk, what it did, the tag."""
    tries: int = 0
    resent: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self, number: int, until: float) -> None:
        """One client: scans in a row, each until it has an answer."""
        chance = random.Random(number)  # noqa: S311  # a story to be told again, no secret
        while time.monotonic() < until:
            with self.lock:
                self.tries += 1
                group = self.tries // ROUNDS_PER_DESK
            desk = self.desks[
                (group * DESKS_AT_ONCE + chance.randrange(DESKS_AT_ONCE)) % len(self.desks)
            ]
            tag = f"T{group:04d}-{chance.randrange(40):03d}"
            if self.known and chance.random() < 0.3:
                tag = self.known[(group * 7 + chance.randrange(9)) % len(self.known)]
            scan = {"id": str(uuid.uuid4()), "code": tag, "kind": chance.choice(KINDS).value}
            first = self._until_answered(desk, scan, chance)
            if chance.random() < 0.25:  # the answer was lost on its way
                again = self._until_answered(desk, scan, chance)
                if first["ok"] and again.get("did") != first["did"]:
                    self.wrong.append(f"{scan}: {first} and then {again}")

    def _until_answered(
        self, desk: int, scan: dict[str, str], chance: random.Random
    ) -> dict[str, object]:
        deadline = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < deadline:
            answer = self._sent(desk, scan, patience_s=chance.choice((0.02, 20, 20, 20)))
            if answer is None:
                with self.lock:
                    self.resent += 1
                time.sleep(0.05)
                continue
            with self.lock:
                if answer["ok"]:
                    self.accepted[scan["id"]] = (desk, str(answer["did"]), scan["code"])
                else:
                    self.refused += 1
            return answer
        raise AssertionError(f"{scan} was never answered")

    def _sent(
        self, desk: int, scan: dict[str, str], *, patience_s: float
    ) -> dict[str, object] | None:
        """One try; None where the network, the patience or the server gave up."""
        connection = HTTPConnection(*self.url, timeout=patience_s)
        try:
            connection.request(
                "POST",
                f"/geraete/abbau/{desk}/scan",
                json.dumps(scan),
                {
                    "Content-Type": "application/json",
                    "Cookie": self.cookie,
                    "X-CSRFToken": self.token,
                },
            )
            response = connection.getresponse()
            body = response.read()
            is_json = response.headers.get_content_type() == "application/json"
            if response.status in {400, 403, 404}:
                raise AssertionError(f"{response.status}: {body[:500]!r}")
            return json.loads(body) if is_json else None
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()


def crowd_in(app: Flask, given: Given, *, desks: int, known: int) -> Crowd:
    """Desks that were begun, devices that stand at desks, and one account for all clients."""
    with given():
        db.session.add(DemoMark(id=1, made_at=clock.now(), day_three=clock.today()))
        account = makers.account(Role.IT)
        who = (account.id, account.session_epoch)
        kit_type = makers.kit_type()
        rows = [
            teardown.begin(makers.employee(f"Person {n}").id, kit_type.id, by=makers.IT)
            for n in range(desks)
        ]
        numbers = [row.id for row in rows]
        place = Location(
            code="L00001", name="Platz 1", kind=LocationKind.DESK, created_at=clock.now()
        )
        db.session.add(place)
        db.session.flush()
        tags = [f"HW-{n:05d}" for n in range(known)]
        items = [service.add_item(tag, ItemKind.PC, by=makers.IT) for tag in tags]
        at = Holder(HolderKind.DESK, place.id)
        service.hand_to([one.id for one in items], at, by=makers.IT, because="item:1")
    client = PageClient(app)
    client.be_account(*who)
    token = client.token()
    cookie = client.client.get_cookie("hoffice")
    assert cookie is not None
    return Crowd(("127.0.0.1", 0), f"hoffice={cookie.value}", token, numbers, tags)


@contextmanager
def serving(
    settings: Settings, folder: Path, processes: int
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Gunicorn with so many processes over the database under test: its port, and its master."""
    port = free_port()
    env = live.environment(folder, port=port) | {
        "HOFFICE_DATABASE_URL": settings.database_url,
        "HOFFICE_WEB_PROCESSES": str(processes),
    }
    program = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(program, cwd=live.ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait_for(port, folder / "server.log", server)
            yield port, server
        finally:
            server.terminate()
            try:
                server.wait(timeout=ENDS_WITHIN_S)
            finally:
                server.kill()


def _wait_for(port: int, log: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/gesund")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError(f"the house does not start:\n{log.read_text(encoding='utf-8')}")


def kill_children(server: subprocess.Popen[bytes]) -> int:
    """Kill every process that answers requests, at once and without a word; how many they were."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("ascii").split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    return len(children)


def scanned(
    app: Flask,
    given: Given,
    settings: Settings,
    folder: Path,
    *,
    seconds: float,
    kills: int,
    processes: int,
) -> Crowd:
    """Let the clients scan for so long, kill the server's processes so often, count afterwards."""
    crowd = crowd_in(app, given, desks=int(12 + seconds * 4), known=int(20 + seconds * 8))
    with serving(settings, folder, processes) as (port, server):
        crowd.url = ("127.0.0.1", port)
        until = time.monotonic() + seconds
        clients = [
            threading.Thread(target=_told, args=(crowd, number, until)) for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for _ in range(kills):
            time.sleep(seconds / (kills + 1))
            assert kill_children(server) > 0
        for client in clients:
            client.join()
    assert crowd.wrong == []
    with app.app_context():
        _count(crowd)
    return crowd


def _told(crowd: Crowd, number: int, until: float) -> None:
    """A client whose complaint is heard."""
    try:
        crowd.work(number, until)
    except Exception as error:  # noqa: BLE001  # whatever it was: the test reports it
        crowd.wrong.append(repr(error))


def _count(crowd: Crowd) -> None:
    """Every accepted scan is in the books once, no device has two holders, and the sums agree."""
    kept = {one.id: one for one in db.session.scalars(sa.select(Scan))}
    assert set(kept) == set(crowd.accepted)
    for number, (desk, did, code) in crowd.accepted.items():
        scan = kept[number]
        assert (scan.subject, scan.answer["did"], scan.code) == (f"teardown:{desk}", did, code)

    put_in = {number: told for number, told in crowd.accepted.items() if told[1] in teardown.PUT_IN}
    tags = Counter(tag for _desk, _did, tag in put_in.values())
    assert max(tags.values()) == 1  # each device was laid in by one scan only
    items = {one.asset_tag: one for one in db.session.scalars(sa.select(Item))}
    kits = {one.id: one.kit_id for one in db.session.scalars(sa.select(Teardown))}
    places = {one.item_id: one.kit_id for one in db.session.scalars(sa.select(KitItem))}
    assert places == {items[tag].id: kits[desk] for desk, _did, tag in put_in.values()}

    lines = Counter(
        (line.item_id, line.because)
        for line in db.session.scalars(
            sa.select(CustodyEntry).where(CustodyEntry.because.startswith("teardown:"))
        )
    )
    assert lines == {(items[tag].id, f"teardown:{desk}"): 1 for desk, _did, tag in put_in.values()}
    assert len(items) == len(crowd.known) + sum(did == "new" for _d, did, _t in put_in.values())
    scene.assert_order()
    assert audit.first_break() is None
