package io.paritree.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Runs {@code scripts/outcomes} in the tests' Spark. */
final class OutcomesRun {
  private OutcomesRun() {}

  /** Measures scores whose key is {@code parcel_id}. */
  static JobRun ofParcels(Path output, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts =
        Stream.concat(Stream.of("--output", output, "--keys", "parcel_id"), Stream.of(arguments))
            .map(Object::toString)
            .toArray(String[]::new);
    int exitCode =
        OutcomesMain.run(
                SparkOnDemand.running(TestSpark.session()),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                texts)
            .outcome()
            .exitCode();
    return new JobRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static JsonNode report(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  /** Returns the measures of the total. */
  static JsonNode total(Path file) throws IOException {
    return report(file).get("slices").get(0).get("measures");
  }
}
