package io.paritree.serving.http;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;

/** Failures to listen, in words for the operator. */
public final class ListenFailure {
  private ListenFailure() {}

  /**
   * Returns the reason why a port cannot be listened on.
   *
   * @throws IllegalStateException if the failure has nothing to do with the port
   */
  public static IOException failed(String section, String host, int port, Throwable cause) {
    for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
      if (reason instanceof SocketException || reason instanceof UnresolvedAddressException) {
        String text = reason.getMessage() == null ? "unknown host" : reason.getMessage();
        return new IOException(
            "Cannot listen on %s:%s: %s; free the port, or choose another with --set %s.port=N"
                .formatted(host, port, text, section),
            cause);
      }
    }

    throw new IllegalStateException("Cannot start the %s's port".formatted(section), cause);
  }
}
