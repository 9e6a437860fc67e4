"""Echo server for many clients, with asyncio."""
import asyncio
import sys


async def serve_client(reader, writer):
    try:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    except OSError as gone:
        print(gone, file=sys.stderr)
    finally:
        writer.close()


async def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000
    server = await asyncio.start_server(serve_client, "0.0.0.0", port, backlog=128)
    print(f"listening on {port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
