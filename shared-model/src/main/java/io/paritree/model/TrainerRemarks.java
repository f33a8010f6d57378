package io.paritree.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.paritree.Fault;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.xgboost.CutTexts;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a model file or its schema says of how the trainer scored, besides the rounds. */
public final class TrainerRemarks {
  private static final String MISSING = "missing";
  private static final String QUANTILES = "reg:quantileerror";

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

    boolean isOlder = !model.version().isEmpty() && !isAtLeast(model.version(), 3, 4);
    if (model.objective().equals(QUANTILES) && model.outputs() > 1 && isOlder) {
      remarks.add(
          "the quantiles of a row are sorted here, as XGBoost 3.4 and newer do; the version that wrote the file (%s) leaves them as they are, so its own predictions differ where quantiles cross"
              .formatted(Opening.version(model)));
    }

    for (int feature = 0; feature < model.width(); feature++) {
      if (model.categories(feature).orElse(null) instanceof CutTexts cut) {
        remarks.add(
            "the model file has only %s of the %s names of the categories of %s whole, because XGBoost 3.1 to 3.3 cut those of pandas frames that are not ASCII: a schema gives them, and what the file lacks of them is shown right only by the trainer's predictions (seal --expected)"
                .formatted(cut.wholeNames(), cut.size(), name(model, feature)));
      }
    }

    return remarks;
  }

  private static String name(XgboostModel model, int feature) {
    return model
        .featureNames()
        .map(names -> "'" + Fault.printable(names.get(feature)) + "'")
        .orElse("feature " + feature);
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
            : "the margins begin each with a column of its own: " + String.join(", ", columns);
    return Optional.of(
        begin
            + "; it takes the place of the model's base, and must be what the trainer gave as base margin, in margin units");
  }

  private static boolean isAtLeast(List<Integer> version, int major, int minor) {
    int second = version.size() > 1 ? version.get(1) : 0;
    return version.get(0) > major || (version.get(0) == major && second >= minor);
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
