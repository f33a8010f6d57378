package io.paritree.spark.insight.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.outcome.BinaryMeasures;
import io.paritree.outcome.MeasuredModel;
import io.paritree.outcome.OutcomeKind;
import io.paritree.output.StoredOutcomes;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * How good stored scores were, as of a day. It says nothing of when and how it was found out: the
 * same scores and labels give the same report.
 *
 * @param asOf the day of the newest label that counts; empty if labels have no time
 * @param models that have scored the rows of mature partitions
 * @param absent rows without a score, which are not measured
 * @param quarantined keys with a label that could not be scored, in partitions of any age; empty if
 *     that is not known
 * @param slices the total, versions, segments, partitions
 * @param naive what a join says that takes missing labels for negative, if that can be said
 * @param bound by how much an AUC may differ from that of all bits of the scores; empty if all of
 *     them count
 * @param comparison with another model; empty if none is asked for, or without a row
 * @param verdicts of the rules that must hold
 */
record OutcomeReport(
    OutcomeQuery query,
    OutcomeKind kind,
    Optional<LocalDate> asOf,
    String scoresVersion,
    List<MeasuredModel> models,
    LabelTable labels,
    long absent,
    OptionalLong quarantined,
    List<SliceOutcome> slices,
    Optional<NaiveJoin> naive,
    OptionalDouble bound,
    Optional<ModelComparison> comparison,
    List<Verdict> verdicts) {
  private static final long FORMAT = 1;

  private static final Comparator<SliceOutcome> NEEDED_LEAST_FIRST =
      Comparator.comparing((SliceOutcome own) -> own.slice().kind())
          .reversed()
          .thenComparingLong(own -> own.slice().kind() == Slice.Kind.PARTITION ? 0 : own.scored())
          .thenComparing(SliceOutcome::slice);

  OutcomeReport {
    models = List.copyOf(models);
    slices = List.copyOf(slices);
    verdicts = List.copyOf(verdicts);
  }

  OutcomeReport with(List<Verdict> own) {
    return new OutcomeReport(
        query,
        kind,
        asOf,
        scoresVersion,
        models,
        labels,
        absent,
        quarantined,
        slices,
        naive,
        bound,
        comparison,
        own);
  }

  OutcomeReport with(Optional<ModelComparison> own) {
    return new OutcomeReport(
        query,
        kind,
        asOf,
        scoresVersion,
        models,
        labels,
        absent,
        quarantined,
        slices,
        naive,
        bound,
        own,
        verdicts);
  }

  SliceOutcome total() {
    return slices.get(0);
  }

  /** Returns what a reader should know before using the numbers. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    SliceOutcome total = total();
    if (query.maturity().horizonDays().isEmpty()) {
      warnings.add(
          "Without --horizon all partitions count: outcomes that come late are missing from the newest");
    }

    if (total.measured().isEmpty()) {
      warnings.add("Nothing can be measured yet: no mature partition has a label");
    }

    if (!query.labels().positive().isEmpty()
        && total.measured().orElse(null) instanceof BinaryMeasures own
        && own.totals().positiveRows() == 0) {
      warnings.add(
          "No measured row has the outcome '%s' of --positive"
              .formatted(query.labels().positive()));
    }

    if (query.unmatched() == OutcomeQuery.Unmatched.UNKNOWN && total.isSelected()) {
      warnings.add(
          "Labels are of selected rows: %s %% of the rows with the lowest scores have one, and %s %% of the rows with the highest; the measures hold for rows with labels only"
              .formatted(
                  Math.round(100 * total.coverage().get(0)),
                  Math.round(100 * total.coverage().get(total.coverage().size() - 1))));
    } else if (query.unmatched() == OutcomeQuery.Unmatched.UNKNOWN && total.mayBeSelected()) {
      warnings.add(
          "Whether labels are of selected rows cannot be seen: %s %% of the rows have one, and nearly all scores are less than a hundredth apart"
              .formatted(Math.round(100.0 * total.matched() / total.scored())));
    }

    if (bound.isPresent()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "There are too many scores to count each: those whose upper bits are alike are taken for equal, so that an AUC may be off by up to %.6f",
              bound.getAsDouble()));
    }

    if (absent > 0) {
      warnings.add(
          "%s rows have no score%s; they are not measured"
              .formatted(
                  absent,
                  kind == OutcomeKind.CLASSES
                      ? ", or none of one of the classes, as rows of a model with other classes"
                      : ""));
    }

    if (!query.challenger().isEmpty() && comparison.isEmpty()) {
      warnings.add("Nothing can be compared: the challenger has scored no mature row with a label");
    }

    long leaks =
        slices.stream()
            .filter(own -> own.slice().kind() == Slice.Kind.PARTITION)
            .mapToLong(SliceOutcome::leaks)
            .sum();
    if (leaks > 0) {
      warnings.add(
          "%s labels are older than their scores and are left out: the model may have been given what it should predict"
              .formatted(leaks));
    }

    return warnings;
  }

  /** Returns the report as JSON of at most {@link StoredOutcomes#MAX_BYTES}. */
  byte[] toJson() {
    return toJson(StoredOutcomes.MAX_BYTES);
  }

  /** Leaves out what readers need least: the first partitions, then segments of few rows. */
  byte[] toJson(int maxBytes) {
    List<SliceOutcome> kept = new ArrayList<>(slices);
    byte[] json = json(kept);
    while (json.length > maxBytes && kept.size() > 1) {
      double excess = (double) (json.length - maxBytes) / json.length;
      int left = (int) Math.ceil(excess * kept.size());
      kept.removeAll(
          kept.stream()
              .filter(own -> own.slice().kind() != Slice.Kind.TOTAL)
              .sorted(NEEDED_LEAST_FIRST)
              .limit(left)
              .collect(Collectors.toSet()));
      json = json(kept);
    }

    return json;
  }

  private byte[] json(List<SliceOutcome> kept) {
    return SealedJson.wide(json -> write(json, kept));
  }

  private void write(JsonGenerator json, List<SliceOutcome> kept) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("kind", kind.word());
    JsonText.optional(json, "as_of", asOf.map(LocalDate::toString));
    if (query.maturity().horizonDays().isPresent()) {
      json.writeNumberField("horizon_days", query.maturity().horizonDays().get());
    }

    JsonText.objects(json, "models", models, model -> model.write(json));
    json.writeStringField("unmatched", query.unmatched().name().toLowerCase(Locale.ROOT));
    json.writeObjectFieldStart("scores");
    json.writeStringField("source", query.published().name());
    JsonText.optional(json, "version", scoresVersion);
    JsonText.array(json, "keys", query.keys(), json::writeString);
    if (query.scores().quantile().isPresent()) {
      json.writeNumberField("quantile", query.scores().quantile().getAsDouble());
    }

    json.writeNumberField("without_score", absent);
    json.writeEndObject();
    json.writeObjectFieldStart("labels");
    json.writeStringField("source", query.labels().source());
    JsonText.optional(json, "version", labels.version());
    json.writeStringField("column", query.labels().column());
    JsonText.optional(json, "positive", query.labels().positive());
    json.writeNumberField("read", labels.read());
    json.writeNumberField("unknown", labels.unknown());
    json.writeNumberField("repeated", labels.repeated());
    json.writeNumberField("after_as_of", labels.later());
    if (quarantined.isPresent()) {
      json.writeNumberField("quarantined", quarantined.getAsLong());
    }

    json.writeEndObject();
    List<String> warnings = warnings();
    if (kept.size() < slices.size()) {
      warnings.add(
          "%s of %s slices are left out, the first partitions before segments of few rows: the report would be too large for a server; measure fewer days by --from and --to"
              .formatted(slices.size() - kept.size(), slices.size()));
    }

    JsonText.array(json, "warnings", warnings, json::writeString);
    if (naive.isPresent()) {
      json.writeObjectFieldStart("naive_join");
      if (total().measured().orElse(null) instanceof BinaryMeasures own) {
        naive.get().write(json, own);
      } else {
        naive.get().write(json);
      }

      json.writeEndObject();
    }

    if (comparison.isPresent()) {
      json.writeObjectFieldStart("comparison");
      comparison.get().write(json);
      json.writeEndObject();
    }

    JsonText.objects(json, "requirements", verdicts, verdict -> write(verdict, json));
    JsonText.objects(json, "slices", kept, slice -> slice.write(json));
  }

  /** A rule that must hold has fired if it does. */
  private static void write(Verdict verdict, JsonGenerator json) throws IOException {
    json.writeStringField("rule", verdict.rule());
    json.writeStringField("result", word(verdict));
    for (Verdict.Finding finding : verdict.findings()) {
      json.writeNumberField("value", finding.value());
    }

    JsonText.optional(json, "reason", String.join("; ", verdict.absences()));
  }

  /** Returns whether a rule holds, in words. */
  static String word(Verdict verdict) {
    return switch (verdict.result()) {
      case FIRED -> "met";
      case PASSED -> "not met";
      case NOT_COMPARED -> "not compared";
    };
  }
}
