"""A set of addresses that takes little memory. Pure.

Hides: that an address is kept as 64 bits of its hash, in one array: 12 to 24 bytes an address
instead of the 150 of a string in a ``set``. Two of a million addresses share their 64 bits with
a probability of 3 in 10^8.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

__all__ = ["AddressSet"]

_SMALLEST = 1 << 8
_FULL = 2 / 3
"""Share of the table that may be taken: with more, a look-up has to pass over ever more entries."""


class AddressSet:
    """Addresses can be added and looked up, not listed: an open table with linear probing."""

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, address: str) -> bool:
        return self._table[self._place(_hashed(address))] != 0

    def add(self, address: str) -> bool:
        """Add ``address``; whether it was not there before.

        >>> seen = AddressSet()
        >>> seen.add("http://a.example/1"), seen.add("http://a.example/1"), len(seen)
        (True, False, 1)
        """
        value = _hashed(address)
        place = self._place(value)
        if self._table[place]:
            return False
        self._table[place] = value
        self._count += 1
        if self._count > _FULL * len(self._table):
            before = self._table
            self._table = array("Q", bytes(16 * len(before)))
            for value in filter(None, before):
                self._table[self._place(value)] = value
        return True

    def _place(self, value: int) -> int:
        """Where ``value`` is in the table, or would be."""
        table, last = self._table, len(self._table) - 1
        place = value & last
        while table[place] and table[place] != value:
            place = (place + 1) & last
        return place


def _hashed(address: str) -> int:
    """64 bits of an address; never 0, which stands for a free place."""
    return (
        int.from_bytes(blake2b(address.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        or 1
    )
