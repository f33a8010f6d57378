package io.paritree.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs {@code scripts/outcomes} in the tests' Spark. */
final class OutcomesRun {
  private OutcomesRun() {}

  /** Measures scores whose key is {@code parcel_id}. */
  static JobRun ofParcels(Path output, Object... arguments) {
    return JobRun.ofOutcomes(
        Stream.concat(Stream.of("--output", output, "--keys", "parcel_id"), Stream.of(arguments))
            .toArray());
  }

  static JsonNode report(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  /** Returns the measures of the total. */
  static JsonNode total(Path file) throws IOException {
    return report(file).get("slices").get(0).get("measures");
  }
}
