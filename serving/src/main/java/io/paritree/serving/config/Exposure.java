package io.paritree.serving.config;

import io.paritree.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The rule that nothing is exposed by mistake. */
final class Exposure {
  private Exposure() {}

  /**
   * Adds a problem for each port that other machines could reach without a token, unless {@code
   * security.open-beyond-loopback} allows that.
   */
  static void check(ServingConfig config, Settings settings) {
    if (config.security().openBeyondLoopback()) {
      return;
    }

    if (!config.server().onLoopback() && config.security().scoreTokens().isEmpty()) {
      settings.problem(
          "server.host is reachable from other machines, but scoring needs no token: set"
              + " security.score-tokens, or security.open-beyond-loopback = true");
    }

    if (!config.management().onLoopback()) {
      settings.problem(
          "management.host is reachable from other machines, but metrics need no token: set"
              + " security.open-beyond-loopback = true if the network protects them");
    }
  }

  /** Returns whether only this machine reaches an address. */
  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true; // cannot be listened on, so the start will fail with that
    }
  }
}
