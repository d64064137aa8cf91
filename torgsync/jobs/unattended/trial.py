"""Sends a test message to every address of sync objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from torgsync.core.notices.sending import FailedDelivery, Text
from torgsync.files.config.objects import ObjectFile
from torgsync.files.notices.addresses import Address
from torgsync.files.notices.heartbeat import try_heartbeat
from torgsync.files.notices.sending import send
from torgsync.jobs.unattended.subjects import Subject, subject_of


@dataclass(frozen=True, slots=True)
class AddressTrial:
    """What became of a test at one address; an address of several objects is tried once, for the first."""

    subject: Subject
    address: Address
    failure: FailedDelivery | None
    heartbeat: bool = False


def try_addresses(
    files: Iterable[ObjectFile], text_of: Callable[[Subject], Text], *, heartbeat: bool
) -> list[AddressTrial]:
    """Send a test message to each address, with `heartbeat` also a ping that changes nothing at a monitor."""
    subjects = [subject_of(file) for file in files]
    owners = {address: subject for subject in subjects[::-1] for address in subject.addresses}
    results = send({address: [text_of(subject)] for address, subject in owners.items()})
    trials = [
        AddressTrial(subject, address, results[address][0])
        for subject in subjects
        for address in subject.addresses
        if owners[address] is subject
    ]
    monitors = {subject.heartbeat: subject for subject in subjects[::-1] if subject.heartbeat}
    if heartbeat:
        trials += [
            AddressTrial(subject, address, try_heartbeat(address), heartbeat=True)
            for address, subject in monitors.items()
        ]
    return trials
