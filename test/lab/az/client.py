"""Is az for those that start it: asks the fork server beside this file for an az with the arguments, environment, folder
and standard streams of this process, passes signals on, and ends as it ends."""

import json
import os
import signal
import socket
import sys

umask = os.umask(0o077)
request = {
    'arguments': sys.argv[1:],
    'environment': {'AZ_INSTALLER': 'PIP', **os.environ},
    'folder': os.getcwd(),
    'umask': umask,
}
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.connect(os.path.join(os.path.dirname(os.path.realpath(__file__)), 'socket'))
socket.send_fds(server, [json.dumps(request).encode()], [0, 1, 2])
pid = int(server.recv(32))
passed_on = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
for number in passed_on:
    signal.signal(number, lambda number, _: os.kill(pid, number))
code = int(server.recv(32))
for number in passed_on:
    signal.signal(number, signal.SIG_DFL)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
