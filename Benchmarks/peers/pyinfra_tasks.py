"""The 20 tasks of tasks.yml as pyinfra's operations; each host has a folder of its own below LAB."""
import io
import os

from pyinfra import host
from pyinfra.facts.files import File
from pyinfra.operations import files, server

root = f"{os.environ['LAB']}/{host.name}"

for folder in ("bin", "etc", "models", "logs", "cache", "run"):
    files.directory(path=f"{root}/{folder}", mode="750")
for k in range(1, 9):
    files.put(src=io.StringIO(f"option {k}\nworkers 4\n"), dest=f"{root}/etc/app{k}.conf", mode="640")
for k in range(1, 4):
    files.link(path=f"{root}/run/link{k}", target=f"{root}/etc/app{k}.conf")
host.get_fact(File, path=f"{root}/etc/app1.conf")
files.file(path=f"{root}/models/done")
server.shell(commands=[f"cat {root}/etc/app1.conf"])
