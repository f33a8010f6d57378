package io.paritree.replay;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be scored again.
 *
 * @param logs files of a prediction log, in order, each once
 * @param stores where the models are that the lines name: stores, packages or model files
 * @param threads how many threads read and score
 */
public record ReplayQuery(List<Path> logs, List<String> stores, int threads) {
  public ReplayQuery {
    logs = List.copyOf(logs);
    stores = List.copyOf(stores);
  }
}
