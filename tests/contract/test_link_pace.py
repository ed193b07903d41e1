"""On a slow line no more waits in the system than its address allows."""

from __future__ import annotations

import socket
from contextlib import closing

from devices.link import FdLink

AT_ONCE = 240
"""A quarter of a second at 9600 baud."""


def test_a_slow_line_is_not_filled_and_takes_the_rest_as_it_empties() -> None:
    near, far = socket.socketpair()  # the system counts what waits here as it does on a serial line
    near.setblocking(False)
    data = bytes(range(256)) * 16
    with closing(FdLink(near.fileno(), near.close, "line", AT_ONCE)) as link, closing(far):
        sent, received = link.write(data, 0.05), b""
        assert 0 < sent <= 2 * AT_ONCE
        while len(received) < len(data):
            received += far.recv(4096)
            sent += link.write(data[sent:], 0.05)
        assert received == data


def test_a_line_of_no_known_speed_takes_all_at_once() -> None:
    near, far = socket.socketpair()
    near.setblocking(False)
    with closing(FdLink(near.fileno(), near.close, "line")) as link, closing(far):
        assert link.write(bytes(4096), 0.05) == 4096
