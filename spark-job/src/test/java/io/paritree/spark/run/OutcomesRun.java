package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

  /** Asserts that reports have the same members, and numbers with the same digits. */
  static void assertSame(String path, JsonNode own, JsonNode expected) {
    if (expected.isNumber() && own.isNumber()) {
      double value = expected.asDouble();
      assertThat(own.asDouble()).as(path).isCloseTo(value, within(1e-12 * Math.max(1, value)));
    } else if (expected.isContainerNode()) {
      assertThat(own).as(path).hasSameSizeAs(expected);
      expected
          .properties()
          .forEach(
              each -> {
                assertThat(own.has(each.getKey())).as(path + "/" + each.getKey()).isTrue();
                assertSame(path + "/" + each.getKey(), own.get(each.getKey()), each.getValue());
              });
      for (int index = 0; expected.isArray() && index < expected.size(); index++) {
        assertSame(path + "/" + index, own.get(index), expected.get(index));
      }
    } else {
      assertThat(own).as(path).isEqualTo(expected);
    }
  }

  /** Returns the measures of the total. */
  static JsonNode total(Path file) throws IOException {
    return report(file).get("slices").get(0).get("measures");
  }
}
