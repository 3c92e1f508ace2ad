"""Starts az by fork from a process that has loaded its libraries, which takes most of the time of an az.

The code of az itself is loaded after the fork, because it reads settings from the environment when it is loaded.
Argument: a folder, whose file `socket` it listens on. Ends when standard input ends, and removes the folder.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import sys
import threading

LIBRARIES = (
    'argcomplete', 'azure.mgmt.containerservice', 'azure.mgmt.msi', 'azure.mgmt.resource.resources', 'dateutil.parser',
    'distro', 'humanfriendly.tables', 'jmespath', 'knack.cli', 'knack.output', 'logging.handlers', 'msal',
    'msal_extensions', 'msrest.serialization', 'packaging.version', 'portalocker', 'requests_oauthlib', 'semver', 'yaml',
)
MOST_REQUEST_BYTES = 1 << 20


def load_libraries():
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # Another version of az, which starts slower.
    gc.collect()
    gc.freeze()


def accept_requests(listener):
    """Returns each request in the process that is to run it, and None in the server when its input has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([sys.stdin, listener], [], [])
        if sys.stdin in ready:
            return None
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            return start(connection)
        connection.close()


def start(connection):
    """Returns a request in a new process. Tells the client its id and its exit code, and ends it if the client is killed."""
    message, files, _, _ = socket.recv_fds(connection, MOST_REQUEST_BYTES, 3)
    if not message:
        os._exit(0)
    pid = os.fork()
    if pid == 0:
        connection.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        return json.loads(message)
    connection.send(str(pid).encode())
    ended = os.pidfd_open(pid)
    ready, _, _ = select.select([connection, ended], [], [])
    if connection in ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if connection not in ready:
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def run_az():
    """Runs az, and ends this process with its exit code without releasing all its objects, a third of the time of an az."""
    try:
        runpy.run_module('azure.cli', run_name='__main__', alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(os.path.join(sys.argv[1], 'socket'))
listener.listen(64)
print('listening', flush=True)
load_libraries()
request = accept_requests(listener)
if request is None:
    shutil.rmtree(sys.argv[1])
    sys.exit()
os.environ.clear()
os.environ.update(request['environment'])
os.chdir(request['folder'])
os.umask(request['umask'])
sys.argv[1:] = request['arguments']
run_az()
