package io.paritree.serving.http;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
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
      boolean unknown =
          reason instanceof UnresolvedAddressException || reason instanceof UnknownHostException;
      if (unknown || reason instanceof SocketException) {
        String text = unknown ? "unknown host" : reason.getMessage();
        boolean address = unknown || text.startsWith("Cannot assign requested address");
        String cure =
            address
                ? "choose an address of this machine with --set %s.host=ADDRESS"
                : "free the port, or choose another with --set %s.port=N";
        return new IOException(
            "Cannot listen on %s:%s: %s; %s".formatted(host, port, text, cure.formatted(section)),
            cause);
      }
    }

    throw new IllegalStateException("Cannot start the %s's port".formatted(section), cause);
  }
}
