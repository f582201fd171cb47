"""A port that does not speak CQL. Prints the number of a free port, then takes connections until it is killed.

Usage: not_cql.py wait|answer|close
  wait    Python's own HTTP server, which waits for a line
  answer  answers anything with an HTTP error at once, as most web servers do
  close   closes each connection without a word
"""
import http.server
import socket
import sys

if sys.argv[1] == "wait":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    print(server.server_address[1], flush=True)
    server.serve_forever()

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    if sys.argv[1] == "answer" and connection.recv(4096):
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    connection.close()
