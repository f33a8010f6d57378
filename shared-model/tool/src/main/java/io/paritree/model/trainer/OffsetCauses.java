package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer may have given another base margin, which a model file does not show. */
final class OffsetCauses {
  private final SampledRows sample;
  private final int first;
  private final int outputs;

  private OffsetCauses(SampledRows sample) {
    this.sample = sample;
    this.first = sample.schema().modelWidth();
    this.outputs = sample.width() - first;
  }

  static Stream<Cause> of(SampledRows sample) {
    OffsetCauses made = new OffsetCauses(sample);
    List<String> own = sample.schema().offsets().stream().map(offset -> offset.column()).toList();
    List<String> others = sample.others();
    Stream<Cause> given =
        IntStream.rangeClosed(0, others.size() - made.outputs)
            .mapToObj(at -> others.subList(at, at + made.outputs))
            .flatMap(columns -> Stream.of(made.given(columns), made.logarithm(columns)));
    return own.isEmpty()
        ? given
        : Stream.concat(Stream.of(made.none(own), made.logarithm(own)), given);
  }

  private Cause none(List<String> own) {
    return Cause.ofInputs(
        "the trainer gave no base margin",
        "do not give %s as offset: neither as --offset nor in the schema".formatted(names(own)),
        Set.of(),
        (row, slots) -> {
          Arrays.fill(slots, first, slots.length, Float.NaN);
          return true;
        });
  }

  private Cause given(List<String> columns) {
    return cause(
        names(columns),
        "give %s, or in the schema a number with \"role\": \"offset\""
            .formatted(
                columns.stream()
                    .map(column -> "--offset " + Fault.printable(column))
                    .collect(Collectors.joining(" "))),
        columns,
        DoubleUnaryOperator.identity());
  }

  private Cause logarithm(List<String> columns) {
    Cause.Reading nearly = Precision.LOOSE::agrees; // the trainer may have computed it in float
    return cause(
            "the logarithm of " + names(columns),
            "write it as a column, and give that as --offset, or in the schema as a number with \"role\": \"offset\"",
            columns,
            Math::log)
        .with(nearly);
  }

  private Cause cause(
      String what, String cure, List<String> columns, DoubleUnaryOperator function) {
    return Cause.ofInputs(
        "the trainer gave %s as base margin".formatted(what),
        cure,
        IntStream.range(first, first + outputs).boxed().collect(Collectors.toSet()),
        (row, slots) -> {
          boolean isPossible = true;
          for (int output = 0; output < outputs; output++) {
            double number = NumberText.parse(sample.cell(row, columns.get(output)));
            slots[first + output] = (float) function.applyAsDouble(number);
            isPossible &= Float.isFinite(slots[first + output]);
          }

          return isPossible;
        });
  }

  private static String names(List<String> columns) {
    return columns.stream().map(Fault::printable).toList().toString();
  }
}
