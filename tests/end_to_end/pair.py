"""A pair of services with a simulated clock, for tests of the command line."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAMS = pathlib.Path(os.environ["CARECARD_PROGRAM_DIR"])


class Pair:
    """Started when made; `end` ends the services and removes their store.

    `before` is called with the pair before the services start, when its certificates are there.
    `settlement` are further words for the settlement service.
    """

    def __init__(self, council, before=None, settlement=()):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="carecard-pair-"))
        self.certificates = self.directory / "certificates"
        self.settlement_words = settlement
        self.processes = []
        subprocess.run([PROGRAMS / "carecard-certificates", self.certificates, council], check=True)
        if before is not None:
            before(self)
        self.start_authorisation(self.directory / "authorisation")
        self.start_settlement()

    def start_authorisation(self, data):
        ports = self.directory / "ports"
        ports.unlink(missing_ok=True)
        self.start("authorisation", "--data", data, "--front", "127.0.0.1:0",
                   "--back", "127.0.0.1:0", "--ports-file", ports,
                   "--master-key", self.certificates / "master.key", "--clock", "simulated")
        self.front, self.back = (json.loads(self.wait_for(ports))[name]
                                 for name in ("front", "back"))

    def start_settlement(self):
        port = self.directory / "port"
        port.unlink(missing_ok=True)
        self.start("settlement", "--data", self.directory / "settlement",
                   "--listen", "127.0.0.1:0", "--port-file", port,
                   "--journal", self.back,
                   "--journal-certificate", self.certificates / "settlement.pem",
                   "--journal-key", self.certificates / "settlement.key",
                   "--signing-certificate", self.certificates / "batch-signer.pem",
                   "--signing-key", self.certificates / "batch-signer.key", *self.settlement_words)
        self.settlement = "127.0.0.1:" + self.wait_for(port).strip()

    def start(self, service, *words):
        stem = self.certificates / f"{service}-server"
        log = open(self.directory / f"{service}.log", "ab")
        self.processes.append(subprocess.Popen(
            [PROGRAMS / f"carecard-{service}", "--ca", self.certificates / "ca.pem",
             "--certificate", f"{stem}.pem", "--key", f"{stem}.key", *words],
            stdout=log, stderr=log))
        log.close()

    def wait_for(self, path):
        deadline = time.monotonic() + 30
        while not path.exists():
            if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                logs = "".join(log.read_text() for log in self.directory.glob("*.log"))
                self.end()
                raise RuntimeError(f"a service does not serve:\n{logs}")
            time.sleep(0.02)
        return path.read_text()

    def environment(self, programme):
        return {**os.environ, "CARECARD_ADMIN": self.back, "CARECARD_GATEWAY": self.front,
                "CARECARD_SETTLEMENT": self.settlement,
                "CARECARD_CERTIFICATES": str(self.certificates),
                "CARECARD_PROGRAMME": programme}

    def kill(self):
        """As a power cut would end them, but for what the kernel still writes."""
        while self.processes:
            self.processes[-1].kill()
            self.processes.pop().wait(timeout=30)

    def stop(self):
        """Ends the services, in order; their store stays."""
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        self.processes = []

    def end(self):
        self.stop()
        shutil.rmtree(self.directory)
