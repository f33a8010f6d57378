package io.paritree.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Request heads that are made to do harm. */
public final class HostileHeads {
  private static final String LINE = "POST /v1/models/parcel-late/score HTTP/1.1\r\n";
  private static final String HOST = LINE + "Host: localhost\r\nContent-Type: application/json\r\n";
  private static final String HIDDEN = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /**
   * Two parsers could read each of these as two different requests. At most one answer is allowed:
   * a second one would be the answer to the hidden request.
   */
  public static final String[] SMUGGLING = {
    HOST + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: 2, 90\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: +2\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: -2\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: 0x2\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: 2 0\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length: 99999999999999999999\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length : 2\r\n\r\n{}" + HIDDEN,
    HOST + " Content-Length: 2\r\n\r\n{}" + HIDDEN,
    HOST + "Content\0-Length: 2\r\n\r\n{}" + HIDDEN,
    HOST + "Content-Length:\r\n 2\r\n\r\n{}" + HIDDEN,
    HOST + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    HOST + "Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n" + HIDDEN,
    HOST + "Transfer-Encoding: chunked\r\n\r\nz\r\n" + HIDDEN,
    HOST + "X: y\rContent-Length: 2\r\n\r\n" + HIDDEN,
    LINE + "Host: localhost\r\nHost: y\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    LINE + "Content-Length: 2\r\n\r\n{}" + HIDDEN,
    LINE + "Host: x y\r\nContent-Length: 2\r\n\r\n{}" + HIDDEN,
    LINE + "Host: localhost\r\nbad header\r\n\r\n" + HIDDEN,
    LINE + ": nameless\r\n\r\n" + HIDDEN,
    LINE.replace("HTTP/1.1", "HTTP/1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
  };

  /** Input that is not an HTTP/1.1 request, or a request that no caller should send. */
  public static final String[] PROTOCOLS = {
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "\u00a5".repeat(500),
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0",
    "GET /v1/models\r\n",
    "GET /v1/models HTTP/0.9\r\n\r\n",
    "GET /v1/models HTTP/1.2\r\nHost: localhost\r\n\r\n",
    "GET /v1/models HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "GET /v1/models HTTP/3\r\nHost: localhost\r\n\r\n",
    "GET /v1/models ICAP/1.0\r\nHost: localhost\r\n\r\n",
    "SSH-2.0-OpenSSH_9.9\r\n",
    "*1\r\n$4\r\nPING\r\n",
    "EHLO x\r\nQUIT\r\n",
    "\0\0\0\0\0\0\0\0",
    "\r\n\r\n\r\n\r\n",
    "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "PUT /v1/models/parcel-late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
    "DELETE /v1/models/parcel-late HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "FROB /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "get /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "G".repeat(9_000) + " / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "GET http://other.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-0,1-1\r\nAccept: image/png\r\n\r\n",
    "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n" + "A: b\r\n".repeat(1_300) + "\r\n",
    "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nA: " + "b".repeat(60_000) + "\r\n\r\n",
    "GET /" + "a".repeat(60_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
    HOST + "Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}",
    HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    HOST + "Content-Length: 2000000\r\n\r\n{",
    HOST + "X-HTTP-Method-Override: DELETE\r\nContent-Length: 2\r\n\r\n{}",
    HOST + "Content-Length: 1000\r\n\r\n{\"weight\":",
    HOST + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\n{\r\n".repeat(2_000),
    bomb("gzip"),
    bomb("br"),
    bomb("deflate, gzip"),
  };

  /** Paths to files outside the store, and paths that are not valid. */
  public static final String[] PATHS = {
    "/v1/models/../../../etc/passwd",
    "/v1/models/..%2f..%2f..%2fetc%2fpasswd",
    "/v1/models/%2e%2e/%2e%2e/etc/passwd",
    "/v1/models/%252e%252e%252fetc%252fpasswd",
    "/v1/models/..\\..\\etc\\passwd",
    "/v1/models/%5c..%5c..%5cetc",
    "/v1/models/%c0%ae%c0%ae/etc/passwd",
    "/v1/models/..;/..;/etc/passwd",
    "/v1/models/parcel-late/versions/../../../x",
    "/v1/models/parcel-late/versions/1%00",
    "/v1/models/parcel-late/versions/99999999999999999999",
    "/v1/models/parcel-late/versions/-1",
    "/v1/models/%00",
    "/v1/models/%ff%fe",
    "/v1/models/%",
    "/v1/models/%zz",
    "/v1/models//etc/passwd",
    "/v1/models/file:%2f%2f%2fetc%2fpasswd",
    "/v1/models/http:%2f%2f127.0.0.1",
    "/v1/models/" + "a".repeat(300),
    "/v1/models?name=../../etc/passwd",
    "/v1/models#x",
    "//v1//models",
    "/./v1/./models",
    "/v1/models/parcel-late;jsessionid=1",
    "/openapi.json/../../x",
    "/metrics",
    "/admin/reload",
    "*",
    "v1/models",
    "/v1/scores/1",
    "/\u00e4\u00ff",
    "/v1/models/parcel-late/score",
    "/WEB-INF/web.xml",
    "/favicon.ico",
  };

  private HostileHeads() {}

  private static String bomb(String encoding) {
    byte[] bomb = HostileBodies.bomb();
    return HOST
        + "Content-Encoding: %s\r\nContent-Length: %s\r\n\r\n".formatted(encoding, bomb.length)
        + new String(bomb, ISO_8859_1);
  }
}
