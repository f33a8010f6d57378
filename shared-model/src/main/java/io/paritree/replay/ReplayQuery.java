package io.paritree.replay;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be scored again.
 *
 * @param logs files of a prediction log, in order, each once
 * @param stores where the models are that the lines name: stores, packages or model files
 * @param challenger a model that the answers are compared with
 * @param movers how many of the rows that move most are kept
 * @param threads how many threads read and score
 */
public record ReplayQuery(
    List<Path> logs, List<String> stores, Optional<String> challenger, int movers, int threads) {
  public ReplayQuery {
    logs = List.copyOf(logs);
    stores = List.copyOf(stores);
  }
}
