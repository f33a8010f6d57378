package io.paritree.serving.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The rule that nothing is exposed by mistake. */
final class Exposure {
  private Exposure() {}

  /** Adds a problem for each port that would be open beyond this machine without being told. */
  static void check(ServingConfig config, Settings settings) {
    if (config.security().openBeyondLoopback()) {
      return;
    }

    if (!isLoopback(config.server().host()) && config.security().scoreTokens().isEmpty()) {
      settings.problem(
          "server.host is reached from other machines, but anybody could score: set"
              + " security.score-tokens, or security.open-beyond-loopback = true");
    }

    if (!isLoopback(config.management().host())) {
      settings.problem(
          "management.host is reached from other machines, but metrics have no token: set"
              + " security.open-beyond-loopback = true if the network guards them");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true; // cannot be listened on; the start fails with that
    }
  }
}
