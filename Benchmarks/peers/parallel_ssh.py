"""`true` on every host of a file with parallel-ssh: FILE PORT USER KEY"""
import sys
from pssh.clients import ParallelSSHClient

hosts = open(sys.argv[1]).read().split()
client = ParallelSSHClient(hosts, port=int(sys.argv[2]), user=sys.argv[3], pkey=sys.argv[4], pool_size=200)
output = client.run_command("true")
client.join()
sys.exit(any(host.exit_code != 0 for host in output))
