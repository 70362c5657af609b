"""Makes the verification sets of this folder, in the layout of InsightFace, of pictures in one colour made here: python3 make.py"""
import os
import pickle
import struct
import zlib

here = os.path.dirname(os.path.abspath(__file__))


def picture(colour, side=16):
    """A PNG of one colour."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = (b"\0" + bytes(colour) * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(name, content):
    with open(os.path.join(here, name), "wb") as file:
        file.write(content)


red, green, blue, yellow, pink = (200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (200, 30, 200)
pictures = [picture(colour) for colour in (red, red, green, blue, blue, blue, yellow, pink)]
same = [True, False, True, False]

write("pairs-protocol2.bin", pickle.dumps((pictures, same), 2))
write("pairs-protocol4.bin", pickle.dumps((pictures, same), 4))
write("pairs-protocol5.bin", pickle.dumps([pictures, same], 5))

# Python 2 wrote its texts, which were bytes, as BINSTRING (T) or SHORT_BINSTRING (U), and remembered each (q).
texts = b"".join(b"T" + struct.pack("<i", len(p)) + p + b"q" + bytes([i + 2]) for i, p in enumerate(pictures))
flags = b"".join(b"\x88" if flag else b"\x89" for flag in same)
write("pairs-python2.bin", b"\x80\x02]q\x01(" + texts + b"e]q\x20(" + flags + b"e\x86q\x21.")

write("odd.bin", pickle.dumps((pictures[:5], same), 4))
write("empty-lists.bin", pickle.dumps(([], []), 4))
write("numbers.bin", pickle.dumps(([1, 2], [True]), 4))
write("no-flags.bin", pickle.dumps((pictures[:2], [1.5]), 4))
write("objects.bin", pickle.dumps(([complex(1, 2)], [True]), 2))
write("text.bin", b"not a pickle")
