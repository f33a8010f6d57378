package io.paritree.model.trainer;

import io.paritree.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer's features may have had other columns. */
final class ColumnCauses {
  private final SampledRows sample;
  private final int width;

  private ColumnCauses(SampledRows sample) {
    this.sample = sample;
    this.width = sample.schema().width();
  }

  /** Returns them lazily, since there are many exchanges. */
  static Stream<Cause> of(SampledRows sample) {
    ColumnCauses made = new ColumnCauses(sample);
    return Stream.of(made.unread(), made.orders(), made.exchanges())
        .flatMap(sources -> sources)
        .map(made::cause);
  }

  private String column(int feature) {
    return sample.feature(feature).column();
  }

  /** A feature that read a column which no feature reads. */
  private Stream<Map<Integer, String>> unread() {
    return IntStream.range(0, width)
        .filter(sample::isTested)
        .boxed()
        .flatMap(feature -> sample.others().stream().map(other -> Map.of(feature, other)));
  }

  /** All columns in the order of the file, or of their names; of two it is an exchange. */
  private Stream<Map<Integer, String>> orders() {
    List<String> own = IntStream.range(0, width).mapToObj(this::column).toList();
    return Stream.of(
            sample.header().stream().distinct().filter(own::contains), own.stream().sorted())
        .map(Stream::toList)
        .distinct()
        .filter(order -> order.size() == width)
        .map(
            order -> {
              Map<Integer, String> sources = new LinkedHashMap<>();
              IntStream.range(0, width)
                  .filter(feature -> !own.get(feature).equals(order.get(feature)))
                  .forEach(feature -> sources.put(feature, order.get(feature)));
              return sources;
            })
        .filter(sources -> sources.size() > 2);
  }

  /** Pairs of which a tree tests one at least: which column another has read does not show. */
  private Stream<Map<Integer, String>> exchanges() {
    return IntStream.range(0, width)
        .boxed()
        .flatMap(
            one ->
                IntStream.range(one + 1, width)
                    .filter(other -> sample.isTested(one) || sample.isTested(other))
                    .filter(other -> !column(one).equals(column(other)))
                    .mapToObj(
                        other -> {
                          Map<Integer, String> sources = new LinkedHashMap<>();
                          sources.put(one, column(other));
                          sources.put(other, column(one));
                          return sources;
                        }));
  }

  /**
   * @param sources by feature, the column that it read
   */
  private Cause cause(Map<Integer, String> sources) {
    return Cause.ofInputs(
        "the trainer took "
            + joined(
                sources,
                (feature, column) ->
                    "%s from the column '%s'".formatted(feature, Fault.printable(column))),
        "give "
            + joined(
                sources,
                (feature, column) ->
                    "%s \"column\": %s".formatted(feature, SampledRows.json(column))),
        sources.keySet(),
        (row, slots) -> {
          boolean isPossible = true;
          for (Map.Entry<Integer, String> source : sources.entrySet()) {
            int feature = source.getKey();
            String cell = sample.cell(row, source.getValue());
            isPossible &= SampledRows.put(sample.feature(feature), cell, slots, feature);
          }

          return isPossible;
        });
  }

  private String joined(Map<Integer, String> sources, BiFunction<String, String, String> clause) {
    return sources.entrySet().stream()
        .map(source -> clause.apply(sample.named(source.getKey()), source.getValue()))
        .collect(Collectors.joining(", "));
  }
}
