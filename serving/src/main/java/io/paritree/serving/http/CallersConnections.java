package io.paritree.serving.http;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Makes connections that keep the path which Jetty could not decode: what Jetty refuses instead has
 * a path of Jetty's own, and a refusal is written in the form of the protocol whose path was asked
 * for. Thread-safe.
 */
final class CallersConnections extends HttpConnectionFactory {
  CallersConnections(HttpConfiguration http) {
    super(http);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    Keeping connection = new Keeping(getHttpConfiguration(), connector, endPoint);
    connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
    return configure(connection, connector, endPoint);
  }

  /** Returns the path that a request asked for: as it was sent, if it cannot be decoded. */
  static String path(Request request) {
    Connection connection = request.getConnectionMetaData().getConnection();
    String path = Request.getPathInContext(request);
    if (connection instanceof Keeping keeping && keeping.undecoded != null) {
      return keeping.undecoded;
    }

    return path == null ? request.getHttpURI().getPath() : path;
  }

  private static final class Keeping extends HttpConnection {
    private String undecoded; // of the last request of the connection; null if it was decoded

    Keeping(HttpConfiguration http, Connector connector, EndPoint endPoint) {
      super(http, connector, endPoint);
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
      try {
        return super.newHttpStream(method, uri, version);
      } catch (RuntimeException e) {
        undecoded = uri;
        throw e;
      }
    }
  }
}
