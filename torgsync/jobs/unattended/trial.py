"""Sends a test message to every address of sync objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torgsync.core.notices.sending import FailedDelivery, Text
from torgsync.files.notices.addresses import Address
from torgsync.files.notices.heartbeat import try_heartbeat
from torgsync.files.notices.sending import send
from torgsync.jobs.unattended.subjects import Subject


@dataclass(frozen=True, slots=True)
class AddressTrial:
    """What became of a test at one address of an object."""

    subject: Subject
    address: Address
    failure: FailedDelivery | None
    heartbeat: bool = False


def try_addresses(
    subjects: Sequence[Subject], text_of: Callable[[Sequence[Subject]], Text], *, heartbeat: bool
) -> list[AddressTrial]:
    """Send a test message to each address, with `heartbeat` also a ping that changes nothing at a monitor.

    An address of several objects gets one message, which is about all of them.
    """
    addresses = {address.fingerprint: address for subject in subjects for address in subject.addresses}
    owners = {
        to: [subject for subject in subjects if to in {one.fingerprint for one in subject.addresses}]
        for to in addresses
    }
    sent = send({address: [text_of(owners[to])] for to, address in addresses.items()})
    failures = {address.fingerprint: outcomes[0] for address, outcomes in sent.items()}
    trials = [
        AddressTrial(subject, address, failures[address.fingerprint])
        for subject in subjects
        for address in subject.addresses
    ]
    monitors = {subject.heartbeat: subject for subject in subjects[::-1] if subject.heartbeat}
    if heartbeat:
        trials += [
            AddressTrial(subject, address, try_heartbeat(address), heartbeat=True)
            for address, subject in monitors.items()
        ]
    return trials
