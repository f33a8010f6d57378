package io.paritree.model.manifest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Feature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.TableFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import io.paritree.feature.VocabularyFeature;
import io.paritree.forest.Calibration;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Writes features and outputs in the form that a schema file and a manifest have.
 *
 * @param namesCodes whether a category whose values are codes is written with that; otherwise it
 *     has no {@code categories}, which means the same in a manifest
 */
public record SchemaWriter(JsonGenerator out, boolean namesCodes) {
  public static byte[] toJson(SchemaForm schema) {
    return JsonText.of(JsonText.object(out -> new SchemaWriter(out, true).members(schema)));
  }

  /** Writes the members {@code features} and {@code outputs}. */
  void members(SchemaForm schema) throws IOException {
    out.writeArrayFieldStart(SchemaParser.FEATURES);
    for (int index = 0; index < schema.features().size(); index++) {
      FeatureForm form = schema.features().get(index);
      ReasonRule reason = schema.reasons().get(index);
      JsonText.inLine(out, line -> new SchemaWriter(line, namesCodes).form(form, reason));
    }

    out.writeEndArray();
    outputs(schema.outputs());
    JsonText.optional(out, SchemaParser.MADE_FOR, schema.madeFor());
  }

  private void form(FeatureForm form, ReasonRule reason) throws IOException {
    if (form instanceof FeatureForm.Complete complete) {
      feature(complete.feature(), reason);
    } else {
      fromModel((FeatureForm.FromModel) form, reason);
    }
  }

  private void outputs(OutputsForm outputs) throws IOException {
    if (outputs.equals(OutputsForm.DEFAULT)) {
      return;
    }

    out.writeObjectFieldStart(SchemaParser.OUTPUTS);
    if (outputs.names().isPresent()) {
      values(SchemaParser.NAMES, outputs.names().get());
    }

    if (outputs.threshold().isPresent()) {
      out.writeFieldName(SchemaParser.THRESHOLD);
      number(outputs.threshold().get());
    }

    if (outputs.classes().isPresent()) {
      values(SchemaParser.CLASSES, outputs.classes().get());
    }

    calibration(outputs.calibration());
    out.writeEndObject();
  }

  /** Writes how scores are calibrated, if they are, as a member of the open object. */
  public void calibration(Calibration calibration) throws IOException {
    if (!calibration.equals(Calibration.NONE)) {
      out.writeFieldName(SchemaParser.CALIBRATION);
      JsonText.inLine(out, line -> CalibrationParser.write(line, calibration));
    }
  }

  private void fromModel(FeatureForm.FromModel form, ReasonRule reason) throws IOException {
    start(form.name(), form.column(), FeatureParser.CATEGORY);
    if (form.unseen().isPresent()) {
      unseen(form.unseen().get());
    }

    end(form.missing(), form.nullable(), reason);
  }

  /** Writes one feature as a JSON object, with its whole vocabulary. */
  public void feature(Feature feature, ReasonRule reason) throws IOException {
    start(feature.name(), feature.column(), type(feature));
    switch (feature.kind()) {
      case NUMBER -> {
        NumberFeature number = (NumberFeature) feature;
        role(number);
        bound(FeatureParser.MIN, number.min());
        bound(FeatureParser.MAX, number.max());
      }
      case BOOLEAN -> {}
      case TEXT_CATEGORY, INTEGER_CATEGORY -> {
        VocabularyFeature category = (VocabularyFeature) feature;
        values(FeatureParser.CATEGORIES, category.vocabulary());
        unseen(category.unseen());
      }
      case CATEGORY_CODE -> {
        if (namesCodes) {
          out.writeStringField(FeatureParser.CATEGORIES, FeatureParser.CODES);
        }
      }
      case TIMESTAMP -> {
        Optional<ZoneId> zone = ((TimestampFeature) feature).zone();
        JsonText.optional(out, FeatureParser.ZONE, zone.map(ZoneId::getId));
      }
      case MAPPED -> mapped((MappedFeature) feature);
      case STEPS -> steps((StepsFeature) feature);
    }

    if (feature.fillsMissing()) {
      out.writeFieldName(FeatureParser.IF_MISSING);
      number(feature.ifMissing());
    }

    end(feature.sentinels(), feature.nullable() || feature instanceof OffsetFeature, reason);
  }

  private void mapped(MappedFeature mapped) throws IOException {
    JsonText.optional(out, FeatureParser.OF, mapped.source().part().map(TimestampPart::key));
    JsonText.optional(out, FeatureParser.ZONE, mapped.source().zone().map(ZoneId::getId));
    JsonText.array(
        out,
        FeatureParser.VALUES,
        mapped.entries(),
        entry -> {
          out.writeStartArray();
          out.writeObject(entry.value());
          slot(entry.slot());
          out.writeEndArray();
        });
    out.writeFieldName(FeatureParser.OTHER);
    if (mapped.other().isMissing()) {
      out.writeString(TableParser.MISSING);
    } else {
      slot(mapped.other());
    }
  }

