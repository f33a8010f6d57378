package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server on free ports, with real packages. */
final class RunningServer {
  private RunningServer() {}

  /**
   * @param references models to serve
   * @param settings keys and values of the configuration
   */
  static Serving start(List<String> references, Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("server.port", "0");
    all.putIfAbsent("log.requests", "off");
    all.putIfAbsent("management.port", "0");
    all.putIfAbsent("models.warm-up-rows", "100");
    return Serving.start(ServingConfigParser.read(Optional.empty(), all).serving(references));
  }

  /** Starts a server with the packages {@code parcel-late/1}, {@code parcel-class/1} and wide/1. */
  static Serving start(TestPackages packages) throws Exception {
    List<Path> directories =
        List.of(
            packages.binary(), packages.classes(), packages.classIndex(), packages.wide(28, 20, 4));
    return start(
        directories.stream().map(directory -> directory.getParent().toString()).toList(), Map.of());
  }
}
