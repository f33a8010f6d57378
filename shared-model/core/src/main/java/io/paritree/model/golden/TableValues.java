package io.paritree.model.golden;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableFeature;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Values for a table: those that it lists, those at and next to its steps, and others.
 *
 * @param random chooses among them
 */
record TableValues(TableFeature feature, SplittableRandom random) {
  private static final int ONE_IN = 8;
  private static final long FIRST_MICROS = 946_684_800_000_000L; // 2000-01-01
  private static final long MICROS = 1_000_000_000_000_000L; // to 2031

  static TableValues of(TableFeature feature, SplittableRandom random) {
    return new TableValues(feature, random);
  }

  /** Writes one. */
  void write(JsonGenerator out) throws IOException {
    if (feature instanceof MappedFeature mapped) {
      mapped(out, mapped);
    } else {
      steps(out, (StepsFeature) feature);
    }
  }

  private void mapped(JsonGenerator out, MappedFeature mapped) throws IOException {
    List<Object> known =
        mapped.entries().stream()
            .filter(entry -> !entry.slot().isRejected())
            .map(MappedFeature.Entry::value)
            .collect(Collectors.toList());
    boolean isOther =
        known.isEmpty() || !mapped.other().isRejected() && random.nextInt(ONE_IN) == 0;
    switch (mapped.values()) {
      case TIME -> time(out, StepsFeature.Of.LOCAL, FIRST_MICROS + random.nextLong(MICROS));
      case TRUTH -> out.writeBoolean(isOther ? random.nextBoolean() : (Boolean) any(known));
      case TEXT -> out.writeString(isOther ? "(unseen)" : (String) any(known));
      case WHOLE -> out.writeNumber(isOther ? largest(mapped) + 1 : (Long) any(known));
      case NUMBER, ANY -> out.writeNumber(1);
    }
  }

  private Object any(List<?> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static long largest(MappedFeature mapped) {
    return mapped.entries().stream().mapToLong(entry -> (Long) entry.value()).max().orElse(0);
  }

  private void steps(JsonGenerator out, StepsFeature steps) throws IOException {
    Number from = steps.steps().get(random.nextInt(steps.steps().size())).from();
    int near = random.nextInt(3);
    if (steps.values() == Feature.Values.TIME) {
      long micros = from == null ? FIRST_MICROS + random.nextLong(MICROS) : (Long) from;
      time(out, steps.of(), micros - (near == 0 ? 1 : 0));
      return;
    }

    double value = from == null ? Math.rint(random.nextDouble(-1e4, 1e4)) : (Double) from;
    if (near == 0) {
      value = steps.of() == StepsFeature.Of.WHOLE ? value - 1 : Math.nextDown(value);
    } else if (near == 1) {
      value += steps.of() == StepsFeature.Of.WHOLE ? 1 : random.nextDouble();
    }

    JsonText.number(out, value);
  }

  private static void time(JsonGenerator out, StepsFeature.Of of, long micros) throws IOException {
    out.writeString(StepsFeature.text(of, micros));
  }
}
