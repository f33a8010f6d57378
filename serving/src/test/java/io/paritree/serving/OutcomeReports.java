package io.paritree.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.outcome.Measured;
import io.paritree.outcome.MeasuredModel;
import io.paritree.outcome.OutcomeDifference;
import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.Resamples;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredOutcomes;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;

/** Reports of how good scores were, as {@code scripts/outcomes} writes them. */
public final class OutcomeReports {
  private static final int ROWS = 400;
  private static final List<String> CLASSES = List.of("small", "<b>medium</b>", "large");
  private static final int LABELS_OF_IMMATURE = 150;

  private final Path directory;

  public OutcomeReports(StoredOutput output) {
    Location state =
        Location.of(
            output.path().resolveSibling("_paritree/%s".formatted(output.path().getFileName())));
    this.directory = StateDirectory.outcomes(state).toPath();
  }

  /**
   * Writes a report of two outcomes.
   *
   * @param partitions of which the last one is immature, if there are several
   * @param segments names of others
   */
  public void binary(String asOf, List<String> partitions, List<String> segments)
      throws IOException {
    write(asOf, OutcomeKind.BINARY, partitions, segments);
  }

  /** Writes a report of values. */
  public void values(String asOf, List<String> partitions) throws IOException {
    write(asOf, OutcomeKind.VALUES, partitions, List.of());
  }

  /** Writes a report of classes, some of which have names that a page must show as text. */
  public void classes(String asOf, List<String> partitions) throws IOException {
    write(asOf, OutcomeKind.CLASSES, partitions, List.of());
  }

  /** Writes a report of lists. */
  public void ranking(String asOf, List<String> partitions) throws IOException {
    write(asOf, OutcomeKind.RANKING, partitions, List.of());
  }

  /** Writes a report that nothing can be measured of. */
  public void nothing(String asOf) throws IOException {
    write(
        asOf,
        report(
            asOf,
            OutcomeKind.BINARY,
            List.of("Nothing can be measured yet: no mature partition has a label"),
            List.of(json -> writeSlice("total", "total", List.of(), 0, OutcomeKind.BINARY, json))));
  }

  /** Writes half a report. */
  public void damaged(String asOf) throws IOException {
    write(asOf, "{\"format\": 1, \"kind\": \"binary\"".getBytes());
  }

  private void write(String asOf, OutcomeKind kind, List<String> partitions, List<String> segments)
      throws IOException {
    Random random = new Random(asOf.hashCode());
    List<JsonText.Body> slices = new ArrayList<>();
    Function<Integer, List<OutcomeRow>> rows = number -> rows(random, kind, number);
    List<OutcomeRow> all = rows.apply(ROWS);
    slices.add(json -> writeSlice("total", "total", all, ROWS, kind, json));
    slices.add(json -> writeSlice("version", "parcel-late/1", all, ROWS, kind, json));
    for (String segment : segments) {
      List<OutcomeRow> own = rows.apply(ROWS);
      slices.add(json -> writeSlice("segment", segment, own, ROWS, kind, json));
    }

    for (String partition : partitions) {
      boolean isLast = partitions.indexOf(partition) == partitions.size() - 1;
      boolean isMature = partitions.size() == 1 || !isLast;
      List<OutcomeRow> own = rows.apply(isMature ? ROWS : LABELS_OF_IMMATURE);
      slices.add(json -> writeSlice("partition", partition, own, ROWS, kind, json));
    }

    write(asOf, report(asOf, kind, List.of("<b>Labels</b> are of selected rows"), slices));
  }

