"""The hosts of the file `list`; how to log in comes from the environment."""
import os

login = {
    "ssh_user": os.environ["FLEET_USER"], "ssh_port": int(os.environ["FLEET_PORT"]), "ssh_key": os.environ["FLEET_KEY"],
    "ssh_known_hosts_file": "/dev/null", "ssh_strict_host_key_checking": "no",
}
fleet = [(host, login) for host in open(os.environ["FLEET_LIST"]).read().split()]
