module sockets

go 1.21
