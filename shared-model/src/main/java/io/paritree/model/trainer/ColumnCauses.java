package io.paritree.model.trainer;

import io.paritree.Fault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    return Stream.of(made.unread(), made.orders(), made.exchanges()).flatMap(causes -> causes);
  }

  private String column(int feature) {
    return sample.feature(feature).column();
  }

  /** A feature that read a column which no feature reads. */
  private Stream<Cause> unread() {
    return IntStream.range(0, width)
        .filter(sample::isTested)
        .boxed()
        .flatMap(
            feature ->
                sample.others().stream()
                    .map(
                        other ->
                            cause(
                                "the trainer took %s from the column '%s'"
                                    .formatted(sample.named(feature), Fault.printable(other)),
                                "give %s \"column\": %s"
                                    .formatted(sample.named(feature), SampledRows.json(other)),
                                Map.of(feature, other))));
  }

  /** All columns in the order of the file, or of their names. */
  private Stream<Cause> orders() {
    List<String> own = IntStream.range(0, width).mapToObj(this::column).toList();
    List<String> ofFile = sample.header().stream().distinct().filter(own::contains).toList();
    List<String> ofNames = own.stream().sorted().toList();
    return Stream.of(ofFile, ofNames)
        .distinct()
        .filter(order -> order.size() == width)
        .map(
            order -> {
              Map<Integer, String> sources = new LinkedHashMap<>();
              IntStream.range(0, width)
                  .filter(feature -> !own.get(feature).equals(order.get(feature)))
                  .forEach(feature -> sources.put(feature, order.get(feature)));
              return cause(
                  "the features were in the order of the %s"
                      .formatted(order == ofFile ? "file's columns" : "columns' names"),
                  "give each its \"column\", in model order " + listed(order),
                  sources);
            })
        .filter(cause -> cause.features().size() > 2); // two are an exchange
  }

  /** Pairs of which a tree tests one at least: which column another has read does not show. */
  private Stream<Cause> exchanges() {
    return IntStream.range(0, width)
        .boxed()
        .flatMap(
            one ->
                IntStream.range(one + 1, width)
                    .filter(other -> sample.isTested(one) || sample.isTested(other))
                    .filter(other -> !column(one).equals(column(other)))
                    .mapToObj(other -> exchange(one, other)));
  }

  private Cause exchange(int one, int other) {
    return cause(
        "the columns of %s and %s were exchanged".formatted(sample.named(one), sample.named(other)),
        "give as their \"column\" " + listed(List.of(column(other), column(one))),
        Map.of(one, column(other), other, column(one)));
  }

  private static String listed(List<String> columns) {
    return columns.stream().map(SampledRows::json).collect(Collectors.joining(", "));
  }

  /**
   * @param sources by feature, the column that it read
   */
  private Cause cause(String text, String cure, Map<Integer, String> sources) {
    List<Map.Entry<Integer, String>> all = new ArrayList<>(sources.entrySet());
    return Cause.ofInputs(
        text,
        cure,
        sources.keySet(),
        (row, slots) -> {
          boolean isPossible = true;
          for (Map.Entry<Integer, String> source : all) {
            int feature = source.getKey();
            String cell = sample.cell(row, source.getValue());
            isPossible &= SampledRows.put(sample.feature(feature), cell, slots, feature);
          }

          return isPossible;
        });
  }
}
