"""Upper-casing server over TCP and UDP, with asyncio."""
import asyncio
import sys


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        self.transport.sendto(data.upper(), client)


async def serve_client(reader, writer):
    try:
        while data := await reader.read(4096):
            writer.write(data.upper())
            await writer.drain()
    except OSError as gone:
        print(gone, file=sys.stderr)
    finally:
        writer.close()


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(Datagrams, ("0.0.0.0", port))
    server = await asyncio.start_server(serve_client, "0.0.0.0", port)
    print(f"listening on {port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
