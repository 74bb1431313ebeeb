"""`true` on every host of a file with asyncssh: FILE PORT USER KEY"""
import asyncio
import sys

import asyncssh

hosts = open(sys.argv[1]).read().split()


async def run(host, gate):
    async with gate, asyncssh.connect(host, port=int(sys.argv[2]), username=sys.argv[3], client_keys=[sys.argv[4]], known_hosts=None, config=None) as connection:
        return (await connection.run("true")).exit_status


async def main():
    gate = asyncio.Semaphore(200)
    return await asyncio.gather(*(run(host, gate) for host in hosts))

sys.exit(any(status != 0 for status in asyncio.run(main())))