  private void write(String asOf, byte[] content) throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve(StoredOutcomes.file(asOf)), content);
  }

  private static byte[] report(
      String asOf, OutcomeKind kind, List<String> warnings, List<JsonText.Body> slices) {
    return SealedJson.wide(
        json -> {
          json.writeNumberField("format", 1);
          json.writeStringField("kind", kind.word());
          if (!asOf.equals(StoredOutcomes.UNDATED)) {
            json.writeStringField("as_of", asOf);
            json.writeNumberField("horizon_days", 30);
          }

          json.writeStringField("unmatched", "unknown");
          MeasuredModel published = new MeasuredModel("parcel-late/1", "3".repeat(64));
          JsonText.objects(json, "models", List.of(published), own -> own.write(json));
          json.writeObjectFieldStart("scores");
          json.writeStringField("source", "/data/scores");
          JsonText.array(json, "keys", List.of("parcel_id"), json::writeString);
          json.writeEndObject();
          json.writeObjectFieldStart("labels");
          json.writeStringField("source", "/data/labels");
          json.writeStringField("column", "late");
          json.writeNumberField("read", ROWS);
          json.writeNumberField("repeated", 3);
          json.writeEndObject();
          JsonText.array(json, "warnings", warnings, json::writeString);
          if (kind == OutcomeKind.BINARY) {
            json.writeObjectFieldStart("naive_join");
            json.writeNumberField("n", ROWS);
            json.writeNumberField("auc", 0.6);
            json.writeNumberField("rate", 0.2);
            json.writeNumberField("auc_difference", -0.05);
            json.writeNumberField("rate_difference", -0.1);
            json.writeEndObject();
            writeComparison(json);
          }

          JsonText.objects(
              json,
              "requirements",
              List.of("total.auc >= 0.99"),
              rule -> {
                json.writeStringField("rule", rule);
                json.writeStringField("result", "not met");
                json.writeNumberField("value", 0.7);
              });
          JsonText.objects(json, "slices", slices, slice -> slice.write(json));
        });
  }

  private static void writeSlice(
      String kind,
      String name,
      List<OutcomeRow> rows,
      int scored,
      OutcomeKind of,
      JsonGenerator json)
      throws IOException {
    int number = of == OutcomeKind.CLASSES ? rows.size() / CLASSES.size() : rows.size();
    json.writeStringField("slice", kind);
    json.writeStringField("name", name);
    json.writeBooleanField("mature", number == scored);
    json.writeNumberField("scored", scored);
    json.writeNumberField("matched", number);
    json.writeNumberField("leaks", 0);
    json.writeArrayFieldStart("coverage");
    for (int group = 0; group < 10; group++) {
      json.writeNumber(number / (double) Math.max(1, scored));
    }

    json.writeEndArray();
    if (!rows.isEmpty()) {
      json.writeObjectFieldStart("measures");
      measured(rows, of).write(json);
      json.writeEndObject();
    }
  }

  private static void writeComparison(JsonGenerator json) throws IOException {
    Random random = new Random(7);
    List<OutcomeRow> rows = rows(random, OutcomeKind.BINARY, ROWS);
    List<OutcomeRow> others =
        rows.stream()
            .map(
                row ->
                    new OutcomeRow(
                        0.8 * row.score() + 0.2 * row.outcome(), row.outcome(), row.label(), 1, 1))
            .sorted(Comparator.comparingDouble(OutcomeRow::score))
            .toList();
    json.writeObjectFieldStart("comparison");
    json.writeStringField("source", "/data/parcels");
    MeasuredModel challenger = new MeasuredModel("<b>parcel</b>-late/2", "4".repeat(64));
    JsonText.objects(json, "models", List.of(challenger), model -> model.write(json));
    json.writeNumberField("n", ROWS);
    json.writeNumberField("unscored", 3);
    OutcomeDifference.of(
            measured(rows, OutcomeKind.BINARY),
            resampled(rows),
            measured(others, OutcomeKind.BINARY),
            resampled(others))
        .write(json);
    json.writeEndObject();
  }

  private static Resamples resampled(List<OutcomeRow> rows) {
    Resamples resamples = new Resamples(OutcomeKind.BINARY, Double.NaN);
    for (int row = 0; row < rows.size(); row++) {
      resamples.add(rows.get(row), row);
    }

    return resamples.end();
  }

  private static OutcomeTotals totals(List<OutcomeRow> rows) {
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    rows.forEach(totals::add);
    return totals.totals();
  }

  private static Measured measured(List<OutcomeRow> rows, OutcomeKind kind) {
    List<OutcomeRow> once =
        kind == OutcomeKind.CLASSES
            ? rows.stream().filter(OutcomeRow::isOfItsOutcome).toList()
            : rows;
    OutcomeForm form = new OutcomeForm(kind, CLASSES, OptionalDouble.empty());
    OutcomeMeasuring measuring = form.measuring(totals(once));
    rows.forEach(measuring::add);
    return measuring.measured();
  }

  /** Returns rows whose scores are nearly right, in the order in which they are measured. */
  private static List<OutcomeRow> rows(Random random, OutcomeKind kind, int number) {
    List<OutcomeRow> rows = new ArrayList<>();
    for (int row = 0; row < number; row++) {
      double score = random.nextDouble();
      double label = score > 0.5 ? 1 : 0;
      switch (kind) {
        case BINARY -> rows.add(new OutcomeRow(score, drawn(random, score), label, 1, 1));
        case VALUES -> rows.add(new OutcomeRow(score, score + random.nextDouble(), label, 1, 1));
        case RANKING ->
            rows.add(new OutcomeRow(score, drawn(random, score), label, 1, 1, row / 20));
        case CLASSES -> {
          double came = random.nextInt(4) == 0 ? random.nextInt(3) : label;
          for (int part = 0; part < CLASSES.size(); part++) {
            double own = part == 2 ? 0 : Math.abs(1 - part - score);
            rows.add(new OutcomeRow(own, came, label, 1, 1, part));
          }
        }
      }
    }

    Comparator<OutcomeRow> byScore = Comparator.comparingDouble(OutcomeRow::score);
    rows.sort(
        kind == OutcomeKind.RANKING
            ? Comparator.comparingLong(OutcomeRow::part).thenComparing(byScore)
            : byScore);
    return rows;
  }

  private static double drawn(Random random, double probability) {
    return random.nextDouble() < 0.2 + 0.5 * probability ? 1 : 0;
  }
}
