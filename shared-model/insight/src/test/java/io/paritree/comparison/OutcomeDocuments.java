package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.outcome.MeasuredModel;
import java.io.IOException;
import java.util.List;

/** Reports of outcomes with a challenger, as {@code scripts/outcomes} writes them. */
public final class OutcomeDocuments {
  /** The rows that both models are measured on. */
  public static final int ROWS = 5_000;

  private OutcomeDocuments() {}

  /**
   * Returns a report.
   *
   * @param champion digests of packages that have scored the published rows; an empty one is not
   *     known
   * @param challenger those of the other rows
   * @param asOf the last day; empty without one
   */
  public static byte[] of(List<String> champion, List<String> challenger, String asOf) {
    return of(champion, challenger, asOf, 0.79);
  }

  /** Returns such a report, whose challenger has an AUC. */
  static byte[] of(List<String> champion, List<String> challenger, String asOf, double auc) {
    return SealedJson.wide(
        json -> {
          json.writeNumberField("format", 1);
          json.writeStringField("kind", "binary");
          JsonText.optional(json, "as_of", asOf);
          writeModels(json, champion);
          json.writeStringField("unmatched", "unknown");
          json.writeObjectFieldStart("comparison");
          json.writeStringField("source", "/data/loans");
          writeModels(json, challenger);
          json.writeNumberField("n", ROWS);
          json.writeNumberField("unscored", 3);
          json.writeNumberField("resamples", 200);
          measures(json, "published", ROWS, 0.78);
          measures(json, "challenger", ROWS, auc);
          json.writeObjectFieldStart("difference");
          json.writeNumberField("auc", 0.01);
          interval(json, 0.004, 0.016);
          json.writeNumberField("ks", 0.002);
          json.writeStringField("rate_z", "NaN");
          json.writeEndObject();
          json.writeEndObject();
          JsonText.objects(json, "requirements", List.of(), none -> {});
          JsonText.objects(
              json,
              "slices",
              List.of("total", "credit/3", "region=DE", "challenger", "day=2026-11-24"),
              name -> slice(json, name));
        });
  }

  private static void writeModels(JsonGenerator json, List<String> digests) throws IOException {
    JsonText.objects(
        json, "models", digests, digest -> new MeasuredModel("credit/3", digest).write(json));
  }

  private static void slice(JsonGenerator json, String name) throws IOException {
    json.writeStringField("slice", "segment");
    json.writeStringField("name", name);
    json.writeBooleanField("mature", true);
    json.writeArrayFieldStart("coverage");
    json.writeNumber(1.0);
    json.writeEndArray();
    if (!name.startsWith("day")) {
      measures(json, "measures", name.equals("region=DE") ? 700 : 9_000, 0.75);
    }
  }

  private static void measures(JsonGenerator json, String name, int rows, double auc)
      throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("n", rows);
    json.writeNumberField("auc", auc);
    interval(json, auc - 0.01, auc + 0.01);
    json.writeNumberField("ks", 0.4);
    json.writeStringField("rate_z", "Infinity");
    JsonText.objects(json, "groups", List.of(1), own -> json.writeNumberField("n", own));
    json.writeEndObject();
  }

  private static void interval(JsonGenerator json, double low, double high) throws IOException {
    json.writeArrayFieldStart("auc_interval");
    json.writeNumber(low);
    json.writeNumber(high);
    json.writeEndArray();
  }
}
