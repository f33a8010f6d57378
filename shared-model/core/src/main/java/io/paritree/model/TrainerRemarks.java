package io.paritree.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a model file or its schema says of how the trainer scored, besides the rounds. */
public final class TrainerRemarks {
  private static final String MISSING = "missing";
  private static final String QUANTILES = "reg:quantileerror";
  private static final String LOGITS = "binary:logitraw";

  /** Python writes NaN and infinities as such. */
  private static final JsonFactory PYTHON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private TrainerRemarks() {}

  /** Returns sentences about what the trainer's own predictions depend on. */
  public static List<String> of(XgboostModel model) {
    List<String> remarks = new ArrayList<>();
    for (double number : missing(model).numbers()) {
      remarks.add(
          "the model file says that its trainer took %s as missing (\"missing\" of XGBoost's scikit-learn wrapper): without a schema, it is missing in all columns of numbers and booleans"
              .formatted(Double.toString(number).replaceFirst("\\.0$", "")));
    }

    if (model.objective().equals(QUANTILES) && model.outputs() > 1 && isBefore(model, 3, 4)) {
      remarks.add(
          "the quantiles of a row are sorted here, as XGBoost 3.4 and newer do; the version that wrote the file (%s) leaves them as they are, so its own predictions differ where quantiles cross"
              .formatted(Opening.version(model)));
    }

    if (model.boundedBaseScore().isPresent() && isBefore(model, 3, 2)) {
      remarks.add(
          "the base score %s is taken for the nearest of 1e-6 and 1 - 1e-6 here, as by XGBoost 3.2 and newer; the version that wrote the file (%s) takes it as it is, so its own predictions differ in every row whose margin begins with it"
              .formatted(model.boundedBaseScore().get(), Opening.version(model)));
    }

    if (model.objective().equals(LOGITS) && isBefore(model, 2, 0)) {
      remarks.add(
          "the base score is taken as a margin here, as by XGBoost 2.0 and newer for %s; the version that wrote the file (%s) takes its logit, so its own predictions differ in every row whose margin begins with it"
              .formatted(LOGITS, Opening.version(model)));
    }

    return remarks;
  }

  /** Returns a sentence about the offsets of a schema; empty if it has none. */
  static Optional<String> ofOffsets(Schema schema) {
    if (schema.offsets().isEmpty()) {
      return Optional.empty();
    }

    List<String> columns = new ArrayList<>();
    for (OffsetFeature offset : schema.offsets()) {
      String otherwise =
          offset.nullable() ? " (%s if missing)".formatted(offset.whereMissing()) : "";
      columns.add("'%s'%s".formatted(Fault.printable(offset.column()), otherwise));
    }

    String begin =
        columns.size() == 1
            ? "the margin begins with the column " + columns.get(0)
            : "the margins begin each with a column of its own: " + NameList.known(columns);
    return Optional.of(
        begin
            + "; it takes the place of the model's base, and must be what the trainer gave as base margin, in margin units");
  }

  /** Returns whether the file says that an older version wrote it. */
  private static boolean isBefore(XgboostModel model, int major, int minor) {
    List<Integer> version = model.version();
    int second = version.size() > 1 ? version.get(1) : 0;
    return !version.isEmpty()
        && (version.get(0) < major || version.get(0) == major && second < minor);
  }

  /**
   * Returns the number that the trainer took as missing, if the file says so: the scikit-learn
   * wrapper of XGBoost 1.x saves its parameters as an attribute, and scores with them when it has
   * loaded the file.
   */
  static Sentinels missing(XgboostModel model) {
    String parameters = model.attributes().getOrDefault(RoundsChoice.SCIKIT_LEARN, "");
    try (JsonParser json = PYTHON.createParser(parameters)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Sentinels.NONE;
      }

      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isMissing = json.currentName().equals(MISSING);
        boolean isNumber = json.nextToken().isNumeric();
        if (isMissing && isNumber && Float.isFinite((float) json.getDoubleValue())) {
          return Sentinels.of(List.of(json.getDoubleValue()));
        }

        json.skipChildren();
      }
    } catch (IOException e) {
      // Anybody may have set the attribute to any text: then it says nothing about missing values.
    }

    return Sentinels.NONE;
  }
}
