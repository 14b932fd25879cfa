"""What a kit carries in small parts, as the driver, the person and IT read it."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from hoffice.accounts.links import link_for
from hoffice.accounts.rules import Role
from hoffice.handover import service
from hoffice.people.rules import holder_of
from hoffice.runs.models import Run
from hoffice.units import Actor
from tests import makers
from tests.conftest import Given
from tests.handover import scene
from tests.handover.test_service_goods import NAME, ready_with_cables
from tests.pageclient import PageClient
from tests.runs.scene import book


def test_cables_stand_at_the_door_on_the_receipt_and_on_the_persons_page(
    app: Flask, given: Given, it: PageClient, tmp_path: Path
) -> None:
    with given():
        kit = ready_with_cables()
        kit_id, person = kit.id, kit.employee_id
        run: Run = scene.run_of([kit])
        stop_id, run_id = run.stops[0].id, run.id
        holder = holder_of(person)
        link = link_for(holder, book=book(), by=Actor.system(), employee_id=person)
        phone = PageClient(app)
        phone.be_holder(link.id)
        driver = makers.account(Role.DRIVER)
        run.shift.driver_id = driver.id
        at_the_wheel = PageClient(app)
        at_the_wheel.be_account(driver.id, driver.session_epoch)
    with given():
        scene.load(kit_id, run_id)
        service.start(run_id, by=scene.DRIVER)
    assert f"2&nbsp;×&nbsp;{NAME}" in at_the_wheel.get(f"/unterwegs/halt/{stop_id}").text
    assert f"2&nbsp;×&nbsp;{NAME}" in it.get(f"/personen/{person}").text

    with given():
        scene.deliver(kit_id, tmp_path)

    page = phone.get("/mein/annehmen")
    assert page.status_code == 200
    assert f"2&nbsp;×&nbsp;{NAME}" in page.text
