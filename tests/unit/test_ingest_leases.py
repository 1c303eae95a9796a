"""Leases of killed processes are recognised; those of living ones are not touched."""

from __future__ import annotations

import subprocess
import sys

from ingest import leases


def test_a_living_process_is_not_gone() -> None:
    assert not leases.is_gone(leases.new_owner())


def test_two_workers_of_one_process_have_names_of_their_own() -> None:
    assert leases.new_owner() != leases.new_owner()


def test_a_name_fits_its_column() -> None:
    assert len(leases.new_owner()) <= 80


def test_a_process_that_has_ended_is_gone() -> None:
    asked = "from ingest import leases; print(leases.new_owner())"
    owner = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert leases.is_gone(owner)


def test_a_process_that_took_over_the_number_does_not_keep_the_lease() -> None:
    machine, pid, _, worker = leases.new_owner().split("/")
    assert leases.is_gone(f"{machine}/{pid}/1/{worker}")


def test_a_worker_on_another_machine_may_be_alive() -> None:
    _, _, started, worker = leases.new_owner().split("/")
    assert not leases.is_gone(f"0123456789abcdef/999999999/{started}/{worker}")


def test_a_name_that_nobody_here_gave_is_left_alone() -> None:
    assert not leases.is_gone("somebody")
