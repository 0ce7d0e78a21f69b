"""Ways out over a network or a socket of another process. Listeners on the host note who comes."""

from collections.abc import Callable

import pytest

Stopped = Callable[..., None]
REFUSED = "EACCES EPERM EOPNOTSUPP ENOTSUP EAI"
CONNECT = {
    "TCP to the host": "socket.create_connection(('127.0.0.1', PORTS['tcp']), 3)",
    "TCP over IPv6": "socket.create_connection(('::1', PORTS['tcp6']), 3)",
    "TCP by the C library": "s = check(libc.socket(2, 1, 0))\n"
    "check(libc.connect(s, struct.pack('=H', 2) + struct.pack('>H', PORTS['tcp']) + bytes([127, 0, 0, 1] "
    "+ [0] * 8), 16))",
    "TCP by a shell": "command('bash', '-c', f'exec 3<>/dev/tcp/127.0.0.1/{PORTS[\"tcp\"]}')",
    "TCP with fast open": "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', PORTS['tcp']))",
    "multipath TCP": "socket.socket(2, 1, 262).connect(('127.0.0.1', PORTS['tcp']))",
    "UDP to the host": "socket.socket(2, 2).sendto(b'x', ('127.0.0.1', PORTS['udp']))",
    "a unix socket by its path": "socket.socket(socket.AF_UNIX).connect(STREAM)",
    "a unix socket by the C library": "s = check(libc.socket(1, 1, 0))\n"
    "check(libc.connect(s, struct.pack('=H', 1) + STREAM.encode() + b'\\0', 3 + len(STREAM)))",
    "an abstract unix socket": "socket.socket(socket.AF_UNIX).connect(ABSTRACT)",
    "a unix datagram": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', DATAGRAM)",
    "a datagram from one of a pair": "socket.socketpair(socket.AF_UNIX, "
    "socket.SOCK_DGRAM)[0].sendto(b'x', DATAGRAM)",
    "a web page": "import urllib.request, urllib.error\n"
    "try: urllib.request.urlopen(f'http://127.0.0.1:{PORTS[\"tcp\"]}', timeout=3)\n"
    "except urllib.error.URLError as error: raise error.reason",
}
OTHER = {
    "the metadata address": "socket.create_connection(('169.254.169.254', 80), 3)",
    "a name server": "socket.getaddrinfo('example.org', 80)",
    "a port to be called at": "socket.create_server(('0.0.0.0', 0))",
    "a broadcast": "s = socket.socket(2, 2); s.setsockopt(1, 6, 1); s.sendto(b'x', ('255.255.255.255', 9))",
    "raw packets": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "ping": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1)",
    "packets of the cable": "socket.socket(17, socket.SOCK_RAW)",
    "the kernel's network settings": "socket.socket(16, socket.SOCK_RAW, 0)",
    "the kernel's audit": "socket.socket(16, socket.SOCK_RAW, 9)",
    "the host of a virtual machine": "socket.socket(40, socket.SOCK_STREAM).connect((2, 1024))",
    "a neighbour over vsock": "socket.socket(40, socket.SOCK_DGRAM)",
    "the kernel's cryptography": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "Bluetooth": "socket.socket(31, socket.SOCK_RAW, 1)",
    "a CAN bus": "socket.socket(29, socket.SOCK_RAW, 1)",
    "a cluster's sockets": "check(libc.socket(30, 5, 0))",
    "RDS": "check(libc.socket(21, 5, 0))",
    "key management": "check(libc.socket(15, 3, 2))",
    "XDP": "check(libc.socket(44, 3, 0))",
    "packets between unix sockets": "socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)",
    "a pair of the network": "check(libc.socketpair(2, 1, 0, (ctypes.c_int * 2)()))",
}
INHERITED = {
    "an inherited socket connected elsewhere": "each(lambda n: check(libc.connect(n,"
    " struct.pack('=H', 1) + STREAM.encode() + b'\\0', 3 + len(STREAM))), sockets())",
    "an inherited socket bound elsewhere": "path = OPEN + '/bound'; each(lambda n: check(libc.bind(n,"
    " struct.pack('=H', 1) + path.encode() + b'\\0', 3 + len(path))), sockets())",
    "an inherited socket sent through to an address": "def send(n):\n"
    "    s = socket.socket(fileno=os.dup(n))\n"
    "    try: return s.sendto(b'', socket.MSG_DONTWAIT, STREAM) if s.type == 1 else s.sendto(b'', STREAM "
    "+ '/')\n"
    "    finally: s.close()\n"
    "each(send, sockets())",
    "the other end of an inherited socket signalled": "def wake(n):\n"
    "    s = socket.socket(fileno=os.dup(n))\n"
    "    try: peer, = struct.unpack('i', s.getsockopt(1, 77, 4))\n"
    "    finally: s.close()\n"
    "    if os.readlink(f'/proc/self/fd/{peer}') and "
    "open(f'/proc/self/fdinfo/{peer}').read().split('Pid:')[1]"
    ".split()[0] == str(os.getpid()): raise PermissionError(1, 'ourselves')\n"
    "    signal.pidfd_send_signal(peer, 0)\n"
    "each(wake, sockets())",
}


@pytest.mark.parametrize("route", ["kernel", "child"])
@pytest.mark.parametrize("code", CONNECT.values(), ids=CONNECT)
def test_no_listener_is_reached(stopped: Stopped, code: str, route: str) -> None:
    stopped(code, REFUSED, route)


@pytest.mark.parametrize("code", OTHER.values(), ids=OTHER)
def test_no_network_is_opened(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED)


@pytest.mark.parametrize("code", INHERITED.values(), ids=INHERITED)
def test_inherited_sockets_lead_nowhere_else(stopped: Stopped, code: str) -> None:
    stopped(code, REFUSED + " EISCONN EINVAL ENOTCONN ENOTSOCK ENOPROTOOPT EBADF ENODATA")


@pytest.mark.parametrize(
    "name", sorted(CONNECT.keys() - {"multipath TCP", "TCP with fast open", "TCP over IPv6", "a web page"})
)
def test_without_walls_the_listener_is_reached(reaches: Callable[[str], list[str]], name: str) -> None:
    assert any("listener was reached" in found for found in reaches(CONNECT[name] + "\ntime.sleep(0.05)"))
