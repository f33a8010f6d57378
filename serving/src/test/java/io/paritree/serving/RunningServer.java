package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.TestConfig;
import io.paritree.serving.http.Route;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on free ports, with real packages. */
public final class RunningServer implements AutoCloseable {
  private static final Map<String, String> FREE =
      Map.of("server.port", "0", "management.port", "0", "log.requests", "off");

  private final Serving serving;

  private RunningServer(Serving serving) {
    this.serving = serving;
  }

  /**
   * @param references models to serve
   * @param settings keys and values of the configuration
   */
  public static RunningServer start(List<String> references, Map<String, String> settings)
      throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    FREE.forEach(all::putIfAbsent);
    all.putIfAbsent("models.warm-up-rows", "100");
    return new RunningServer(Serving.start(config(references, all)));
  }

  /** Does what {@code --check} does. */
  static void check(List<String> references, Map<String, String> settings) throws Exception {
    ServingConfig config = config(references, settings);
    try (Serving rehearsing = Serving.start(config.onFreePorts())) {
      Rehearsal.run(rehearsing, rehearsing.names(), config.tls().on());
    }
  }

  private static ServingConfig config(List<String> references, Map<String, String> settings)
      throws Exception {
    return TestConfig.read(Optional.empty(), settings, references.toArray(String[]::new));
  }

  /** Starts a server with the packages {@code parcel-late/1}, {@code parcel-class/1} and wide/1. */
  public static RunningServer start(TestPackages packages) throws Exception {
    List<Path> directories =
        List.of(
            packages.binary(), packages.classes(), packages.classIndex(), packages.wide(28, 20, 4));
    return start(
        directories.stream().map(directory -> directory.getParent().toString()).toList(), Map.of());
  }

  /** Returns every endpoint of the callers' port; only method and path can be used. */
  public static List<Route> routes(ServingConfig config) {
    return Serving.routes(config, null, null, new ServerMetrics(), null, null, null);
  }

  public int port() {
    return serving.port();
  }

  public int managementPort() {
    return serving.managementPort();
  }

  /** Waits until bodies that are arriving take a number of bytes. */
  public void awaitPendingBodies(double bytes) throws IOException {
    Pattern gauge = Pattern.compile("\\nparitree_pending_body_bytes (\\S+)");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    try (Client operator = new Client(managementPort())) {
      while (true) {
        Matcher found = gauge.matcher(operator.get("/metrics").body());
        if (found.find() && Double.parseDouble(found.group(1)) >= bytes) {
          return;
        }

        assertThat(System.nanoTime()).isLessThan(end);
      }
    }
  }

  @Override
  public void close() {
    serving.close();
  }
}