  private void steps(StepsFeature feature) throws IOException {
    out.writeStringField(FeatureParser.OF, TableParser.key(feature.of()));
    JsonText.optional(out, FeatureParser.ZONE, feature.zone().map(ZoneId::getId));
    out.writeArrayFieldStart(FeatureParser.STEPS);
    for (StepsFeature.Step step : feature.steps()) {
      out.writeStartArray();
      if (step.from() == null) {
        out.writeNull();
      } else if (feature.of().isTime()) {
        out.writeString(StepsFeature.text(feature.of(), step.from().longValue()));
      } else {
        JsonText.number(out, step.from().doubleValue());
      }

      slot(step.slot());
      out.writeEndArray();
    }

    out.writeEndArray();
    bound(FeatureParser.MIN, feature.min());
    bound(FeatureParser.MAX, feature.max());
  }

  private void slot(TableFeature.Slot slot) throws IOException {
    if (slot.isRejected()) {
      out.writeString(TableParser.REJECT);
    } else if (slot.isMissing()) {
      out.writeNull();
    } else {
      number(slot.value());
    }
  }

  private void role(NumberFeature number) throws IOException {
    if (number instanceof OffsetFeature offset) {
      out.writeStringField(FeatureParser.ROLE, FeatureParser.OFFSET);
      if (offset.nullable()) {
        out.writeFieldName(FeatureParser.DEFAULT);
        number(offset.whereMissing());
      }
    }
  }

  private static String type(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER -> FeatureParser.NUMBER;
      case BOOLEAN -> FeatureParser.BOOLEAN;
      case TEXT_CATEGORY, INTEGER_CATEGORY, CATEGORY_CODE -> FeatureParser.CATEGORY;
      case TIMESTAMP -> ((TimestampFeature) feature).part().key();
      case MAPPED -> FeatureParser.MAPPED;
      case STEPS -> FeatureParser.STEPS;
    };
  }

  private void start(String name, String column, String type) throws IOException {
    out.writeStartObject();
    out.writeStringField(FeatureParser.NAME, name);
    out.writeStringField(FeatureParser.TYPE, type);
    if (!column.equals(name)) {
      out.writeStringField(FeatureParser.COLUMN, column);
    }
  }

  private void end(Sentinels missing, boolean nullable, ReasonRule reason) throws IOException {
    if (!missing.equals(Sentinels.NONE)) {
      out.writeArrayFieldStart(FeatureParser.MISSING);
      for (double value : missing.numbers().stream().sorted().toList()) {
        JsonText.number(out, value);
      }

      for (String value : missing.texts().stream().sorted().toList()) {
        out.writeString(value);
      }

      out.writeEndArray();
    }

    if (!nullable) {
      out.writeBooleanField(FeatureParser.NULLABLE, false);
    }

    reason(reason);
    out.writeEndObject();
  }

  /** Writes a feature's group and reason, if it has any, as members of the open object. */
  public void reason(ReasonRule reason) throws IOException {
    JsonText.optional(out, FeatureParser.GROUP, reason.group());
    if (reason.never()) {
      out.writeStringField(FeatureParser.REASON, FeatureParser.NEVER);
    } else if (reason.hasReason()) {
      out.writeObjectFieldStart(FeatureParser.REASON);
      code(FeatureParser.UP, reason.up());
      code(FeatureParser.DOWN, reason.down());
      out.writeEndObject();
    }
  }

  private void code(String direction, Optional<ReasonRule.Code> code) throws IOException {
    if (code.isPresent()) {
      out.writeObjectFieldStart(direction);
      out.writeStringField(FeatureParser.CODE, code.get().code());
      JsonText.optional(out, FeatureParser.TEXT, code.get().text());
      out.writeEndObject();
    }
  }

  /** Writes what happens to unseen categories, as a member of the open object. */
  public void unseen(Unseen unseen) throws IOException {
    if (unseen instanceof Unseen.Category other) {
      out.writeObjectFieldStart(FeatureParser.UNSEEN);
      out.writeStringField(FeatureParser.UNSEEN_AS, other.category());
      out.writeEndObject();
    } else {
      out.writeStringField(
          FeatureParser.UNSEEN,
          unseen instanceof Unseen.Missing
              ? FeatureParser.UNSEEN_MISSING
              : FeatureParser.UNSEEN_REJECT);
    }
  }

  private void bound(String key, double bound) throws IOException {
    if (!Double.isInfinite(bound)) {
      out.writeFieldName(key);
      JsonText.number(out, bound);
    }
  }

  private void bound(String key, float bound) throws IOException {
    if (!Float.isInfinite(bound)) {
      out.writeFieldName(key);
      number(bound);
    }
  }

  /** Writes the shortest digits that, read as a double and then rounded, give this float again. */
  void number(float value) throws IOException {
    out.writeNumber(new BigDecimal(Float.toString(value)).stripTrailingZeros().toPlainString());
  }

  private void values(String key, List<?> values) throws IOException {
    JsonText.array(out, key, values, out::writeObject);
  }
}
